// How many objects are found, at one overlap threshold or averaged over ten.
// Caicedo et al., Nature Methods 16 (2019) 1247 (Data Science Bowl 2018).
// Guide: Documentation/metrics/instance-f1.md

/// Which score of a matching stands for the finding of objects.
public enum DetectionScore: String, Sendable, Codable, CaseIterable {
  /// F1 at one threshold.
  case f1
  /// F1, averaged over the thresholds 0.5, 0.55 … 0.95.
  case meanF1 = "mean-f1"
  /// TP / (TP + FP + FN), averaged over the same thresholds: the Data Science Bowl's average precision.
  case averagePrecision = "average-precision"
}

extension InstanceMatching {
  /// F1 of the objects, `2 TP / (2 TP + FP + FN)`; the same as ``recognitionQuality(whenEmpty:)``.
  ///
  /// - Parameter policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func f1(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    recognitionQuality(whenEmpty: policy)
  }

  /// The share of predicted objects that are matched; 0 where nothing is predicted of something there.
  ///
  /// - Parameter policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func precision(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    counts.precision(whenEmpty: policy)
  }

  /// The share of reference objects that are matched; nil where the reference alone is empty.
  ///
  /// - Parameter policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func sensitivity(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    counts.sensitivity(whenEmpty: policy)
  }

  /// The share of matched among all objects of either side, `TP / (TP + FP + FN)`.
  ///
  /// - Parameter policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func criticalSuccess(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    counts.iou(whenEmpty: policy)
  }

  /// The objects counted as voxels are.
  private var counts: Overlap {
    Overlap(
      truePositives: truePositives, falsePositives: falsePositives.count,
      falseNegatives: falseNegatives.count)
  }
}

extension InstanceOverlaps {
  /// The thresholds of the Data Science Bowl 2018 and of COCO: 0.5, 0.55 … 0.95.
  public static let thresholds = stride(from: 50, through: 95, by: 5).map { Double($0) / 100 }

  /// Scores the finding of objects.
  ///
  /// - Parameters:
  ///   - score: which score; the averages replace the threshold of the criterion by ten
  ///   - criterion: when objects match
  ///   - policy: the value when neither side has an object
  /// - Returns: a value in 0…1, or nil where it is undefined
  /// - Throws: ``MetricsError/optionInvalid(name:met:expected:)``
  public func detection(
    _ score: DetectionScore, _ criterion: InstanceMatching.Criterion = .init(),
    whenEmpty policy: EmptyPolicy = .undefined
  ) throws -> Double? {
    guard score != .f1 else { return try matching(criterion).f1(whenEmpty: policy) }
    let scores = try Self.thresholds.map { threshold in
      var criterion = criterion
      criterion.threshold = threshold
      let matching = try matching(criterion)
      return score == .meanF1
        ? matching.f1(whenEmpty: policy) : matching.criticalSuccess(whenEmpty: policy)
    }
    let defined = scores.compactMap { $0 }
    return defined.count < scores.count ? nil : defined.reduce(0, +) / Double(defined.count)
  }
}
