// Specificity (true-negative rate): the share of what is outside the reference that a prediction leaves out.
// Yerushalmy, Public Health Reports 62 (1947) 1432. Guide: Documentation/metrics/specificity.md

extension OverlapTable {
  /// Specificity of a label: the share of the voxels without it that the prediction leaves without it,
  /// `TN / (TN + FP)`.
  ///
  /// It depends on how much background the image shows, and is near 1 for anything small.
  ///
  /// - Returns: a value in 0…1; 1 when both masks are empty, nil where the reference fills the image
  public func specificity(of label: Int32) -> Double? {
    let overlap = self[label]
    let negatives = voxels - overlap.referenced
    return negatives == 0
      ? nil : Double(negatives - overlap.falsePositives) / Double(negatives)
  }
}
