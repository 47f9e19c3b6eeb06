// Two groups of models by their best values, data set by data set, with what the gaps say and what they don't.

public import Statistics

/// A comparison of the best published values of two groups of models.
public struct SurveyComparison: Sendable, Equatable, Codable {
  /// What data sets are put together by.
  public enum Grouping: String, Sendable, Codable, CaseIterable {
    case dataset
    /// The main structure of the data set.
    case organ
    case region
  }

  /// A data set on which both groups have a value.
  public struct Pair: Sendable, Equatable, Codable {
    public let dataset: String
    public let datasetName: String
    public let organs: [String]
    public let regions: [String]
    public let first: SurveyRow
    public let second: SurveyRow

    /// First minus second, in points of the metric.
    public var gap: Double { ((first.value - second.value) * 1e9).rounded() / 1e9 }
  }

  /// The gaps of several data sets.
  public struct Summary: Sendable, Equatable, Codable {
    /// The organ or region; empty for all data sets together.
    public let group: String
    public let datasets: Int
    /// Data sets on which the first group is ahead, behind, and equal.
    public let ahead: Int
    public let behind: Int
    public let equal: Int
    public let medianGap: Double
    /// 95 % of the median, by bootstrap over data sets; nil below five.
    public let interval: Interval?
    /// Of the signed-rank test; nil below five data sets.
    public let wilcoxon: Double?
    /// Of the sign-flip test of the mean gap; nil below five data sets.
    public let permutation: Double?
    /// The p-value of the signed-rank test after Holm's correction over all groups.
    public let corrected: Double?
    /// The matched-pairs rank-biserial correlation.
    public let effect: Double?
  }

  public let first: String
  public let second: String
  public let kind: SurveyResult.Kind
  public let metric: String
  /// How many models of each group have a value on any of the data sets.
  public let models: [Int]
  public let pairs: [Pair]
  public let overall: Summary
  /// One for each organ or region, the largest first; empty by data set.
  public let groups: [Summary]
  /// Why none of this is a measured difference.
  public let warnings: [String]

  init(
    first: String, second: String, kind: SurveyResult.Kind, metric: String, models: [Int],
    pairs: [Pair], by grouping: Grouping, remarks: [String]
  ) {
    self.first = first
    self.second = second
    self.kind = kind
    self.metric = metric
    self.models = models
    let pairs = pairs.sorted { ($1.gap, $0.dataset) < ($0.gap, $1.dataset) }
    self.pairs = pairs
    overall = Gaps("", pairs.map(\.gap)).summary(corrected: nil)
    let keys: (Pair) -> [String] =
      switch grouping {
      case .dataset: { _ in [] }
      case .organ: \.organs
      case .region: \.regions
      }
    let names = Set(pairs.flatMap(keys))
    let gaps = names.map { name in
      Gaps(name, pairs.filter { keys($0).contains(name) }.map(\.gap))
    }.sorted { ($1.values.count, $0.name) < ($0.values.count, $1.name) }
    let corrected = Correction.holm.adjusted(gaps.map(\.wilcoxon))
    groups = zip(gaps, corrected).map { $0.summary(corrected: $1) }
    warnings =
      Self.warnings(first, second, kind, models, pairs) + Self.disagreement(overall) + remarks
  }

  private static func warnings(
    _ first: String, _ second: String, _ kind: SurveyResult.Kind, _ models: [Int], _ pairs: [Pair]
  ) -> [String] {
    var warnings: [String] = []
    if kind != .measured {
      warnings.append(
        "Published values come from different splits, editions, prompts and protocols; a gap "
          + "between two papers is no measured difference. `vesalius compare` measures one.")
    }
    warnings.append(
      "Each value is the best of many: \(models[0]) models of \(first) against \(models[1]) of "
        + "\(second). The more models, the better their best, whatever they are.")
    let doubtful = pairs.reduce(0) {
      $0 + ($1.first.doubts.isEmpty ? 0 : 1) + ($1.second.doubts.isEmpty ? 0 : 1)
    }
    if doubtful > 0 {
      warnings.append(
        "\(doubtful) of the \(2 * pairs.count) values are in doubt (marked ?); --without-doubts "
          + "takes the best of the others.")
    }
    warnings.append(
      "Tests take data sets as independent; some share images or authors, so that p-values are "
        + "too small rather than too large.")
    return warnings
  }

  /// Said where one test finds what the other does not.
  private static func disagreement(_ summary: Summary) -> [String] {
    guard let ranks = summary.wilcoxon, let mean = summary.permutation,
      (ranks < 0.05) != (mean < 0.05)
    else { return [] }
    return [
      "The tests disagree: the signed-rank test gives p = \(Headlines.pValue(ranks)), the sign-flip "
        + "test of the mean \(Headlines.pValue(mean)). A few large gaps drive the mean; look at them."
    ]
  }

  /// The gaps of a group and their tests.
  private struct Gaps {
    /// Fewer say nothing.
    private static let fewest = 5

    let name: String
    let values: [Double]
    let wilcoxon: Double?

    init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
      wilcoxon =
        values.count < Self.fewest ? nil : Wilcoxon()(differences: values)?.pValue
    }

    func summary(corrected: Double?) -> Summary {
      let sample = Sample(values: values)
      let isEnough = values.count >= Self.fewest
      return Summary(
        group: name, datasets: values.count, ahead: values.count { $0 > 0 },
        behind: values.count { $0 < 0 }, equal: values.count { $0 == 0 },
        medianGap: values.isEmpty ? 0 : Estimator.median(values),
        interval: isEnough
          ? Bootstrap(resamples: 2000, seed: 1).interval(of: .median, sample, method: .percentile)
          : nil,
        wilcoxon: wilcoxon,
        permutation: isEnough ? PermutationTest(seed: 1)(sample)?.pValue : nil,
        corrected: corrected, effect: EffectSize.rankBiserial(values))
    }
  }
}
