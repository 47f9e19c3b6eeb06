// What the metrics of probabilities ask of their input.

enum Probability {
  /// Requires one probability for each voxel of the reference.
  ///
  /// - Throws: ``MetricsError/lengthsDiffer(prediction:reference:)`` or
  ///   ``MetricsError/notAProbability(_:voxel:)``
  static func require(_ probabilities: [Float], _ reference: [UInt8]) throws {
    guard probabilities.count == reference.count else {
      throw MetricsError.lengthsDiffer(prediction: probabilities.count, reference: reference.count)
    }
    // NaN fails the comparison too.
    if let voxel = probabilities.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw MetricsError.notAProbability(probabilities[voxel], voxel: voxel)
    }
  }
}
