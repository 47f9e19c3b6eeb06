// The choices of an analysis in one place, so that a report can state them all.

/// What an analysis is to do; the defaults are what Documentation/statistics.md recommends.
public struct AnalysisOptions: Sendable, Equatable, Codable {
  public var higherIsBetter: Bool
  /// The range of the metric, such as 0 and 1 for Dice; nil ends are open.
  public var lowerBound: Double?
  public var upperBound: Double?
  /// Of all intervals.
  public var confidence: Double
  /// Of intervals and of the stability of rankings.
  public var resamples: Int
  /// Of the permutation test where not all sign patterns are looked at.
  public var permutations: Int
  public var seed: UInt64
  /// The level of tests, in the test-based ranking and in warnings.
  public var alpha: Double
  /// The signed-rank test of the comparisons.
  public var wilcoxon: Wilcoxon
  /// The ranking methods to compute.
  public var rankings: [RankingMethod]
  /// How rankings treat undefined scores.
  public var missing: MissingScores
  /// Over the one-sided tests of the test-based ranking.
  public var rankingCorrection: Correction
  /// The chance of finding a difference for which smallest detectable differences are stated.
  public var power: Double
  /// Independent units below which no interval is given.
  public var minimumUnits: Int
  /// Independent units below which a warning says that intervals of the mean may be too narrow.
  public var reliableUnits: Int

  public init(
    higherIsBetter: Bool = true, lowerBound: Double? = nil, upperBound: Double? = nil,
    confidence: Double = 0.95, resamples: Int = 10_000, permutations: Int = 10_000,
    seed: UInt64 = 0, alpha: Double = 0.05, wilcoxon: Wilcoxon = Wilcoxon(),
    rankings: [RankingMethod] = RankingMethod.allCases, missing: MissingScores = .worst,
    rankingCorrection: Correction = .none, power: Double = 0.8, minimumUnits: Int = 5,
    reliableUnits: Int = 50
  ) {
    self.higherIsBetter = higherIsBetter
    self.lowerBound = lowerBound
    self.upperBound = upperBound
    self.confidence = confidence
    self.resamples = resamples
    self.permutations = permutations
    self.seed = seed
    self.alpha = alpha
    self.wilcoxon = wilcoxon
    self.rankings = rankings
    self.missing = missing
    self.rankingCorrection = rankingCorrection
    self.power = power
    self.minimumUnits = minimumUnits
    self.reliableUnits = reliableUnits
  }

  /// Which interval a mean or median gets.
  public var intervalRule: IntervalRule {
    IntervalRule(
      bootstrap: Bootstrap(resamples: resamples, confidence: confidence, seed: seed),
      minimumUnits: minimumUnits, lowerBound: lowerBound, upperBound: upperBound)
  }

  /// The choices that concern rankings.
  public var rankingOptions: RankingOptions {
    RankingOptions(
      higherIsBetter: higherIsBetter, missing: missing, alpha: alpha,
      correction: rankingCorrection)
  }
}
