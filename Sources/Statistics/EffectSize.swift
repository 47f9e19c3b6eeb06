// How large a difference is, which no p-value says.
// Kerby, Comprehensive Psychology 3 (2014) 11.IT.3.1; Cohen, Statistical Power Analysis (1988),
// 2.3.5; Cliff, Psychological Bulletin 114 (1993) 494.

/// Sizes of differences, free of the unit of the metric.
public enum EffectSize {
  /// The matched-pairs rank-biserial correlation: the share of the ranks of the signed-rank test
  /// that favours the first minus that which favours the second; zeros are left out.
  ///
  /// - Parameters:
  ///   - differences: first minus second
  ///   - significantDigits: to which differences are rounded before ranking; nil does not round
  /// - Returns: −1…1; nil where no difference is other than zero
  public static func rankBiserial(_ differences: [Double], significantDigits: Int? = 12) -> Double?
  {
    let rounding = significantDigits
    let ranks = SignedRanks(
      differences.map { value in rounding.map { rounded(value, digits: $0) } ?? value },
      zeros: .wilcox)
    let total = ranks.positive + ranks.negative
    return total > 0 ? (ranks.positive - ranks.negative) / total : nil
  }

  /// Cohen's d_z: the mean of differences over their standard deviation.
  ///
  /// - Returns: nil for fewer than two differences or where all are equal
  public static func cohensD(_ differences: [Double]) -> Double? {
    guard let mean = mean(of: differences),
      let deviation = standardDeviation(of: differences),
      deviation > 1e-12 * abs(mean)
    else { return nil }
    return mean / deviation
  }

  /// Cliff's delta of unpaired groups: the chance that the first is larger minus that of the
  /// second.
  ///
  /// - Returns: −1…1; nil if a group is empty
  public static func cliffsDelta(_ first: [Double], _ second: [Double]) -> Double? {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    let sorted = second.sorted()
    var balance = 0
    for value in first {
      let below = partition(sorted) { $0 >= value }
      let notAbove = partition(sorted) { $0 > value }
      balance += below - (sorted.count - notAbove)
    }
    return Double(balance) / Double(first.count * second.count)
  }

  /// The first place from which a condition holds on to the end.
  private static func partition(_ sorted: [Double], _ holds: (Double) -> Bool) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
