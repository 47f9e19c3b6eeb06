// What the statistics of a comparison consist of, so that they can be computed here and shown elsewhere.

/// A confidence interval.
public struct Interval: Sendable, Equatable, Codable {
  public let low: Double
  public let high: Double
  /// The confidence, e.g. 0.95.
  public let level: Double
  /// How it was made, e.g. "BCa bootstrap, 10000 resamples".
  public let method: String

  public init(low: Double, high: Double, level: Double, method: String) {
    self.low = low
    self.high = high
    self.level = level
    self.method = method
  }
}

/// Location and spread of one model's score over the cases in which it is defined.
public struct Summary: Sendable, Equatable, Codable {
  public let defined: Int
  public let undefined: Int
  public let mean: Double?
  public let median: Double?
  /// With n − 1 in the denominator; nil for fewer than two cases.
  public let standardDeviation: Double?
  public let minimum: Double?
  public let lowerQuartile: Double?
  public let upperQuartile: Double?
  public let maximum: Double?
  /// Of the mean; nil where too few cases allow none.
  public let meanInterval: Interval?
  /// Of the median.
  public let medianInterval: Interval?

  public init(
    defined: Int, undefined: Int, mean: Double?, median: Double?, standardDeviation: Double?,
    minimum: Double?, lowerQuartile: Double?, upperQuartile: Double?, maximum: Double?,
    meanInterval: Interval?, medianInterval: Interval?
  ) {
    self.defined = defined
    self.undefined = undefined
    self.mean = mean
    self.median = median
    self.standardDeviation = standardDeviation
    self.minimum = minimum
    self.lowerQuartile = lowerQuartile
    self.upperQuartile = upperQuartile
    self.maximum = maximum
    self.meanInterval = meanInterval
    self.medianInterval = medianInterval
  }
}

/// Two models on the same cases; differences are first minus second.
public struct PairedComparison: Sendable, Equatable, Codable {
  public let first: String
  public let second: String
  /// Cases in which both have a score.
  public let pairs: Int
  /// Independent groups of those cases, such as patients; nil where each case stands alone.
  public let clusters: Int?
  public let meanDifference: Double?
  public let medianDifference: Double?
  /// Of the mean difference.
  public let interval: Interval?
  /// Two-sided p of the Wilcoxon signed-rank test.
  public let wilcoxon: Double?
  /// Two-sided p of the paired permutation test (sign flips) of the mean.
  public let permutation: Double?
  /// The same after Holm's correction over all pairs of the family.
  public let wilcoxonHolm: Double?
  public let permutationHolm: Double?
  /// Matched-pairs rank-biserial correlation, −1 … 1.
  public let rankBiserial: Double?
  /// Mean difference over the standard deviation of the differences (Cohen's d_z).
  public let cohensD: Double?

  public init(
    first: String, second: String, pairs: Int, clusters: Int? = nil, meanDifference: Double?,
    medianDifference: Double?, interval: Interval?, wilcoxon: Double?, permutation: Double?,
    wilcoxonHolm: Double?,
    permutationHolm: Double?, rankBiserial: Double?, cohensD: Double?
  ) {
    self.first = first
    self.second = second
    self.pairs = pairs
    self.clusters = clusters
    self.meanDifference = meanDifference
    self.medianDifference = medianDifference
    self.interval = interval
    self.wilcoxon = wilcoxon
    self.permutation = permutation
    self.wilcoxonHolm = wilcoxonHolm
    self.permutationHolm = permutationHolm
    self.rankBiserial = rankBiserial
    self.cohensD = cohensD
  }
}

/// How models are ordered by the scores of many cases; the names are challengeR's.
public enum RankingMethod: String, Sendable, Codable, CaseIterable {
  case meanThenRank = "mean-then-rank"
  case medianThenRank = "median-then-rank"
  case rankThenMean = "rank-then-mean"
  case rankThenMedian = "rank-then-median"
  case testBased = "test-based"
}

/// One order of the models.
public struct Ranking: Sendable, Equatable, Codable {
  public let method: RankingMethod
  public let models: [String]
  /// What the order rests on: a mean, a mean rank, or the share of significant wins.
  public let values: [Double?]
  /// 1 is the best; ties share the smallest rank.
  public let ranks: [Int]

  public init(method: RankingMethod, models: [String], values: [Double?], ranks: [Int]) {
    self.method = method
    self.models = models
    self.values = values
    self.ranks = ranks
  }
}

/// How a ranking holds when the cases are drawn anew.
public struct RankStability: Sendable, Equatable, Codable {
  public let method: RankingMethod
  public let models: [String]
  public let resamples: Int
  /// For each model the share of resamples in which it got rank 1, 2, … (models × models).
  public let frequencies: [[Double]]
  /// Kendall's tau between the ranking and that of each resample: its mean and its 2.5 % and 97.5 % points.
  public let tauMean: Double?
  public let tauLow: Double?
  public let tauHigh: Double?

  public init(
    method: RankingMethod, models: [String], resamples: Int, frequencies: [[Double]],
    tauMean: Double?, tauLow: Double?, tauHigh: Double?
  ) {
    self.method = method
    self.models = models
    self.resamples = resamples
    self.frequencies = frequencies
    self.tauMean = tauMean
    self.tauLow = tauLow
    self.tauHigh = tauHigh
  }
}
