// The Brier score: the squared error of probabilities, which rewards calibration and sharpness together.
// Brier, Monthly Weather Review 78 (1950) 1. Guide: Documentation/metrics/brier.md

/// The mean squared error of foreground probabilities.
public enum Brier {
  /// Over what the squared errors are summed.
  public enum Classes: String, Sendable, Codable, CaseIterable {
    /// The foreground alone: scikit-learn, and most papers on two classes. Worst value 1.
    case foreground
    /// Foreground and background, which makes twice the value: Brier's own form, MetricsReloaded.
    case both
  }

  /// The Brier score, the mean of `(p − r)²` over the voxels.
  ///
  /// - Parameters:
  ///   - probabilities: of the foreground, one per voxel, 0…1
  ///   - reference: one value per voxel; 0 is background, all else foreground
  ///   - classes: whether the background's error is added
  /// - Returns: a value in 0…1 (0…2 over both classes), 0 is best; nil without voxels
  /// - Throws: ``MetricsError``
  public static func score(
    probabilities: [Float], reference: [UInt8], classes: Classes = .foreground
  ) throws -> Double? {
    try Probability.require(probabilities, reference)
    guard !reference.isEmpty else { return nil }
    var sum = 0.0
    for (probability, value) in zip(probabilities, reference) {
      let error = Double(probability) - (value == 0 ? 0 : 1)
      sum += error * error
    }
    return (classes == .both ? 2 : 1) * sum / Double(reference.count)
  }
}
