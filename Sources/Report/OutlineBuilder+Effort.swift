// What prompts and labelled cases buy.

import Charts

extension OutlineBuilder {
  func effort() -> Section? {
    guard !content.effort.isEmpty else { return nil }
    var blocks: [Block] = []
    for (number, curves) in content.effort.enumerated() {
      let metric = index.metric(curves.metric)
      let id = "effort-\(number + 1)"
      if let note = curves.note { blocks.append(.paragraph(note)) }
      let chart = LineChart(
        title: "\(curves.title): mean \(metric.name)", quantity: index.quantity(metric),
        axisTitle: curves.axis, axis: .steps(curves.steps, areJoined: curves.isCumulative),
        lines: lines(curves.series, curves.references),
        levels: levels(curves.references, curves.series))
      let still =
        curves.references.isEmpty ? "" : " Dashed levels: contenders that were given nothing."
      blocks.append(
        .figure(
          Figure(
            id: id, chart: chart,
            caption: "\(curves.title): mean \(metric.name) with its interval.\(still)")))
      blocks.append(.table(stepsTable(curves, metric, id: "\(id)-steps")))
      if !curves.needed.isEmpty {
        blocks.append(.table(neededTable(curves, metric, id: "\(id)-needed")))
      }
    }
    return Section(id: "effort", title: "Effort", blocks: blocks)
  }

  private func stepsTable(
    _ curves: ReportContent.EffortCurves, _ metric: ReportContent.Metric, id: String
  ) -> Table {
    let moving = curves.series.map { series in
      [index.groupedNameCell(series.contender)]
        + curves.steps.indices.map { step in
          let point = series.points.first { $0.x == Double(step) }
          return index.estimateCell(point?.mean, point?.interval, metric, isStacked: true)
        }
    }
    let intervals = curves.series.flatMap { $0.points.map(\.interval) }
    return Table(
      id: id, caption: "\(curves.title): mean \(index.title(metric))",
      columns: [.text("Contender")] + curves.steps.map { .number($0) }, rows: moving,
      note: index.note(on: intervals), isWide: curves.steps.count > 5)
  }

  private func neededTable(
    _ curves: ReportContent.EffortCurves, _ metric: ReportContent.Metric, id: String
  ) -> Table {
    Table(
      id: id, caption: "\(curves.title): prompts needed to reach a target",
      columns: [
        .text("Contender"), .number("Target", detail: metric.name), .number("Mean prompts"),
        .number("Limit"), .number("Cases that got there"),
      ],
      rows: curves.needed.map { needed in
        [
          index.groupedNameCell(needed.contender),
          .number(needed.target) { index.text($0, metric) },
          .number(needed.meanPrompts) { NumberText.fixed($0, 2) }, .count(needed.limit),
          Table.Cell(text: "\(needed.reached) of \(needed.cases)", value: Double(needed.reached)),
        ]
      }, note: "Cases that never reach the target count with the limit.")
  }

  func breakEven() -> Section? {
    guard !content.breakEven.isEmpty else { return nil }
    var blocks: [Block] = []
    for (number, curve) in content.breakEven.enumerated() {
      let metric = index.metric(curve.metric)
      let id = "break-even-\(number + 1)"
      if let note = curve.note { blocks.append(.paragraph(note)) }
      let chart = LineChart(
        title: "Mean \(metric.name) by the number of training cases",
        quantity: index.quantity(metric), axisTitle: "Labelled cases to train on",
        axis: .logarithmic, lines: lines(curve.series, curve.references),
        levels: levels(curve.references, curve.series))
      blocks.append(
        .figure(
          Figure(
            id: id, chart: chart,
            caption: "Networks trained for the task against models that were not (dashed levels). "
              + "Where a curve crosses a level, labelling has paid.")))
      if !curve.crossings.isEmpty {
        blocks.append(.table(crossingsTable(curve, id: "\(id)-crossings")))
      }
    }
    return Section(id: "break-even", title: "Break-even", blocks: blocks)
  }

  private func crossingsTable(_ curve: ReportContent.BreakEven, id: String) -> Table {
    let count = { (value: Double) in NumberText.fixed(value, value < 10 ? 1 : 0) }
    return Table(
      id: id, caption: "Labelled cases from which on training pays",
      columns: [
        .text("Trained"), .text("Against"), .number("Cases"), .text("Remark"),
      ],
      rows: curve.crossings.map { crossing in
        var cell = Table.Cell.number(crossing.cases, count)
        if let interval = crossing.interval, crossing.cases != nil {
          cell.text += " [\(count(interval.low)), \(count(interval.high))]"
          (cell.low, cell.high) = (interval.low, interval.high)
        }
        return [
          index.groupedNameCell(crossing.trained),
          index.groupedNameCell(crossing.reference), cell,
          .text(crossing.remark ?? ""),
        ]
      }, note: index.note(on: curve.crossings.map(\.interval)))
  }

  private func lines(
    _ series: [ReportContent.Series], _ levels: [ReportContent.ReferenceLevel]
  ) -> [LineChart.Line] {
    let ids = series.map(\.contender) + levels.map(\.contender)
    return series.map { series in
      LineChart.Line(
        index.subject(series.contender, among: ids),
        points: series.points.map { .init(x: $0.x, index.estimate($0.mean, $0.interval)) })
    }
  }

  private func levels(
    _ levels: [ReportContent.ReferenceLevel], _ series: [ReportContent.Series]
  ) -> [LineChart.Level] {
    let ids = series.map(\.contender) + levels.map(\.contender)
    return levels.map {
      LineChart.Level(
        index.subject($0.contender, among: ids), index.estimate($0.mean, $0.interval))
    }
  }
}
