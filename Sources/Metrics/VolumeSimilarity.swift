// Volume similarity: whether two masks are of one size, wherever they lie.
// Taha & Hanbury, BMC Medical Imaging 15 (2015) 29.
// Guide: Documentation/metrics/volume-similarity.md

extension Overlap {
  /// Volume similarity: one minus the difference of the sizes over their sum,
  /// `1 − |FN − FP| / (2 TP + FP + FN)`.
  ///
  /// 1 is equal size, even without a common voxel; never below Dice. 0 when exactly one mask is empty.
  ///
  /// - Parameter policy: the value when both masks are empty
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func volumeSimilarity(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    isEmpty
      ? policy.score
      : 1 - Double(abs(falseNegatives - falsePositives)) / Double(predicted + referenced)
  }
}
