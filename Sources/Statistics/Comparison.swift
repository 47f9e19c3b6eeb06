// Compares all pairs of models on the cases in which both have a score.

extension ScoreTable {
  /// All pairs of models, in the order of the table, with p-values corrected over all of them.
  ///
  /// Where cases have clusters, the signed-rank test and the effect sizes take one difference per
  /// cluster (the mean of its cases), the permutation test flips whole clusters, and the interval
  /// resamples clusters.
  ///
  /// - Parameters:
  ///   - rule: which intervals the mean differences get; its bounds are those of the metric
  ///   - wilcoxon: the signed-rank test; its alternative is taken as it is
  ///   - permutation: the sign-flip test
  ///   - correction: over all pairs, for both tests apart
  /// - Returns: a comparison for each pair, also where it has no case to compare
  public func comparisons(
    rule: IntervalRule = IntervalRule(), wilcoxon: Wilcoxon = Wilcoxon(),
    permutation: PermutationTest = PermutationTest(), correction: Correction = .holm
  ) -> [PairedComparison] {
    let pairs = pairs(digits: wilcoxon.significantDigits)
    let signedRank = pairs.map { wilcoxon.outcome($0.unitDifferences)?.pValue }
    let signFlip = pairs.map { permutation($0.sample)?.pValue }
    let signedRankCorrected = correction.adjusted(signedRank)
    let signFlipCorrected = correction.adjusted(signFlip)
    let rule = rule.ofDifferences
    return pairs.enumerated().map { index, pair in
      let differences = pair.sample.values
      return PairedComparison(
        first: models[pair.first], second: models[pair.second], pairs: differences.count,
        clusters: pair.sample.cluster == nil ? nil : pair.sample.units,
        meanDifference: mean(of: differences),
        medianDifference: median(ofSorted: differences.sorted()),
        interval: rule.mean(of: pair.sample), wilcoxon: signedRank[index],
        permutation: signFlip[index], wilcoxonHolm: signedRankCorrected[index],
        permutationHolm: signFlipCorrected[index],
        rankBiserial: EffectSize.rankBiserial(pair.unitDifferences, significantDigits: nil),
        cohensD: EffectSize.cohensD(pair.unitDifferences))
    }
  }

  /// The differences of all pairs of models.
  func pairs(digits: Int?) -> [ModelPair] {
    models.indices.flatMap { first in
      models.indices.dropFirst(first + 1).map { second in
        ModelPair(self, first: first, second: second, digits: digits)
      }
    }
  }
}

/// Two models on the cases in which both have a score.
struct ModelPair {
  let first: Int
  let second: Int
  /// First minus second, per case.
  let sample: Sample
  /// First minus second per independent unit: the mean of a cluster's cases.
  let unitDifferences: [Double]

  init(_ table: ScoreTable, first: Int, second: Int, digits: Int?) {
    self.first = first
    self.second = second
    var differences: [Double] = []
    var scales: [Double] = []
    var kept: [Int] = []
    for index in table.cases.indices {
      guard let a = table.scores[first][index], let b = table.scores[second][index] else {
        continue
      }
      differences.append(difference(a, b, digits: digits))
      scales.append(max(abs(a), abs(b)))
      kept.append(index)
    }
    sample = Sample(
      values: differences, clusters: table.clusters.map { clusters in kept.map { clusters[$0] } })
    if sample.cluster == nil {
      unitDifferences = differences
    } else {
      // Averaging brings new noise, as large as the scores of the cluster are.
      unitDifferences = zip(sample.unitMeans, sample.places).map { value, places in
        guard let digits, let scale = places.map({ scales[$0] }).max() else { return value }
        return rounded(value, digits: digits, scale: scale)
      }
    }
  }
}
