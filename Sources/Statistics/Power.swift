// What difference a number of pairs could have shown, so that "not significant" is not read as
// "equal".
// Cohen, Statistical Power Analysis for the Behavioral Sciences (1988), 2.3.5; the same as
// statsmodels TTestPower.

/// The power of the two-sided paired t test, by the non-central t distribution.
///
/// The t test stands for the paired tests here: the permutation test of the mean has nearly its
/// power, and the signed-rank test 95 % of its efficiency where differences are normal, more where
/// they have long tails.
public struct PairedPower: Sendable, Equatable, Codable {
  /// The chance to find a difference that exists.
  public var power: Double
  /// The level of the test.
  public var alpha: Double

  public init(power: Double = 0.8, alpha: Double = 0.05) {
    self.power = power
    self.alpha = alpha
  }

  /// The power that pairs have for a standardised difference.
  ///
  /// - Parameters:
  ///   - effect: the mean difference over the standard deviation of the differences (d_z)
  ///   - pairs: independent pairs
  /// - Returns: nil for fewer than two pairs
  public func achieved(effect: Double, pairs: Int) -> Double? {
    guard pairs > 1, alpha > 0, alpha < 1 else { return nil }
    let distribution = StudentDistribution(degreesOfFreedom: Double(pairs - 1))
    return achieved(
      effect: effect, pairs: pairs, distribution,
      critical: -distribution.quantile(alpha / 2))
  }

  /// The smallest standardised difference that pairs show with the wanted power; nil for fewer than
  /// two pairs.
  public func smallestEffect(pairs: Int) -> Double? {
    guard pairs > 1, alpha > 0, alpha < 1, power > alpha, power < 1 else { return nil }
    let distribution = StudentDistribution(degreesOfFreedom: Double(pairs - 1))
    let critical = -distribution.quantile(alpha / 2)
    func excess(_ effect: Double) -> Double {
      achieved(effect: effect, pairs: pairs, distribution, critical: critical) - power
    }
    var high = 1 / Double(pairs).squareRoot()
    while excess(high) < 0 { high *= 2 }
    return bisected(from: 0, to: high, excess)
  }

  /// The smallest mean difference that pairs show with the wanted power, in the unit of the metric.
  ///
  /// - Parameters:
  ///   - pairs: independent pairs
  ///   - standardDeviation: of the differences
  /// - Returns: nil for fewer than two pairs
  public func smallestDifference(pairs: Int, standardDeviation: Double) -> Double? {
    smallestEffect(pairs: pairs).map { $0 * standardDeviation }
  }

  /// The pairs that it takes to show a mean difference with the wanted power.
  ///
  /// - Parameters:
  ///   - difference: in the unit of the metric
  ///   - standardDeviation: of the differences
  /// - Returns: nil if the difference is zero or takes more than a million pairs
  public func pairsNeeded(difference: Double, standardDeviation: Double) -> Int? {
    guard difference != 0, standardDeviation > 0, power > alpha, power < 1 else { return nil }
    let effect = abs(difference) / standardDeviation
    func suffices(_ pairs: Int) -> Bool { achieved(effect: effect, pairs: pairs) ?? 0 >= power }
    var low = 1
    var high = 2
    while !suffices(high) {
      low = high
      high *= 2
      if high > 1_000_000 { return nil }
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if suffices(middle) { high = middle } else { low = middle }
    }
    return high
  }

  private func achieved(
    effect: Double, pairs: Int, _ distribution: StudentDistribution, critical: Double
  ) -> Double {
    let delta = effect * Double(pairs).squareRoot()
    return 1 - distribution.cumulative(critical, nonCentrality: delta)
      + distribution.cumulative(-critical, nonCentrality: delta)
  }
}
