// The Dice of labels and of regions that overlap, with voxels left out that nobody labelled.

public import Imaging

/// What the training and the choice of post-processing measure predictions by.
public enum LabelDice {
  /// The Dice coefficient of each label or region of a case.
  ///
  /// - Parameters:
  ///   - prediction: Labels on the grid of the reference.
  ///   - reference: What is true.
  ///   - labels: Labels, or regions of several.
  ///   - ignored: A label of the reference whose voxels do not count.
  /// - Returns: For each label or region its Dice; `nil` where neither map has any of it.
  public static func of(
    _ prediction: LabelMap, _ reference: LabelMap, labels: [[Int32]], ignored: Int32? = nil
  ) -> [Double?] {
    // Voxels by (prediction, reference) first: regions overlap, and there are few different pairs.
    var pairs: [SIMD2<Int32>: Int] = [:]
    for (predicted, actual) in zip(prediction.labels, reference.labels) where actual != ignored {
      pairs[SIMD2(predicted, actual), default: 0] += 1
    }
    return labels.map { label in
      var (both, sizes) = (0, 0)
      for (pair, count) in pairs {
        let (isPredicted, isActual) = (label.contains(pair.x), label.contains(pair.y))
        if isPredicted && isActual { both += count }
        sizes += (isPredicted ? count : 0) + (isActual ? count : 0)
      }
      return sizes > 0 ? 2 * Double(both) / Double(sizes) : nil
    }
  }
}
