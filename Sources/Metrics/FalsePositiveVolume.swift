// What a model invents where there is nothing: the score of cases that overlap metrics cannot tell apart.
// Guide: Documentation/metrics/false-positive-volume.md

extension Overlap {
  /// The volume predicted in a case whose reference does not contain the label, in ml.
  ///
  /// - Parameter voxelVolume: volume of one voxel in mm³
  /// - Returns: 0 if the prediction is empty as well; nil where the reference contains the label, since
  ///   then precision and volume difference speak
  public func falsePositiveVolume(voxelVolume: Double) -> Double? {
    referenced == 0 ? Double(falsePositives) * voxelVolume / 1000 : nil
  }
}
