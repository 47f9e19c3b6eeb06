// The Dice similarity coefficient: the field's usual measure of overlap.
// Dice, Ecology 26 (1945) 297; Sørensen, Biologiske Skrifter 5 (1948) 1. Guide: Documentation/metrics/dice.md

extension Overlap {
  /// The Dice coefficient: twice the common voxels over the sum of both sizes, `2 TP / (2 TP + FP + FN)`.
  ///
  /// 0 is no common voxel, 1 is equality; equal to the F1 score of the voxels. When exactly one of the two
  /// masks is empty the value is 0.
  ///
  /// - Parameter policy: the value when both masks are empty
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func dice(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    isEmpty ? policy.score : Double(2 * truePositives) / Double(predicted + referenced)
  }
}
