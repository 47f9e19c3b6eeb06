// One section per group: its summaries, distributions, pairs, ranks and subgroups, metric by metric.

import Charts
import Statistics

extension OutlineBuilder {
  func groups() -> [Section?] {
    content.groups.enumerated().map { place, group in
      let id = "group-\(place + 1)"
      var blocks: [Block] = group.note.map { [.paragraph($0)] } ?? []
      let metrics = index.orderedMetrics.map(\.id)
      let known = metrics + group.results.map(\.metric).filter { !metrics.contains($0) }
      for (number, metric) in known.enumerated() {
        guard let result = group.results.first(where: { $0.metric == metric }) else { continue }
        let part = Section(
          id: "\(id)-metric-\(number + 1)",
          title: index.title(index.metric(metric))
            + (metric == index.primary?.id ? " — primary metric" : ""),
          blocks: panel(group, result, id: "\(id)-metric-\(number + 1)"))
        blocks.append(.metric(id: metric, [.section(part)]))
      }
      return Section(id: id, title: group.title, blocks: blocks)
    }
  }

  private func panel(
    _ group: ReportContent.Group, _ result: ReportContent.MetricResult, id: String
  ) -> [Block] {
    let order = order(group, result)
    var blocks: [Block] = []
    if !result.summaries.isEmpty {
      blocks.append(.table(summaryTable(group, result, order, id: id)))
    }
    if let figure = distribution(group, result, order, id: id) { blocks.append(.figure(figure)) }
    blocks += pairs(group, result, order, id: id)
    blocks += ranks(group, result, order, id: id)
    if let labels = result.labels {
      blocks += breakdown(labels, group, result, order, id: "\(id)-labels")
    }
    for (number, subgroup) in result.subgroups.enumerated() {
      blocks += breakdown(subgroup, group, result, order, id: "\(id)-subgroup-\(number + 1)")
    }
    return blocks
  }

  private func summaryTable(
    _ group: ReportContent.Group, _ result: ReportContent.MetricResult, _ order: [String],
    id: String
  ) -> Table {
    let metric = index.metric(result.metric)
    let rows = order.compactMap { contender -> [Table.Cell]? in
      guard let row = result.summaries.first(where: { $0.contender == contender }) else {
        return nil
      }
      let summary = row.summary
      return [
        index.nameCell(contender, detail: index.contender(contender).map(index.terms)),
        index.estimateCell(summary.mean, summary.meanInterval, metric),
        index.estimateCell(summary.median, summary.medianInterval, metric),
        .number(summary.standardDeviation) { index.text($0, metric) },
        .number(summary.minimum) { index.text($0, metric) },
        .number(summary.maximum) { index.text($0, metric) },
        .count(summary.defined),
        .count(summary.undefined),
        Table.Cell(
          text: "\(row.failed)", detail: row.failed > 0 ? row.failurePolicy : nil,
          value: Double(row.failed)),
      ]
    }
    let intervals = result.summaries.flatMap {
      [$0.summary.meanInterval, $0.summary.medianInterval]
    }
    return Table(
      id: "\(id)-summary", caption: "\(group.title): \(index.title(metric)) over the cases",
      columns: [
        .text("Contender"), .number("Mean"), .number("Median"), .number("SD"),
        .number("Min"), .number("Max"), .number("n"), .number("Undefined"), .number("Failed"),
      ], rows: rows, note: index.note(on: intervals))
  }

  private func distribution(
    _ group: ReportContent.Group, _ result: ReportContent.MetricResult, _ order: [String],
    id: String
  ) -> Figure? {
    let metric = index.metric(result.metric)
    let rows = order.compactMap { contender -> BoxPlot.Row? in
      guard let column = index.column(contender, metric.id) else { return nil }
      let summary = result.summaries.first { $0.contender == contender }?.summary
      return BoxPlot.Row(
        index.subject(contender), values: column.values,
        mean: index.estimate(summary?.mean, summary?.meanInterval))
    }
    guard !rows.isEmpty else { return nil }
    let chart = BoxPlot(
      title: "\(group.title): \(metric.name) of every case", quantity: index.quantity(metric),
      cases: content.cases.map(\.id), rows: rows)
    return Figure(
      id: "\(id)-distribution", chart: chart,
      caption: "\(metric.name) of every case. Diamond and bar: mean with interval; box: quartiles "
        + "and median, whiskers to the last case within 1.5 interquartile ranges; dots: cases, "
        + "hollow beyond the whiskers; violin: kernel density.")
  }

  private func pairs(
    _ group: ReportContent.Group, _ result: ReportContent.MetricResult, _ order: [String],
    id: String
  ) -> [Block] {
    guard !result.comparisons.isEmpty else { return [] }
    let metric = index.metric(result.metric)
    var blocks: [Block] = []
    if let figure = matrix(group, result, order, id: id) { blocks.append(.figure(figure)) }
    let table = Table(
      id: "\(id)-pairs", caption: "\(group.title): differences in \(metric.name), pair by pair",
      columns: [
        .text("First"), .text("Second"), .number("Pairs"),
        .number("Mean difference", detail: "first − second"), .number("Median difference"),
        .number("p permutation", detail: "Holm; raw below"),
        .number("p Wilcoxon", detail: "Holm; raw below"), .number("Rank-biserial r"),
        .number("Cohen’s d_z"),
      ], rows: result.comparisons.map { pairRow($0, result.alpha, metric) },
      note: (index.note(on: result.comparisons.map(\.interval)).map { $0 + " " } ?? "")
        + "Bold: p < \(NumberText.plain(result.alpha)) after Holm’s correction over all pairs "
        + "of the group. A mean and a rank test may disagree where a few cases fail.")
    let isLong = result.comparisons.count > 10
    blocks.append(
      isLong ? .folded("All \(result.comparisons.count) pairs", [.table(table)]) : .table(table))
    return blocks
  }

  private func pairRow(
    _ pair: PairedComparison, _ alpha: Double, _ metric: ReportContent.Metric
  ) -> [Table.Cell] {
    let signed = { (value: Double) in NumberText.signed(value, metric.decimals) }
    var difference = Table.Cell.number(pair.meanDifference, signed)
    if let interval = pair.interval, difference.value != nil {
      difference.detail = "[\(signed(interval.low)),\u{A0}\(signed(interval.high))]"
      (difference.low, difference.high) = (interval.low, interval.high)
    }
    return [
      index.nameCell(pair.first), index.nameCell(pair.second), .count(pair.pairs), difference,
      .number(pair.medianDifference, signed),
      probability(pair.permutationHolm, raw: pair.permutation, alpha),
      probability(pair.wilcoxonHolm, raw: pair.wilcoxon, alpha),
      .number(pair.rankBiserial) { NumberText.signed($0, 2) },
      .number(pair.cohensD) { NumberText.signed($0, 2) },
    ]
  }

  private func probability(_ p: Double?, raw: Double?, _ alpha: Double) -> Table.Cell {
    var cell = Table.Cell.number(p, NumberText.probability)
    cell.detail = raw.map { "raw \(NumberText.probability($0))" }
    cell.detailValue = raw
    cell.isStrong = p.map { $0 < alpha } ?? false
    return cell
  }

  private func matrix(
    _ group: ReportContent.Group, _ result: ReportContent.MetricResult, _ order: [String],
    id: String
  ) -> Figure? {
    let metric = index.metric(result.metric)
    let sign = metric.higherIsBetter ? 1.0 : -1
    let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    var cells: [SignificanceMatrix.Cell] = []
    for pair in result.comparisons {
      guard let first = places[pair.first], let second = places[pair.second] else { continue }
      let (upper, lower, turn) =
        first < second ? (first, second, sign) : (second, first, -sign)
      if let p = pair.permutationHolm {
        cells.append(
          .init(row: upper, column: lower, p: p, advantage: turn * (pair.meanDifference ?? 0)))
      }
      if let p = pair.wilcoxonHolm {
        let lead = pair.rankBiserial ?? pair.medianDifference ?? 0
        cells.append(.init(row: lower, column: upper, p: p, advantage: -turn * lead))
      }
    }
    guard !cells.isEmpty else { return nil }
    let chart = SignificanceMatrix(
      title: "\(group.title): which differences in \(metric.name) hold",
      subjects: order.map(index.subject), cells: cells, above: "permutation test of the mean",
      below: "Wilcoxon signed-rank test", alpha: result.alpha)
    return Figure(
      id: "\(id)-significance", chart: chart,
      caption: "Each cell tells its row against its column by \(metric.name).")
  }
}
