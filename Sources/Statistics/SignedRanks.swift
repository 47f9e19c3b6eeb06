// Ranks of absolute differences, their sums by sign, and the distribution of a sum under random
// signs.

/// The ranks of a signed-rank test.
struct SignedRanks {
  /// Sums of the ranks of positive and of negative differences.
  let positive: Double
  let negative: Double
  let zeroCount: Int
  let hasTies: Bool

  /// Twice the rank of each non-zero difference: whole numbers even with ties.
  private let doubledRanks: [Int]
  private let doubledPositive: Int
  private let mean: Double
  private let variance: Double

  init(_ differences: [Double], zeros: Wilcoxon.Zeros) {
    let ranked = zeros == .wilcox ? differences.filter { $0 != 0 } : differences
    let order = ranked.sorted { abs($0) < abs($1) }
    var doubledRanks: [Int] = []
    var sums = (positive: 0, negative: 0, zero: 0)
    var tieTerm = 0.0
    var start = 0
    var tied = false
    while start < order.count {
      var end = start + 1
      while end < order.count, abs(order[end]) == abs(order[start]) { end += 1 }
      // Positions count from one, so the mean of the first and the last is half of this.
      let doubled = start + 1 + end
      let size = Double(end - start)
      let isZero = order[start] == 0
      tied = tied || end - start > 1
      if !(isZero && zeros == .pratt) { tieTerm += size * size * size - size }
      for index in start..<end {
        if isZero {
          sums.zero += doubled
        } else {
          doubledRanks.append(doubled)
          if order[index] > 0 { sums.positive += doubled } else { sums.negative += doubled }
        }
      }
      start = end
    }
    zeroCount = differences.count { $0 == 0 }
    hasTies = tied
    self.doubledRanks = doubledRanks
    let shift = zeros == .zsplit ? Double(sums.zero) / 4 : 0
    doubledPositive = sums.positive
    positive = Double(sums.positive) / 2 + shift
    negative = Double(sums.negative) / 2 + shift

    let n = Double(ranked.count)
    let z = zeros == .pratt ? Double(zeroCount) : 0
    mean = (n * (n + 1) - z * (z + 1)) / 4
    variance = (n * (n + 1) * (2 * n + 1) - z * (z + 1) * (2 * z + 1) - tieTerm / 2) / 24
  }

  /// Whether all differences are zero.
  var isEmpty: Bool { doubledRanks.isEmpty }

  /// The standardised sum of positive ranks; must not be empty.
  func z(_ alternative: Alternative, corrected: Bool) -> Double {
    let distance = positive - mean
    let correction: Double =
      switch (corrected, alternative) {
      case (false, _): 0
      case (true, .greater): 0.5
      case (true, .less): -0.5
      case (true, .twoSided): distance == 0 ? 0 : (distance > 0 ? 0.5 : -0.5)
      }
    return (distance - correction) / variance.squareRoot()
  }

  /// The share of sign flips whose sum of positive ranks is as extreme as the one at hand.
  ///
  /// The distribution grows rank by rank: with probability one half each, a rank joins the sum or
  /// not.
  func exactPValue(_ alternative: Alternative) -> Double {
    // Without ties all doubled ranks are even, and half the table does.
    let step = doubledRanks.allSatisfy { $0.isMultiple(of: 2) } ? 2 : 1
    let total = doubledRanks.reduce(0, +) / step
    let observed = doubledPositive / step
    var probability = [Double](repeating: 0, count: total + 1)
    probability[0] = 1
    var reached = 0
    for doubled in doubledRanks {
      let rank = doubled / step
      reached += rank
      for sum in stride(from: reached, through: 0, by: -1) {
        probability[sum] = (probability[sum] + (sum >= rank ? probability[sum - rank] : 0)) / 2
      }
    }
    let notAbove = min(1, probability[...observed].reduce(0, +))
    let notBelow = min(1, probability[observed...].reduce(0, +))
    switch alternative {
    case .twoSided: return min(1, 2 * min(notAbove, notBelow))
    case .greater: return notBelow
    case .less: return notAbove
    }
  }
}
