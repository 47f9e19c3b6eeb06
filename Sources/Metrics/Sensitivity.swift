// Sensitivity (recall, true-positive rate): the share of the reference that a prediction finds.
// Yerushalmy, Public Health Reports 62 (1947) 1432. Guide: Documentation/metrics/sensitivity.md

extension Overlap {
  /// Sensitivity: the share of the reference's voxels that the prediction has too, `TP / (TP + FN)`.
  ///
  /// - Parameter policy: the value when both masks are empty
  /// - Returns: a value in 0…1; nil where the reference is empty and the prediction is not, since nothing
  ///   was there to be found
  public func sensitivity(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    if isEmpty { return policy.score }
    return referenced == 0 ? nil : Double(truePositives) / Double(referenced)
  }
}
