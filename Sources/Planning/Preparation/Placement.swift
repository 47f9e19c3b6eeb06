// What was done to the grid of an image, so that a segmentation finds its way back.

import Foundation

/// Where a prepared image lies on the grid of its file.
///
/// Shapes and spacings (millimetres) are in the plan's axis order, but for those of the file.
public struct Placement: Sendable, Equatable, Codable {
  /// Axis of the file that became each axis, and back.
  public var transposeForward: [Int]
  public var transposeBackward: [Int]
  public var fileShape: [Int]
  public var fileSpacing: [Double]
  public var shapeBeforeCrop: [Int]
  /// First voxel of the box that was kept.
  public var cropLower: [Int]
  public var shapeAfterCrop: [Int]
  /// Before resampling.
  public var spacing: [Double]
  public var preparedShape: [Int]
  public var preparedSpacing: [Double]

  /// Resamples scores on the prepared grid back to the cropped one.
  ///
  /// - Parameter rule: The plan's rule for probabilities.
  /// - Returns: From `preparedShape` to `shapeAfterCrop`.
  /// - Throws: ``PreparationError/unsupportedResampling(function:order:)``
  public func scoreResampler(_ rule: ResamplingRule = .probabilities) throws -> LinearResampler {
    try rule.check()
    let axis = GridChange.separateAxis(
      from: preparedSpacing, to: spacing, force: rule.forceSeparateZ)
    return try LinearResampler(
      from: preparedShape, to: shapeAfterCrop, separateAxis: axis, order: rule.order,
      orderAlongAxis: rule.orderZ)
  }

  /// Labels on the cropped grid, put onto the grid of the file; 0 outside the box.
  ///
  /// - Parameter labels: Row-major over `shapeAfterCrop`.
  /// - Returns: Labels in the file's axis order.
  /// - Throws: ``PreparationError/gridsDiffer(image:labels:)`` for another number of labels.
  public func restore(_ labels: [Int16]) throws -> LabelArray {
    guard labels.count == shapeAfterCrop.reduce(1, *) else {
      throw PreparationError.gridsDiffer(image: shapeAfterCrop, labels: [labels.count])
    }
    var whole = labels
    if shapeAfterCrop != shapeBeforeCrop {
      whole = Array(repeating: 0, count: shapeBeforeCrop.reduce(1, *))
      let (size, shape, lower) = (shapeAfterCrop, shapeBeforeCrop, cropLower)
      for z in 0..<size[0] {
        for y in 0..<size[1] {
          let source = (z * size[1] + y) * size[2]
          let target = ((z + lower[0]) * shape[1] + y + lower[1]) * shape[2] + lower[2]
          whole.replaceSubrange(
            target..<target + size[2], with: labels[source..<source + size[2]])
        }
      }
    }
    let turned = transposed(whole, shape: shapeBeforeCrop, order: transposeBackward)
    return LabelArray(labels: turned, shape: fileShape, spacing: fileSpacing)
  }
}
