// How a ranking holds when the cases are drawn anew: rank frequencies and Kendall's tau over
// resamples.
// Wiesenfarth, Reinke, Landman et al., Scientific Reports 11 (2021) 2369.
// Guide: Documentation/statistics.md

extension ScoreTable {
  /// Ranks resamples of the cases and compares each ranking with that of all cases.
  ///
  /// A case drawn twice counts as two cases, each ranked by itself; clusters are drawn whole. All
  /// methods see the same resamples for a seed.
  ///
  /// - Parameters:
  ///   - method: the ranking method
  ///   - options: as for ``ranking(_:options:)``
  ///   - resamples: how often cases are drawn
  ///   - seed: of the draws
  /// - Returns: nil for fewer than two models, fewer than two independent cases, or no resamples
  public func stability(
    of method: RankingMethod, options: RankingOptions = RankingOptions(), resamples: Int = 10_000,
    seed: UInt64 = 0
  ) -> RankStability? {
    let plan = RankingPlan(self, method, options)
    guard plan.models > 1, plan.units > 1, resamples > 0 else { return nil }
    let full = plan.ranks(of: plan.values(weights: plan.ones))
    let draws = concurrently(
      resamples, initial: [Int](),
      scratch: Draw(units: plan.units, cases: plan.cases)
    ) { index, draw in
      draw.draw(seed: seed, stream: index, unitOfCase: plan.unitOfCase)
      return plan.ranks(of: plan.values(weights: draw.weights))
    }
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: plan.models), count: plan.models)
    for ranks in draws {
      for (model, rank) in ranks.enumerated() { counts[model][rank - 1] += 1 }
    }
    let taus = draws.compactMap { kendallTau(full, $0) }.sorted()
    return RankStability(
      method: method, models: models, resamples: resamples,
      frequencies: counts.map { $0.map { Double($0) / Double(resamples) } },
      tauMean: mean(of: taus), tauLow: quantile(0.025, ofSorted: taus),
      tauHigh: quantile(0.975, ofSorted: taus))
  }
}

/// How often each unit and with it each case was drawn.
private struct Draw: Sendable {
  var drawn: [Int]
  var weights: [Int]

  init(units: Int, cases: Int) {
    drawn = Array(repeating: 0, count: units)
    weights = Array(repeating: 0, count: cases)
  }

  mutating func draw(seed: UInt64, stream: Int, unitOfCase: [Int]) {
    var generator = SeededGenerator(seed: seed, stream: UInt64(stream))
    generator.draw(drawn.count, into: &drawn)
    for (index, unit) in unitOfCase.enumerated() { weights[index] = drawn[unit] }
  }
}
