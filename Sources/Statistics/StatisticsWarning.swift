// What a reader must know before believing the numbers of an analysis.

/// A reason for caution.
public enum StatisticsWarning: Sendable, Equatable, Codable, CustomStringConvertible {
  /// Nothing to compare.
  case singleModel
  /// Cases come in groups, and intervals and tests count groups.
  case clustered(cases: Int, clusters: Int)
  /// A model has too few independent cases for any interval.
  case noInterval(model: String, units: Int, minimum: Int)
  /// Intervals of means over so few cases often miss the true mean.
  case fewCases(units: Int, reliable: Int)
  /// A model lacks scores, and the treatment of these decides rankings.
  case missingScores(model: String, count: Int, cases: Int, treatment: MissingScores)
  /// Two models have no case in common.
  case noCommonCases(first: String, second: String)
  /// Comparisons that found no difference, and could not have found one as large as the observed.
  case lowPower(comparisons: Int, of: Int, largestSmallestDifference: Double, power: Double)
  /// The two tests of a pair, corrected, lie on different sides of the level: a few cases carry the
  /// mean.
  case testsDisagree(first: String, second: String, wilcoxon: Double, permutation: Double)

  public var description: String {
    switch self {
    case .singleModel:
      "There is one model only, so nothing is compared or ranked."
    case .clustered(let cases, let clusters):
      "The \(cases) cases come from \(clusters) groups (such as patients); intervals, tests and resamples "
        + "take groups as independent, not cases."
    case .noInterval(let model, let units, let minimum):
      "\(model) has \(units) independent cases with a score; intervals need at least \(minimum)."
    case .fewCases(let units, let reliable):
      "There are \(units) independent cases; below \(reliable), intervals of the mean can be too narrow."
    case .missingScores(let model, let count, let cases, let treatment):
      "\(model) has no score in \(count) of \(cases) cases; "
        + "rankings \(Self.explanation(treatment))."
    case .noCommonCases(let first, let second):
      "\(first) and \(second) have no case in common and are not compared."
    case .lowPower(let comparisons, let all, let difference, let power):
      "\(comparisons) of \(all) comparisons found no difference and had too few cases to find one as "
        + "large as the observed: mean differences below \(Self.short(difference)) could have been "
        + "missed (power \(Self.short(power)))."
    case .testsDisagree(let first, let second, let wilcoxon, let permutation):
      "For \(first) and \(second) the rank test (p = \(Self.short(wilcoxon))) and the test of the mean "
        + "(p = \(Self.short(permutation))) disagree: look at the cases with the largest differences."
    }
  }

  private static func explanation(_ treatment: MissingScores) -> String {
    switch treatment {
    case .worst: "count them as the worst"
    case .value(let value): "count them as \(value)"
    case .omitted: "leave them out, so that models are ranked by different cases"
    }
  }

  /// Three significant digits.
  private static func short(_ value: Double) -> String { "\(rounded(value, digits: 3))" }
}

extension ScoreTable {
  func warnings(
    _ options: AnalysisOptions, samples: [Sample], comparisons: [PairedComparison],
    detectable: [DetectableDifference]
  ) -> [StatisticsWarning] {
    var warnings: [StatisticsWarning] = models.count == 1 ? [.singleModel] : []
    let all = Sample(values: cases.map { _ in 0 }, clusters: clusters)
    if all.cluster != nil {
      warnings.append(.clustered(cases: cases.count, clusters: all.units))
    }
    for (model, sample) in zip(models, samples) where sample.units < options.minimumUnits {
      warnings.append(
        .noInterval(model: model, units: sample.units, minimum: options.minimumUnits))
    }
    let fewest = samples.map(\.units).filter { $0 >= options.minimumUnits }.min()
    if let fewest, fewest < options.reliableUnits {
      warnings.append(.fewCases(units: fewest, reliable: options.reliableUnits))
    }
    for (model, sample) in zip(models, samples) where sample.values.count < cases.count {
      warnings.append(
        .missingScores(
          model: model, count: cases.count - sample.values.count, cases: cases.count,
          treatment: options.missing))
    }
    for pair in comparisons where pair.pairs == 0 {
      warnings.append(.noCommonCases(first: pair.first, second: pair.second))
    }
    if let warning = lowPower(options, comparisons, detectable) { warnings.append(warning) }
    for pair in comparisons {
      guard let wilcoxon = pair.wilcoxonHolm, let permutation = pair.permutationHolm,
        (wilcoxon <= options.alpha) != (permutation <= options.alpha)
      else { continue }
      warnings.append(
        .testsDisagree(
          first: pair.first, second: pair.second, wilcoxon: wilcoxon, permutation: permutation))
    }
    return warnings
  }

  private func lowPower(
    _ options: AnalysisOptions, _ comparisons: [PairedComparison],
    _ detectable: [DetectableDifference]
  ) -> StatisticsWarning? {
    let missed = zip(comparisons, detectable).compactMap { pair, detectable -> Double? in
      guard let smallest = detectable.smallest, let difference = pair.meanDifference,
        difference != 0, abs(difference) < smallest, let wilcoxon = pair.wilcoxonHolm,
        let permutation = pair.permutationHolm, min(wilcoxon, permutation) > options.alpha
      else { return nil }
      return smallest
    }
    return missed.max().map {
      .lowPower(
        comparisons: missed.count, of: comparisons.count, largestSmallestDifference: $0,
        power: options.power)
    }
  }
}
