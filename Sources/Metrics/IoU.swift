// Intersection over union (IoU): the overlap measure of detection and of most foundation models' papers.
// Jaccard, Bulletin de la Société vaudoise des sciences naturelles 37 (1901) 547.
// Guide: Documentation/metrics/iou.md

extension Overlap {
  /// Intersection over union, the Jaccard index: common voxels over all voxels of either,
  /// `TP / (TP + FP + FN)`.
  ///
  /// 0 is no common voxel, 1 is equality; never above Dice, to which `dice = 2 iou / (1 + iou)` leads. When
  /// exactly one of the two masks is empty the value is 0.
  ///
  /// - Parameter policy: the value when both masks are empty
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func iou(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    isEmpty ? policy.score : Double(truePositives) / Double(union)
  }
}
