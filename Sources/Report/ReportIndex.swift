// Finds contenders, metrics and scores by their ids, and prints values in a metric's digits.

import Charts
import Statistics

/// The content with what is looked up again and again.
struct ReportIndex {
  let content: ReportContent
  let primary: ReportContent.Metric?
  private let contenders: [String: ReportContent.Contender]
  private let metrics: [String: ReportContent.Metric]
  private let styles: [String: SeriesStyle]
  private let columns: [Key: ReportContent.ScoreColumn]
  private let partlyContaminated: [String: Int]

  private struct Key: Hashable {
    let contender: String
    let metric: String
  }

  init(_ content: ReportContent) {
    self.content = content
    contenders = Dictionary(content.contenders.map { ($0.id, $0) }) { first, _ in first }
    metrics = Dictionary(content.metrics.map { ($0.id, $0) }) { first, _ in first }
    styles = SeriesStyle.assign(content.contenders.map(\.model))
    columns = Dictionary(
      content.scores.map { (Key(contender: $0.contender, metric: $0.metric), $0) }
    ) { first, _ in first }
    partlyContaminated = Dictionary(
      content.scores.map { ($0.contender, $0.contaminatedCases.count) }, uniquingKeysWith: max)
    primary =
      content.primaryMetric.flatMap { id in content.metrics.first { $0.id == id } }
      ?? content.metrics.first
  }

  /// Shown first: the primary metric, then the others in their order.
  var orderedMetrics: [ReportContent.Metric] {
    guard let primary else { return [] }
    return [primary] + content.metrics.filter { $0.id != primary.id }
  }

  /// A metric that nobody declared is shown under its id.
  func metric(_ id: String) -> ReportContent.Metric {
    metrics[id] ?? ReportContent.Metric(id: id, name: id, lowest: nil)
  }

  func contender(_ id: String) -> ReportContent.Contender? { contenders[id] }

  func name(_ id: String) -> String {
    guard let name = contenders[id]?.name, !name.isEmpty else { return id }
    return name
  }

  func style(_ id: String) -> SeriesStyle {
    contenders[id].flatMap { styles[$0.model] } ?? SeriesStyle(styles.count)
  }

  func column(_ contender: String, _ metric: String) -> ReportContent.ScoreColumn? {
    columns[Key(contender: contender, metric: metric)]
  }

  /// What every table and chart must say beside the name.
  func flags(_ id: String) -> [String] {
    guard let contender = contenders[id] else { return [] }
    var flags: [String] = []
    if contender.contamination != nil {
      flags.append("contaminated")
    } else if let count = partlyContaminated[id], count > 0 {
      flags.append("\(count) case\(count == 1 ? "" : "s") contaminated")
    }
    if contender.isUntrained { flags.append("untrained weights") }
    return flags
  }

  func subject(_ id: String) -> Subject {
    let flags = flags(id)
    return Subject(
      name(id), style: style(id), flag: flags.isEmpty ? nil : flags.joined(separator: ", "))
  }

  /// The name of the group a contender is in.
  func group(of id: String) -> String? {
    content.groups.first { $0.contenders.contains(id) }?.title
  }

  /// For figures that mix groups: the name, with the group where another of `ids` has the same name.
  func subject(_ id: String, among ids: [String]) -> Subject {
    let subject = subject(id)
    let isShared = ids.contains { $0 != id && name($0) == subject.name }
    guard isShared, let group = group(of: id) else { return subject }
    return Subject("\(subject.name) · \(group)", style: subject.style, flag: subject.flag)
  }

  /// "given 1 point, oracle, 1 prompt per case · weights sa1b, trained on SA-1B".
  func terms(_ contender: ReportContent.Contender) -> String {
    let seen =
      contender.trainedOn.isEmpty
      ? "" : ", trained on \(contender.trainedOn.joined(separator: ", "))"
    return "\(given(contender.given)) · weights \(contender.weights)\(seen)"
  }

  func given(_ given: ReportContent.Given) -> String {
    let count = given.prompts == given.prompts.rounded() ? 0 : 1
    let number = "\(NumberText.fixed(given.prompts, count)) prompt\(given.prompts == 1 ? "" : "s")"
    switch given.origin {
    case .none:
      return given.description.map { "given the image and \($0)" } ?? "given nothing but the image"
    case .text, .examples: return "given \(given.description ?? given.origin.rawValue)"
    case .notStated: return "given what nobody stated"
    case .oracle, .jittered, .human:
      let what = given.description.map { "\($0), " } ?? ""
      return "given \(what)\(given.origin.rawValue), \(number) per case"
    }
  }

  func quantity(_ metric: ReportContent.Metric) -> Quantity {
    Quantity(
      title(metric), lowest: metric.lowest, highest: metric.highest, decimals: metric.decimals,
      higherIsBetter: metric.higherIsBetter)
  }

  /// With the unit.
  func title(_ metric: ReportContent.Metric) -> String {
    metric.unit.map { "\(metric.name) (\($0))" } ?? metric.name
  }

  func text(_ value: Double?, _ metric: ReportContent.Metric) -> String {
    value.map { NumberText.fixed($0, metric.decimals) } ?? "–"
  }

  /// "0.749 [0.730, 0.768]".
  func text(_ value: Double?, _ interval: Interval?, _ metric: ReportContent.Metric) -> String {
    guard let interval, value?.isFinite == true else { return text(value, metric) }
    return "\(text(value, metric)) [\(text(interval.low, metric)), \(text(interval.high, metric))]"
  }

  func estimate(_ value: Double?, _ interval: Interval?) -> Estimate {
    Estimate(value, low: interval?.low, high: interval?.high)
  }

  func nameCell(_ id: String, detail: String? = nil) -> Table.Cell {
    Table.Cell(text: name(id), detail: detail, flags: flags(id), swatch: style(id))
  }

  /// For tables that mix groups.
  func groupedNameCell(_ id: String) -> Table.Cell { nameCell(id, detail: group(of: id)) }

  func estimateCell(
    _ value: Double?, _ interval: Interval?, _ metric: ReportContent.Metric,
    isStacked: Bool = false
  ) -> Table.Cell {
    guard let value, value.isFinite else { return Table.Cell(text: "–") }
    var cell = Table.Cell(
      text: text(value, interval, metric), value: value, low: interval?.low, high: interval?.high)
    if isStacked, let interval {
      cell.text = text(value, metric)
      cell.detail = "[\(text(interval.low, metric)),\u{A0}\(text(interval.high, metric))]"
    }
    return cell
  }

  /// How the intervals of a table were made, each way once.
  func note(on intervals: [Interval?]) -> String? {
    var ways: [String] = []
    for interval in intervals.compactMap({ $0 }) {
      let way = "\(NumberText.plain(interval.level * 100)) % interval, \(interval.method)"
      if !ways.contains(way) { ways.append(way) }
    }
    return ways.isEmpty ? nil : "In brackets: \(ways.joined(separator: "; "))."
  }
}
