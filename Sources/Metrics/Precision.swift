// Precision (positive predictive value): the share of a prediction that is right.
// Fletcher & Fletcher, Clinical Epidemiology (2005) 45. Guide: Documentation/metrics/precision.md

extension Overlap {
  /// Precision: the share of the prediction's voxels that the reference has too, `TP / (TP + FP)`.
  ///
  /// 0 for an empty prediction of something that is there: a model must not gain by silence.
  ///
  /// - Parameter policy: the value when both masks are empty
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func precision(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    if isEmpty { return policy.score }
    return predicted == 0 ? 0 : Double(truePositives) / Double(predicted)
  }
}
