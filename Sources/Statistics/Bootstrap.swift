// Intervals from resampling: how far a statistic would move if the cases were drawn anew.
// Efron, Annals of Statistics 7 (1979) 1; BCa: Efron, Journal of the American Statistical
// Association 82 (1987) 171; formulas as in Efron and Tibshirani, An Introduction to the Bootstrap
// (1993), chapter 14.
// Guide: Documentation/statistics.md

/// Bootstrap intervals of a statistic.
///
/// Whole clusters are drawn where a sample has them, so that the images of a patient stay together.
/// Each resample has a stream of random numbers of its own: the same seed gives the same interval
/// everywhere.
public struct Bootstrap: Sendable, Equatable, Codable {
  /// How limits are read off the resamples.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// The quantiles of the resamples.
    case percentile
    /// Quantiles moved by bias and by the dependence of the spread on the value.
    case bca = "BCa"
  }

  public var resamples: Int
  /// The confidence, e.g. 0.95.
  public var confidence: Double
  public var seed: UInt64

  public init(resamples: Int = 10_000, confidence: Double = 0.95, seed: UInt64 = 0) {
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
  }

  /// An interval of a statistic.
  ///
  /// BCa does not exist where all resamples lie on one side of the statistic; the interval is then
  /// the percentile interval, and its `method` says so.
  ///
  /// - Parameters:
  ///   - estimator: the statistic
  ///   - sample: values, resampled by cluster if they have clusters
  ///   - method: how limits are found
  /// - Returns: nil for fewer than two units, no resamples, or a confidence outside 0…1
  public func interval(
    of estimator: Estimator, _ sample: Sample, method: Method = .bca
  ) -> Interval? {
    guard sample.units > 1, resamples > 0, confidence > 0, confidence < 1 else { return nil }
    return interval(
      of: estimator, sample, method, resampled: distribution(of: estimator, sample).sorted())
  }

  /// The interval that resamples lead to, given in ascending order.
  func interval(
    of estimator: Estimator, _ sample: Sample, _ method: Method, resampled: [Double]
  ) -> Interval? {
    let tail = (1 - confidence) / 2
    var levels = (low: tail, high: 1 - tail)
    var name = "percentile bootstrap"
    if method == .bca {
      let constants = Acceleration(estimator, sample, resampled: resampled)
      if let adjusted = constants.levels(tail: tail) {
        levels = adjusted
        name = "BCa bootstrap"
      } else {
        name = "percentile bootstrap (BCa undefined)"
      }
    }
    guard let low = quantile(levels.low, ofSorted: resampled),
      let high = quantile(levels.high, ofSorted: resampled)
    else { return nil }
    let clusters = sample.cluster == nil ? "" : " of \(sample.units) clusters"
    return Interval(
      low: low, high: high, level: confidence,
      method: "\(name)\(clusters), \(resampled.count) resamples")
  }
}

/// A statistic of a list of values.
public enum Estimator: Sendable {
  case mean
  case median
  /// Any function of values in no particular order.
  case custom(@Sendable ([Double]) -> Double)

  /// The statistic; not a number for no value.
  public func callAsFunction(_ values: [Double]) -> Double {
    switch self {
    case .mean: Statistics.mean(of: values) ?? .nan
    case .median: Statistics.median(ofSorted: values.sorted()) ?? .nan
    case .custom(let function): function(values)
    }
  }
}

/// The two constants by which BCa moves the quantiles.
struct Acceleration: Equatable {
  /// The bias z₀: the normal quantile of the share of resamples below the statistic, ties by half.
  let bias: Double
  /// The acceleration a: a sixth of the skewness of the jackknife, negated.
  let acceleration: Double

  init(_ estimator: Estimator, _ sample: Sample, resampled: [Double]) {
    let value = estimator(sample.values)
    // Scores with few decimals make resamples that equal the statistic but for the last bits.
    let noise = 1e-12 * abs(value)
    let below = resampled.count { $0 < value - noise }
    let notAbove = resampled.count { $0 <= value + noise }
    bias = NormalDistribution.quantile(Double(below + notAbove) / Double(2 * resampled.count))
    let jackknife = sample.jackknife(estimator)
    let centre = jackknife.reduce(0, +) / Double(jackknife.count)
    var squares = 0.0
    var cubes = 0.0
    for value in jackknife {
      let deviation = centre - value
      squares += deviation * deviation
      cubes += deviation * deviation * deviation
    }
    acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }

  /// The quantiles to read instead of `tail` and `1 − tail`; nil where the formula has no value.
  func levels(tail: Double) -> (low: Double, high: Double)? {
    func level(_ z: Double) -> Double? {
      let sum = bias + z
      let denominator = 1 - acceleration * sum
      guard sum.isFinite, denominator > 0 else { return nil }
      return NormalDistribution.cumulative(bias + sum / denominator)
    }
    let z = NormalDistribution.quantile(tail)
    guard let low = level(z), let high = level(-z) else { return nil }
    return (low, high)
  }
}
