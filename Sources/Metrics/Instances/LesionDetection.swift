// How many lesions are found and how many are invented: what a reader of scans counts.
// Commowick et al., Scientific Reports 8 (2018) 13650. Guide: Documentation/metrics/lesion-detection.md

/// When a lesion counts as found, and a predicted one as right.
public enum LesionRule: Sendable, Hashable {
  /// One voxel in common is enough.
  case touched
  /// It has a partner in a one-to-one matching by overlap.
  case matched(InstanceMatching.Criterion)
  /// At least this fraction of it is covered by objects of the other side together, above 0 and at most 1.
  case covered(fraction: Double)
}

/// Lesions counted over one case; add the counts of cases to pool them.
public struct LesionDetection: Sendable, Equatable, Codable {
  /// Lesions of the reference.
  public var references: Int
  /// Those of them that were found.
  public var detected: Int
  /// Predicted lesions.
  public var predictions: Int
  /// Those of them that are not there.
  public var falsePositives: Int

  public init(references: Int, detected: Int, predictions: Int, falsePositives: Int) {
    self.references = references
    self.detected = detected
    self.predictions = predictions
    self.falsePositives = falsePositives
  }

  /// The share of the reference's lesions that were found.
  ///
  /// - Parameter policy: the value when neither side has a lesion
  /// - Returns: a value in 0…1; nil where lesions are predicted but none was there to be found
  public func sensitivity(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    if references == 0 { return predictions == 0 ? policy.score : nil }
    return Double(detected) / Double(references)
  }
}

extension InstanceOverlaps {
  /// Counts lesions found and lesions invented.
  ///
  /// - Throws: ``MetricsError/optionInvalid(name:met:expected:)``
  public func lesions(_ rule: LesionRule = .touched) throws -> LesionDetection {
    switch rule {
    case .touched:
      return lesions(
        detected: Set(pairs.map(\.reference)).count, right: Set(pairs.map(\.prediction)).count)
    case .matched(let criterion):
      let count = try matching(criterion).truePositives
      return lesions(detected: count, right: count)
    case .covered(let fraction):
      guard fraction > 0, fraction <= 1 else {
        throw MetricsError.optionInvalid(
          name: "lesion fraction", met: "\(fraction)", expected: "a number above 0 and at most 1")
      }
      return lesions(
        detected: covered(references, by: \.reference, fraction),
        right: covered(predictions, by: \.prediction, fraction))
    }
  }

  private func lesions(detected: Int, right: Int) -> LesionDetection {
    LesionDetection(
      references: references.count, detected: detected, predictions: predictions.count,
      falsePositives: predictions.count - right)
  }

  private func covered(
    _ objects: [Instances.Instance], by side: KeyPath<Pair, Int>, _ fraction: Double
  ) -> Int {
    var common = [Int](repeating: 0, count: objects.count)
    for pair in pairs { common[pair[keyPath: side]] += pair.voxels }
    return zip(objects, common).count { Double($1) / Double($0.voxels) >= fraction }
  }
}
