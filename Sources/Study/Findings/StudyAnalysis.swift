// From scores to findings: who may be ranked with whom, and what the statistics say of each group.

public import Metrics
import Prompts
public import Statistics

/// What the statistics of a study say.
public struct StudyAnalysis: Sendable {
  /// Contenders that were given the same, and so may be ranked.
  public struct Group: Sendable {
    public let id: String
    public let title: String
    public let contenders: [Contender]
    /// One for each metric of the study.
    public let metrics: [MetricFindings]
  }

  /// One metric in one group.
  public struct MetricFindings: Sendable {
    public let metric: Metric
    /// Of each case's mean over the labels, for those contenders that have a score at all.
    public let analysis: Analysis
    /// Of every contender of the group, without scores too.
    public let summaries: [Summary]
    /// For each label the summary of every contender; empty where there is one label.
    public let labels: [(label: StudyPlan.Label, summaries: [Summary])]
    public let subgroups: [(column: String, reports: [SubgroupReport])]
  }

  public let groups: [Group]

  /// Analyses the scores of a study.
  ///
  /// - Throws: `StatisticsError`, `MetricsError`
  public init(_ results: StudyResults) throws {
    let metrics = try Metric.named(results.plan.study.metrics)
    groups = try Self.groups(of: results).map { id, title, contenders in
      Group(
        id: id, title: title, contenders: contenders,
        metrics: try metrics.map { try Self.findings($0, contenders, results) })
    }
  }

  /// The groups of contenders by what they were given, automatic ones first.
  private static func groups(
    of results: StudyResults
  ) -> [(id: String, title: String, contenders: [Contender])] {
    if results.plan.study.ranking == .together {
      return [("all", "All, whatever they were given", results.contenders)]
    }
    var order: [String] = []
    for contender in results.contenders.sorted(by: { $0.level.effort < $1.level.effort }) {
      let key = key(of: contender)
      if !order.contains(key) { order.append(key) }
    }
    return order.map { key in
      let members = results.contenders.filter { Self.key(of: $0) == key }
      return (key, title(of: members[0]), members)
    }
  }

  private static func key(of contender: Contender) -> String {
    contender.given == contender.level.given.rawValue
      ? contender.level.description : "\(contender.level)-\(contender.given)"
  }

  private static func title(of contender: Contender) -> String {
    switch contender.level {
    case _ where contender.given == Entrant.notStated:
      "Masks, prompts not stated" + (contender.level == .none ? "" : " (\(contender.level))")
    case .none where contender.given == Given.none.rawValue: "Automatic"
    case .none: "Masks with \(contender.given) prompts"
    case .text: "Text"
    case .point: "One click"
    case .points(let count): "\(count) clicks"
    case .box: "Tight box"
    case .jitteredBox: "Jittered box"
    case .scribble: "Scribble"
    case .support(let count): count == 1 ? "One example" : "\(count) examples"
    }
  }

  private static func findings(
    _ metric: Metric, _ contenders: [Contender], _ results: StudyResults
  ) throws -> MetricFindings {
    let plan = results.plan
    // Nothing is compared or ranked that has no value, such as the calibration of what states no probability.
    let scored = contenders.filter { contender in
      results.column(metric, contender).contains { $0 != nil }
    }
    let table = try results.table(metric, scored)
    let options = results.options(for: metric)
    func summary(_ contender: Contender, _ label: StudyPlan.Label? = nil) -> Summary {
      Summary(
        of: results.column(metric, contender, label: label), clusters: results.clusters,
        rule: options.intervalRule)
    }
    var subgroups: [(column: String, reports: [SubgroupReport])] = []
    for column in plan.study.subgroups {
      let reports = try table.subgroups(
        column: column, values: plan.cases.map { $0.attributes[column] },
        higherIsBetter: metric.higherIsBetter, rule: options.intervalRule)
      subgroups.append((column, reports))
    }
    return MetricFindings(
      metric: metric, analysis: table.analysis(of: metric.id, options: options),
      summaries: contenders.map { summary($0) },
      labels: plan.labels.count > 1
        ? plan.labels.map { label in (label, contenders.map { summary($0, label) }) } : [],
      subgroups: subgroups)
  }
}

extension StudyResults {
  /// The scores of contenders by one metric: each case's mean over its labels.
  func table(_ metric: Metric, _ contenders: [Contender]) throws -> ScoreTable {
    try ScoreTable(
      models: contenders.map(\.name), cases: plan.cases.map(\.id), clusters: clusters,
      scores: contenders.map { column(metric, $0) })
  }

  /// What each case is drawn with when cases are drawn anew; nil where each stands alone.
  var clusters: [String]? {
    plan.study.statistics.cluster.map { column in
      plan.cases.map { $0.attributes[column] ?? "case \($0.id)" }
    }
  }

  /// One score for each case of the plan, of one label or the mean over those that have one.
  ///
  /// A label that is on neither side takes no part. A distance does not exist where a label was missed or
  /// invented; then the whole case has none, because the mean of the others would reward the miss.
  func column(
    _ metric: Metric, _ contender: Contender, label: StudyPlan.Label? = nil
  ) -> [Double?] {
    var scores = [Double?](repeating: nil, count: plan.cases.count)
    let places = Dictionary(
      plan.cases.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    for (item, record) in records(of: contender) {
      guard let place = places[item.id] else { continue }
      if record.failure(at: contender.level) != nil {
        scores[place] = plan.study.failures == .worst ? metric.worst : nil
      } else {
        let all = record.at(contender.level)?.scores ?? []
        scores[place] = mean(
          metric, label.map { label in all.filter { $0.label == label.value } } ?? all)
      }
    }
    return scores
  }

  private func mean(_ metric: Metric, _ labels: [CaseRecord.LabelScores]) -> Double? {
    var values: [Double] = []
    for label in labels {
      if let value = label.values[metric.id].flatMap(\.self), value.isFinite {
        values.append(value)
      } else if metric.need == .surfaces, label.isReferenced || label.isPredicted {
        return nil
      }
    }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The choices of an analysis: those of the protocol, and the rankings that a metric allows.
  func options(for metric: Metric) -> AnalysisOptions {
    let chosen = plan.study.statistics
    func bound(_ value: Double) -> Double? { value.isFinite ? value : nil }
    return AnalysisOptions(
      higherIsBetter: metric.higherIsBetter, lowerBound: bound(metric.range.lowerBound),
      upperBound: bound(metric.range.upperBound), confidence: chosen.confidence,
      resamples: chosen.resamples, permutations: chosen.resamples, seed: plan.study.seed,
      alpha: chosen.alpha,
      // Values that are good in the middle have no order.
      rankings: metric.direction == .zero
        ? [] : [.meanThenRank, .rankThenMean, .testBased],
      missing: missing(metric))
  }

  /// How rankings take cases without a score: an overlap is undefined only where there was nothing to find,
  /// a distance also where something was missed.
  func missing(_ metric: Metric) -> MissingScores {
    metric.need == .surfaces && metric.worst == nil && plan.study.failures == .worst
      ? .worst : .omitted
  }
}
