// A table made ready to be ranked many times with other weights of its cases.

/// Scores or ranks in the shape that a ranking method sums, sorts or tests them, computed once for
/// all resamples.
struct RankingPlan: Sendable {
  let models: Int
  let cases: Int
  /// For each case its cluster, or itself.
  let unitOfCase: [Int]
  let units: Int
  private let largerIsBetter: Bool
  private let content: Content

  private enum Content: Sendable {
    case means(WeightedMeans)
    case medians([WeightedValues])
    case tests(TestMatrix)
  }

  init(_ table: ScoreTable, _ method: RankingMethod, _ options: RankingOptions) {
    let treated = TreatedScores(table, options)
    models = table.models.count
    cases = treated.cases.count
    let sample = Sample(
      values: treated.cases.map { _ in 0 },
      clusters: table.clusters.map { clusters in treated.cases.map { clusters[$0] } })
    unitOfCase = sample.cluster ?? Array(treated.cases.indices)
    units = sample.units
    switch method {
    case .meanThenRank: content = .means(WeightedMeans(treated.scores))
    case .rankThenMean: content = .means(WeightedMeans(treated.ranks))
    case .medianThenRank: content = .medians(treated.scores.map(WeightedValues.init))
    case .rankThenMedian: content = .medians(treated.ranks.map(WeightedValues.init))
    case .testBased: content = .tests(TestMatrix(treated.scores, options))
    }
    largerIsBetter =
      switch method {
      case .meanThenRank, .medianThenRank: options.higherIsBetter
      case .rankThenMean, .rankThenMedian: false
      case .testBased: true
      }
  }

  /// Each case once.
  var ones: [Int] { Array(repeating: 1, count: cases) }

  /// The value that each model is ranked by, with cases as often as their weights say; not a number
  /// where a model has none.
  func values(weights: [Int]) -> [Double] {
    switch content {
    case .means(let means): means.values(weights: weights)
    case .medians(let values): values.map { $0.median(weights: weights) ?? .nan }
    case .tests(let matrix): matrix.shareOfWins(weights: weights)
    }
  }

  /// The ranks that values lead to.
  func ranks(of values: [Double]) -> [Int] {
    minimumRanks(
      values.map { value in
        let value = rounded(value, digits: 12)
        return largerIsBetter ? -value : value
      })
  }
}

/// Scores and ranks per case after missing ones were treated; models × cases, nil is left out.
private struct TreatedScores {
  /// The cases kept, as places in the table.
  let cases: [Int]
  let scores: [[Double?]]
  let ranks: [[Double?]]

  init(_ table: ScoreTable, _ options: RankingOptions) {
    let all = table.cases.indices
    var cases = Array(all)
    if options.missing.leavesEmptyCasesOut {
      cases = all.filter { index in table.scores.contains { $0[index] != nil } }
    }
    let defined = table.scores.joined().compactMap { $0 }
    let replacement: Double? =
      switch options.missing {
      case .worst: options.higherIsBetter ? defined.min() : defined.max()
      case .value(let value): value
      case .omitted: nil
      }
    let kept = table.scores.map { row in cases.map { row[$0] } }
    let filled = kept.map { row in row.map { $0 ?? replacement } }
    // Last means behind all others, even where the worst score of the table was reached.
    let ranked = options.missing == .worst ? kept : filled
    var ranks = kept
    for index in cases.indices {
      let column = ranked.map { row in
        row[index].map { options.higherIsBetter ? -$0 : $0 } ?? .nan
      }
      for (model, rank) in minimumRanks(column).enumerated() {
        let isLeftOut = options.missing == .omitted && column[model].isNaN
        ranks[model][index] = isLeftOut ? nil : Double(rank)
      }
    }
    self.cases = cases
    scores = filled
    self.ranks = ranks
  }
}
