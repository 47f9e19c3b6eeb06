// Which interval a mean, a median or a mean difference gets: a stated rule instead of a choice per
// table.
// The reasons and the coverage that the rule was measured to have: Documentation/statistics.md

/// Chooses the kind of an interval by the number of independent units and by what it is of.
///
/// - Fewer than ``minimumUnits``: none.
/// - Mean below ``bootstrapUnits``: Student's t, cut off at the bounds of the metric.
/// - Mean from there on: BCa bootstrap.
/// - Median: percentile bootstrap.
///
/// Units are patients where cases come with clusters, else cases.
public struct IntervalRule: Sendable, Equatable, Codable {
  public var bootstrap: Bootstrap
  /// Units below which no interval is given.
  public var minimumUnits: Int
  /// Units from which on the mean gets a BCa interval.
  public var bootstrapUnits: Int
  /// The range of the metric, such as 0…1 for Dice; nil ends are open.
  public var lowerBound: Double?
  public var upperBound: Double?

  public init(
    bootstrap: Bootstrap = Bootstrap(), minimumUnits: Int = 5, bootstrapUnits: Int = 30,
    lowerBound: Double? = nil, upperBound: Double? = nil
  ) {
    self.bootstrap = bootstrap
    self.minimumUnits = minimumUnits
    self.bootstrapUnits = bootstrapUnits
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  /// The interval of the mean; nil where there are too few units.
  public func mean(of sample: Sample) -> Interval? {
    guard sample.units >= minimumUnits else { return nil }
    return sample.units < bootstrapUnits
      ? student(sample) : bootstrap.interval(of: .mean, sample, method: .bca)
  }

  /// The interval of the median; nil where there are too few units.
  public func median(of sample: Sample) -> Interval? {
    guard sample.units >= minimumUnits else { return nil }
    return bootstrap.interval(of: .median, sample, method: .percentile)
  }

  /// The rule for differences of two scores, whose range is the width of the metric's either way.
  public var ofDifferences: IntervalRule {
    var rule = self
    rule.upperBound = lowerBound.flatMap { low in upperBound.map { $0 - low } }
    rule.lowerBound = rule.upperBound.map { -$0 }
    return rule
  }

  /// Student's t interval; with clusters the standard error of a ratio of cluster sums, the
  /// "cluster-robust" one, with clusters minus one degrees of freedom.
  private func student(_ sample: Sample) -> Interval? {
    let confidence = bootstrap.confidence
    guard sample.units > 1, confidence > 0, confidence < 1,
      let mean = Statistics.mean(of: sample.values)
    else { return nil }
    let (sums, counts) = sample.unitSums
    let units = Double(sample.units)
    let squares = zip(sums, counts).reduce(0) { total, unit in
      let residual = unit.0 - mean * unit.1
      return total + residual * residual
    }
    let error = (units / (units - 1) * squares).squareRoot() / Double(sample.values.count)
    let reach =
      -error * StudentDistribution(degreesOfFreedom: units - 1).quantile((1 - confidence) / 2)
    let clusters = sample.cluster == nil ? "" : " of \(sample.units) clusters"
    return Interval(
      low: max(mean - reach, lowerBound ?? -.infinity),
      high: min(mean + reach, upperBound ?? .infinity), level: confidence,
      method: "Student's t\(clusters), \(sample.units - 1) degrees of freedom")
  }
}
