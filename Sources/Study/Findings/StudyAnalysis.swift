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
    /// Of each case's mean over the labels.
    public let analysis: Analysis
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
    let table = try results.table(metric, contenders)
    let options = results.options(for: metric)
    var labels: [(label: StudyPlan.Label, summaries: [Summary])] = []
    for label in plan.labels where plan.labels.count > 1 {
      let part = try results.table(metric, contenders, label: label)
      let brief = part.analysis(of: metric.id, options: results.brief(options))
      labels.append((label, brief.summaries))
    }
    var subgroups: [(column: String, reports: [SubgroupReport])] = []
    for column in plan.study.subgroups {
      let reports = try table.subgroups(
        column: column, values: plan.cases.map { $0.attributes[column] },
        higherIsBetter: metric.higherIsBetter, rule: options.intervalRule)
      subgroups.append((column, reports))
    }
    return MetricFindings(
      metric: metric, analysis: table.analysis(of: metric.id, options: options), labels: labels,
      subgroups: subgroups)
  }
}

extension StudyResults {
  /// The scores of contenders by one metric: of a label, or each case's mean over its defined labels.
  func table(
    _ metric: Metric, _ contenders: [Contender], label: StudyPlan.Label? = nil
  ) throws -> ScoreTable {
    let cluster = plan.study.statistics.cluster
    return try ScoreTable(
      models: contenders.map(\.name), cases: plan.cases.map(\.id),
      clusters: cluster.map { column in
        plan.cases.map { $0.attributes[column] ?? "case \($0.id)" }
      },
      scores: contenders.map { column(metric, $0, label: label) })
  }

  /// One score for each case of the plan.
  func column(
    _ metric: Metric, _ contender: Contender, label: StudyPlan.Label? = nil
  ) -> [Double?] {
    let labels = label.map { [$0.value] } ?? plan.labels.map(\.value)
    let own = Dictionary(
      records(of: contender).map { ($0.item.id, $0.record) },
      uniquingKeysWith: { first, _ in first })
    return plan.cases.map { item in
      guard let record = own[item.id],
        let level = record.levels.first(where: { $0.level == contender.level })
      else { return plan.study.failures == .worst ? metric.worst : nil }
      let values = level.scores.filter { labels.contains($0.label) }
        .compactMap { $0.values[metric.id].flatMap(\.self) }.filter(\.isFinite)
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
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
        ? [] : [.meanThenRank, .rankThenMean, .testBased])
  }

  /// The same without rankings, for tables that only summarise.
  func brief(_ options: AnalysisOptions) -> AnalysisOptions {
    var options = options
    options.rankings = []
    return options
  }
}
