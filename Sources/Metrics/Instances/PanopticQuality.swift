// Panoptic quality: one number for finding objects and for outlining those found.
// Kirillov et al., Panoptic Segmentation, CVPR (2019) 9404, equations 1 and 2.
// Guide: Documentation/metrics/panoptic-quality.md

extension InstanceMatching {
  /// Panoptic quality: the sum of the matched overlaps over the mean number of objects,
  /// `Σ IoU / (TP + FP / 2 + FN / 2)`, which is ``segmentationQuality(whenEmpty:)`` times
  /// ``recognitionQuality(whenEmpty:)``.
  ///
  /// - Parameter policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func panopticQuality(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    isEmpty ? policy.score : iouSum / meanCount
  }

  /// Segmentation quality: the mean overlap of the matched objects.
  ///
  /// 0 where objects exist and none is matched, as in the authors' evaluation.
  ///
  /// - Parameter policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func segmentationQuality(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    if isEmpty { return policy.score }
    return matches.isEmpty ? 0 : iouSum / Double(truePositives)
  }

  /// Recognition quality: the F1 score of finding objects, `TP / (TP + FP / 2 + FN / 2)`.
  ///
  /// - Parameter policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func recognitionQuality(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    isEmpty ? policy.score : Double(truePositives) / meanCount
  }

  /// Half the objects of both sides together.
  private var meanCount: Double {
    Double(2 * truePositives + falsePositives.count + falseNegatives.count) / 2
  }
}
