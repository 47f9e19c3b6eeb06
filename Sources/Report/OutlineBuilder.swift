// Turns the content into the tree of the report, section by section, and leaves out what has no data.

import Charts

/// Builds the outline; ids come from the order of things, so that equal contents give equal reports.
struct OutlineBuilder {
  let index: ReportIndex

  init(_ content: ReportContent) { index = ReportIndex(content) }

  var content: ReportContent { index.content }

  func sections() -> [Section] {
    let sections =
      [overview(), contenders()] + groups()
      + [
        effort(), breakEven(), calibration(), costs(), published(), gallery(), cases(), methods(),
        reproduction(),
      ]
    return sections.compactMap { $0 }.filter { !$0.blocks.isEmpty }
  }

  /// The primary metric of all contenders at a glance.
  private func overview() -> Section? {
    guard let metric = index.primary else { return nil }
    let groups = content.groups.compactMap { group -> ForestPlot.Group? in
      guard let result = group.results.first(where: { $0.metric == metric.id }) else { return nil }
      let rows = order(group, result).compactMap { id -> ForestPlot.Row? in
        guard let summary = result.summaries.first(where: { $0.contender == id })?.summary else {
          return nil
        }
        return ForestPlot.Row(
          index.subject(id), index.estimate(summary.mean, summary.meanInterval))
      }
      return rows.isEmpty ? nil : ForestPlot.Group(group.title, rows: rows)
    }
    guard !groups.isEmpty else { return nil }
    let chart = ForestPlot(
      title: "Mean \(metric.name) of all contenders", quantity: index.quantity(metric),
      groups: groups)
    let separate =
      groups.count > 1
      ? " Groups were given different things and must not be ranked against each other." : ""
    return Section(
      id: "overview", title: "At a glance",
      blocks: [
        .figure(
          Figure(
            id: "overview-means", chart: chart,
            caption: "Mean \(metric.name) over the cases with its interval.\(separate)"))
      ])
  }

  private func contenders() -> Section? {
    guard !content.contenders.isEmpty else { return nil }
    let rows = content.contenders.map { contender -> [Table.Cell] in
      [
        index.nameCell(contender.id, detail: contender.family),
        .text(index.group(of: contender.id) ?? "–"),
        .text(
          contender.given.origin == .none ? "none" : contender.given.origin.rawValue,
          detail: contender.given.description),
        .number(contender.given.prompts) {
          NumberText.fixed($0, $0 == $0.rounded() ? 0 : 1)
        },
        .text(contender.weights),
        .text(
          contender.trainedOn.isEmpty ? "not stated" : contender.trainedOn.joined(separator: ", ")),
        .text(contender.contamination ?? "none known"),
      ]
    }
    let table = Table(
      id: "contenders", caption: "Contenders, what they were given and what they had seen",
      columns: [
        .text("Contender"), .text("Group"), .text("Prompts from"),
        .number("Prompts", detail: "per case"), .text("Weights"), .text("Trained on"),
        .text("Contamination"),
      ], rows: rows,
      note: "Oracle prompts are made from the reference without error, jittered ones are then "
        + "disturbed. Both spare the model the search for the object.")
    return Section(id: "contenders", title: "Contenders", blocks: [.table(table)])
  }

  /// The contenders of a group as the planned ranking has them, those it leaves out at the end.
  func order(_ group: ReportContent.Group, _ result: ReportContent.MetricResult) -> [String] {
    guard let ranking = result.rankings.first else { return group.contenders }
    let ranked = zip(ranking.ranks, ranking.models).enumerated()
      .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
      .map(\.element.1)
      .filter(group.contenders.contains)
    return ranked + group.contenders.filter { !ranked.contains($0) }
  }
}
