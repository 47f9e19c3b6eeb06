// Orders models by their scores on many cases.
// Definitions of challengeR 1.0.5: Wiesenfarth, Reinke, Landman et al., Scientific Reports 11
// (2021) 2369; Maier-Hein, Eisenmann, Reinke et al., Nature Communications 9 (2018) 5217.
// Guide: Documentation/statistics.md

/// The choices that a ranking rests on besides its method.
public struct RankingOptions: Sendable, Equatable, Codable {
  public var higherIsBetter: Bool
  public var missing: MissingScores
  /// Level of the one-sided tests of the test-based ranking.
  public var alpha: Double
  /// Of those tests over all ordered pairs; challengeR's default is none.
  public var correction: Correction

  public init(
    higherIsBetter: Bool = true, missing: MissingScores = .worst, alpha: Double = 0.05,
    correction: Correction = .none
  ) {
    self.higherIsBetter = higherIsBetter
    self.missing = missing
    self.alpha = alpha
    self.correction = correction
  }
}

extension ScoreTable {
  /// Orders the models.
  ///
  /// Equal values share the smallest rank; values are compared to 12 significant digits, so that
  /// the order of summation decides nothing. A model without a value comes last.
  ///
  /// - Parameters:
  ///   - method: how cases are brought together
  ///   - options: direction, missing scores and, for the test-based ranking, tests
  /// - Returns: values and ranks in the order of the table
  public func ranking(_ method: RankingMethod, options: RankingOptions = RankingOptions())
    -> Ranking
  {
    let plan = RankingPlan(self, method, options)
    let values = plan.values(weights: plan.ones)
    return Ranking(
      method: method, models: models, values: values.map { $0.isNaN ? nil : $0 },
      ranks: plan.ranks(of: values))
  }
}

/// Ranks of costs, 1 for the smallest; equal costs share the smallest rank, and what is not a
/// number shares the rank after the largest one given, which with ties is smaller than the number
/// of models.
func minimumRanks(_ costs: [Double]) -> [Int] {
  var ranks = costs.map { cost in
    cost.isNaN ? 0 : 1 + costs.count { $0 < cost }
  }
  let last = (ranks.max() ?? 0) + 1
  for index in ranks.indices where ranks[index] == 0 { ranks[index] = last }
  return ranks
}
