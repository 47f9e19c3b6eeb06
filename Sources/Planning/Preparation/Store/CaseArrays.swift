// The files of a case as arrays, the way nnU-Net's readers give them.

import Datasets
import Foundation
import Imaging

enum CaseArrays {
  /// Millimetres between slices of a photograph, which has one: nnU-Net's number.
  private static let photographDepth = 999.0

  /// All channels of a case, and its labels where it has any.
  ///
  /// - Throws: ``PreparationError``, `ImagingError`
  static func read(_ item: DatasetCase) throws -> (image: ImageArray, labels: LabelArray?) {
    var image: ImageArray?
    for path in item.images {
      let next = try channels(of: Volume(contentsOf: path))
      if let first = image, first.shape != next.shape {
        throw PreparationError.malformedImage(
          reason: "\(path) has \(next.shape) voxels where the first channel has \(first.shape)")
      }
      if image == nil { image = next } else { image?.channels += next.channels }
    }
    guard let image else { throw PreparationError.malformedImage(reason: "it has no files") }
    return (image, try item.label.map { try labels(of: $0, spacing: image.spacing) })
  }

  private static func channels(of volume: Volume) throws -> ImageArray {
    let size = volume.geometry.size
    return ImageArray(
      channels: try (0..<volume.channels).map { try volume.floats(.channel($0)) },
      shape: [size.z, size.y, size.x], spacing: spacing(of: volume))
  }

  private static func labels(of path: String, spacing: [Double]) throws -> LabelArray {
    let map = try LabelMap(contentsOf: path)
    let size = map.geometry.size
    let labels = try map.labels.map { label in
      guard let label = Int16(exactly: label) else {
        throw PreparationError.unknownLabels(met: [Int(label)], expected: [0, Int(Int16.max)])
      }
      return label
    }
    return LabelArray(labels: labels, shape: [size.z, size.y, size.x], spacing: spacing)
  }

  private static func spacing(of volume: Volume) -> [Double] {
    if volume.source?.format.isPhotograph == true { return [photographDepth, 1, 1] }
    let spacing = volume.geometry.spacing
    return [spacing.z, spacing.y, spacing.x]
  }
}
