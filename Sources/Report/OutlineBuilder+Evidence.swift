// Calibration, published numbers, pictures, and the score of every case.

import Charts

extension OutlineBuilder {
  func calibration() -> Section? {
    guard !content.calibration.isEmpty else { return nil }
    let figures = content.calibration.enumerated().map { number, calibration in
      let subject = index.subject(
        calibration.contender, among: content.calibration.map(\.contender))
      return Figure(
        id: "calibration-\(number + 1)",
        chart: ReliabilityDiagram(
          title: "Calibration of \(subject.name)", subject: subject,
          bins: calibration.bins.map {
            .init(
              low: $0.low, high: $0.high, count: $0.count, confidence: $0.meanConfidence,
              frequency: $0.frequency)
          }, remark: calibration.expectedError.map { "ECE \(NumberText.fixed($0, 3))" }),
        caption: subject.name)
    }
    let error = { (value: Double) in NumberText.fixed(value, 4) }
    let table = Table(
      id: "calibration", caption: "Calibration errors",
      columns: [
        .text("Contender"), .number("ECE"), .number("MCE"), .number("Brier"),
        .number("Voxels"),
      ],
      rows: content.calibration.map { calibration in
        let voxels = calibration.bins.reduce(0.0) { $0 + Double($1.count) }
        return [
          index.groupedNameCell(calibration.contender),
          .number(calibration.expectedError, error), .number(calibration.maximumError, error),
          .number(calibration.brier, error), .number(voxels, NumberText.prefixed),
        ]
      },
      note: "ECE, MCE: expected and maximum calibration error; Brier: mean squared error of the "
        + "probability. Less is better.")
    var notes: [String] = []
    for note in content.calibration.compactMap(\.note) where !notes.contains(note) {
      notes.append(note)
    }
    return Section(
      id: "calibration", title: "Calibration",
      blocks: notes.map { .paragraph($0) } + [
        .figures(
          figures,
          caption: "Reliability diagrams: on the dotted diagonal stated probabilities come true. "
            + "Below: how many voxels were given each probability."),
        .table(table),
      ])
  }

  func published() -> Section? {
    guard !content.published.isEmpty else { return nil }
    var blocks: [Block] = [
      .paragraph(
        "Published numbers are others’ claims. They were not measured here, often on other data or "
          + "by other definitions, and enter no ranking, test or figure elsewhere in this report.")
    ]
    for (number, metric) in metricsOfPublished().enumerated() {
      let scores = content.published.filter { $0.metric == metric.id }
      blocks.append(.figure(publishedFigure(scores, metric, id: "published-\(number + 1)")))
      blocks.append(.table(publishedTable(scores, metric, id: "published-\(number + 1)")))
    }
    return Section(id: "published", title: "Published beside measured", blocks: blocks)
  }

  private func metricsOfPublished() -> [ReportContent.Metric] {
    var ids: [String] = []
    for id in content.published.map(\.metric) where !ids.contains(id) { ids.append(id) }
    return ids.map(index.metric)
  }

  private func publishedFigure(
    _ scores: [ReportContent.PublishedScore], _ metric: ReportContent.Metric, id: String
  ) -> Figure {
    let rows = scores.map { score in
      DotPlot.Row(
        index.subject(score.contender, among: scores.map(\.contender)),
        estimates: [
          Estimate(score.value), index.estimate(score.measured, score.measuredInterval),
        ],
        remark: score.measured.map { NumberText.signed($0 - score.value, metric.decimals) })
    }
    let chart = DotPlot(
      title: "\(metric.name): published and measured", quantity: index.quantity(metric),
      parts: ["published by others", "measured here"], rows: rows,
      remarkTitle: "measured − published", firstIsForeign: true)
    return Figure(
      id: "\(id)-figure", chart: chart,
      caption: "\(metric.name) as published (hollow squares) and as measured here (circles).")
  }

  private func publishedTable(
    _ scores: [ReportContent.PublishedScore], _ metric: ReportContent.Metric, id: String
  ) -> Table {
    Table(
      id: id, caption: "\(index.title(metric)): published beside measured",
      columns: [
        .text("Contender"), .number("Published", detail: "by others"),
        .number("Measured", detail: "here"), .text("Published for"), .text("What differs"),
        .text("Source"),
      ],
      rows: scores.map { score in
        var value = Table.Cell.number(score.value) { index.text($0, metric) }
        value.detail = score.standardDeviation.map { "SD \(index.text($0, metric))" }
        return [
          index.groupedNameCell(score.contender), value,
          index.estimateCell(score.measured, score.measuredInterval, metric),
          .text(score.dataset), .text(score.difference ?? "not stated"),
          Table.Cell(text: score.source.citation, url: score.source.url),
        ]
      }, note: index.note(on: scores.map(\.measuredInterval)))
  }

  func gallery() -> Section? {
    guard let gallery = content.gallery, !gallery.items.isEmpty else { return nil }
    return Section(
      id: "gallery", title: "Cases to look at",
      blocks: (gallery.note.map { [.paragraph($0)] } ?? []) + [.gallery(gallery)])
  }

  func cases() -> Section? {
    guard !content.cases.isEmpty, !content.scores.isEmpty else { return nil }
    let blocks = index.orderedMetrics.enumerated().compactMap { number, metric -> Block? in
      let columns = content.contenders.compactMap { index.column($0.id, metric.id) }
      guard !columns.isEmpty else { return nil }
      let table = caseTable(columns, metric, id: "cases-\(number + 1)")
      return .metric(
        id: metric.id,
        [.folded("\(index.title(metric)) of all \(content.cases.count) cases", [.table(table)])])
    }
    return Section(id: "cases", title: "Every case", blocks: blocks)
  }

  private func caseTable(
    _ columns: [ReportContent.ScoreColumn], _ metric: ReportContent.Metric, id: String
  ) -> Table {
    let terms = content.cases.first?.attributes.map(\.term) ?? []
    let hasPatients = content.cases.contains { $0.patient != nil }
    let failures = columns.map { column in
      Dictionary(column.failures.map { ($0.caseIndex, $0.reason) }) { first, _ in first }
    }
    let seen = columns.map { Set($0.contaminatedCases) }
    let rows = content.cases.enumerated().map { place, item -> [Table.Cell] in
      let facts = [Table.Cell.text(item.id)] + (hasPatients ? [.text(item.patient ?? "–")] : [])
      let attributes = terms.map { term in
        Table.Cell.text(item.attributes.first { $0.term == term }?.value ?? "–")
      }
      let scores = columns.indices.map { number -> Table.Cell in
        let values = columns[number].values
        var cell = Table.Cell.number(place < values.count ? values[place] : nil) {
          index.text($0, metric)
        }
        if let reason = failures[number][place] {
          cell.text = cell.value == nil ? "failed" : "\(cell.text) (failed)"
          cell.detail = reason
        }
        if seen[number].contains(place) { cell.flags = ["contaminated"] }
        return cell
      }
      return facts + attributes + scores
    }
    return Table(
      id: id, caption: "\(index.title(metric)) of every case",
      columns: [.text("Case")] + (hasPatients ? [.text("Patient")] : [])
        + terms.map { .text($0) }
        + columns.map { column in
          let flags = index.flags(column.contender)
          let mark = flags.isEmpty ? "" : "† \(flags.joined(separator: ", ")) · "
          return .number(
            index.name(column.contender), detail: mark + (index.group(of: column.contender) ?? ""))
        }, rows: rows, note: "–: no score.", isWide: true)
  }
}
