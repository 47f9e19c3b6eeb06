// Everything that is said about one metric: summaries, comparisons, rankings, how far to trust
// them.

/// The statistics of one metric over a table of scores.
public struct Analysis: Sendable, Equatable, Codable {
  public let metric: String
  public let options: AnalysisOptions
  public let models: [String]
  public let cases: Int
  /// Independent groups of cases, such as patients; nil where each case stands alone.
  public let clusters: Int?
  /// One per model, in the order of `models`.
  public let summaries: [Summary]
  /// All pairs of models.
  public let comparisons: [PairedComparison]
  /// What each comparison could have shown, in the order of `comparisons`.
  public let detectable: [DetectableDifference]
  /// One per ranking method asked for.
  public let rankings: [Ranking]
  /// One per ranking method asked for; empty where there are too few models or cases.
  public let stabilities: [RankStability]
  public let warnings: [StatisticsWarning]
}

/// The smallest difference that a comparison could have shown.
public struct DetectableDifference: Sendable, Equatable, Codable {
  public let first: String
  public let second: String
  /// Independent pairs: clusters, or cases where there are none.
  public let pairs: Int
  /// Of the differences; nil for fewer than two pairs.
  public let standardDeviation: Double?
  /// The smallest mean difference found with the wanted power; nil for fewer than two pairs.
  public let smallest: Double?
  /// Pairs that it takes to find a difference as large as the observed one; nil where there is
  /// none, or where it takes more than a million.
  public let pairsNeeded: Int?
}

extension ScoreTable {
  /// Analyses the scores of one metric.
  ///
  /// Too few cases, missing scores and the like make results nil and add warnings; they are no
  /// errors.
  ///
  /// - Parameters:
  ///   - metric: its name, for the record
  ///   - options: all choices
  /// - Returns: what was found, with the choices that it rests on
  public func analysis(of metric: String, options: AnalysisOptions = AnalysisOptions()) -> Analysis
  {
    let rule = options.intervalRule
    let samples = models.indices.map { sample(of: $0) }
    let summaries = samples.map { sample in
      Summary(of: sample, undefined: cases.count - sample.values.count, rule: rule)
    }
    let comparisons = comparisons(
      rule: rule, wilcoxon: options.wilcoxon,
      permutation: PermutationTest(permutations: options.permutations, seed: options.seed))
    let detectable = detectable(options)
    let rankings = options.rankings.map { ranking($0, options: options.rankingOptions) }
    let stabilities = options.rankings.compactMap { method in
      stability(
        of: method, options: options.rankingOptions, resamples: options.resamples,
        seed: options.seed)
    }
    let clusters = clusters.map { Set($0).count }
    let warnings = warnings(
      options, samples: samples, comparisons: comparisons, detectable: detectable)
    return Analysis(
      metric: metric, options: options, models: models, cases: cases.count, clusters: clusters,
      summaries: summaries, comparisons: comparisons, detectable: detectable, rankings: rankings,
      stabilities: stabilities, warnings: warnings)
  }

  private func detectable(_ options: AnalysisOptions) -> [DetectableDifference] {
    let power = PairedPower(power: options.power, alpha: options.alpha)
    var effects: [Int: Double] = [:]
    return pairs(digits: options.wilcoxon.significantDigits).map { pair in
      let differences = pair.unitDifferences
      let deviation = standardDeviation(of: differences)
      // Pairs of models mostly share their number of cases, and the search takes a while.
      let effect = effects[differences.count] ?? power.smallestEffect(pairs: differences.count)
      effects[differences.count] = effect
      return DetectableDifference(
        first: models[pair.first], second: models[pair.second], pairs: differences.count,
        standardDeviation: deviation, smallest: deviation.flatMap { d in effect.map { $0 * d } },
        pairsNeeded: deviation.flatMap { deviation in
          mean(of: differences).flatMap {
            power.pairsNeeded(difference: $0, standardDeviation: deviation)
          }
        })
    }
  }
}
