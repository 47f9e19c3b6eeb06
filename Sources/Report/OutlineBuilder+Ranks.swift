// Orders of the contenders, how firm they are, and whether they hold in every part of the cases.

import Charts
import Statistics

extension OutlineBuilder {
  func ranks(
    _ group: ReportContent.Group, _ result: ReportContent.MetricResult, _ order: [String],
    id: String
  ) -> [Block] {
    var blocks: [Block] = []
    let metric = index.metric(result.metric)
    if !result.rankings.isEmpty {
      let rows = order.map { contender in
        [index.nameCell(contender)] + result.rankings.map { rankCell($0, contender, metric) }
      }
      blocks.append(
        .table(
          Table(
            id: "\(id)-ranks", caption: "\(group.title): ranks by \(metric.name), by every method",
            columns: [.text("Contender")]
              + result.rankings.enumerated().map { place, ranking in
                .number(title(ranking.method), detail: place == 0 ? "planned" : nil)
              }, rows: rows,
            note:
              "Below each rank: what it rests on. Where methods disagree, the order is a matter "
              + "of choice, not of evidence.")))
    }
    for stability in result.stability {
      blocks += stabilityBlocks(group, stability, metric, id: id)
    }
    return blocks
  }

  private func rankCell(
    _ ranking: Ranking, _ contender: String, _ metric: ReportContent.Metric
  ) -> Table.Cell {
    guard let place = ranking.models.firstIndex(of: contender), place < ranking.ranks.count else {
      return Table.Cell(text: "–")
    }
    let value = place < ranking.values.count ? ranking.values[place] : nil
    let detail = value.map { value -> String in
      switch ranking.method {
      case .meanThenRank: "mean \(index.text(value, metric))"
      case .medianThenRank: "median \(index.text(value, metric))"
      case .rankThenMean: "mean rank \(NumberText.fixed(value, 2))"
      case .rankThenMedian: "median rank \(NumberText.fixed(value, 1))"
      case .testBased: "wins \(NumberText.fixed(value * 100, 0)) %"
      }
    }
    let rank = ranking.ranks[place]
    return Table.Cell(
      text: "\(rank)", detail: detail, detailValue: value, value: Double(rank), isStrong: rank == 1)
  }

  func title(_ method: RankingMethod) -> String {
    switch method {
    case .meanThenRank: "Mean, then rank"
    case .medianThenRank: "Median, then rank"
    case .rankThenMean: "Rank, then mean"
    case .rankThenMedian: "Rank, then median"
    case .testBased: "Significant wins"
    }
  }

  private func stabilityBlocks(
    _ group: ReportContent.Group, _ stability: RankStability, _ metric: ReportContent.Metric,
    id: String
  ) -> [Block] {
    guard !stability.models.isEmpty else { return [] }
    let expected = stability.frequencies.map { shares in
      shares.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    }
    let places = stability.models.indices.filter { $0 < expected.count }
      .sorted { (expected[$0], $0) < (expected[$1], $1) }
    let chart = RankStabilityPlot(
      title: "\(group.title): how firm the ranks by \(metric.name) are",
      subjects: places.map { index.subject(stability.models[$0]) },
      frequencies: places.map { stability.frequencies[$0] }, resamples: stability.resamples)
    var caption = "Ranks over \(stability.resamples) bootstrap samples of the cases "
    caption += "(\(title(stability.method).lowercased()))."
    if let mean = stability.tauMean {
      caption += " Kendall’s τ with the ranking above: mean \(NumberText.fixed(mean, 2))"
      if let low = stability.tauLow, let high = stability.tauHigh {
        caption += ", 95 % of the samples between \(NumberText.fixed(low, 2)) "
        caption += "and \(NumberText.fixed(high, 2))"
      }
      caption += "."
    }
    return [
      .figure(
        Figure(
          id: "\(id)-stability-\(stability.method.rawValue)", chart: chart, caption: caption))
    ]
  }

  func breakdown(
    _ breakdown: ReportContent.Breakdown, _ group: ReportContent.Group,
    _ result: ReportContent.MetricResult, _ order: [String], id: String
  ) -> [Block] {
    guard !breakdown.levels.isEmpty else { return [] }
    let metric = index.metric(result.metric)
    var blocks: [Block] = breakdown.note.map { [.note($0)] } ?? []
    if let figure = breakdownFigure(breakdown, group, metric, order, id: id) {
      blocks.append(.figure(figure))
    }
    let rows = order.map { contender in
      [index.nameCell(contender)]
        + breakdown.levels.map { level in
          let score = level.scores.first { $0.contender == contender }
          var cell = index.estimateCell(score?.mean, score?.interval, metric, isStacked: true)
          if let score, score.defined != level.cases {
            cell.detail = (cell.detail.map { "\($0) " } ?? "") + "n = \(score.defined)"
          }
          return cell
        } + (breakdown.gaps.isEmpty ? [] : [gapCell(breakdown, contender, metric)])
    }
    let table = Table(
      id: id, caption: "\(group.title): mean \(index.title(metric)) by \(breakdown.attribute)",
      columns: [.text("Contender")]
        + breakdown.levels.map { .number($0.name, detail: "\($0.cases) cases") }
        + (breakdown.gaps.isEmpty ? [] : [.number("Worst-group gap")]), rows: rows,
      note: index.note(
        on: breakdown.levels.flatMap { $0.scores.map(\.interval) }
          + breakdown.gaps.map(\.interval)), isWide: breakdown.levels.count > 5)
    return blocks + [.table(table)]
  }

  private func gapCell(
    _ breakdown: ReportContent.Breakdown, _ contender: String, _ metric: ReportContent.Metric
  ) -> Table.Cell {
    guard let gap = breakdown.gaps.first(where: { $0.contender == contender }) else {
      return Table.Cell(text: "–")
    }
    var cell = index.estimateCell(gap.gap, gap.interval, metric)
    cell.detail = "\(gap.best) − \(gap.worst)"
    return cell
  }

  /// None where the levels are too many to be told apart in one row.
  private func breakdownFigure(
    _ breakdown: ReportContent.Breakdown, _ group: ReportContent.Group,
    _ metric: ReportContent.Metric, _ order: [String], id: String
  ) -> Figure? {
    guard breakdown.levels.count <= 8 else { return nil }
    let rows = order.map { contender in
      let gap = breakdown.gaps.first { $0.contender == contender }
      return DotPlot.Row(
        index.subject(contender),
        estimates: breakdown.levels.map { level in
          let score = level.scores.first { $0.contender == contender }
          return index.estimate(score?.mean, score?.interval)
        },
        remark: gap.map { index.text($0.gap, metric) },
        remarkDetail: gap.map { "\($0.best) − \($0.worst)" })
    }
    let chart = DotPlot(
      title: "\(group.title): \(metric.name) by \(breakdown.attribute)",
      quantity: index.quantity(metric),
      parts: breakdown.levels.map { "\($0.name) (n = \($0.cases))" }, rows: rows,
      remarkTitle: breakdown.gaps.isEmpty ? nil : "worst-group gap")
    return Figure(
      id: "\(id)-figure", chart: chart,
      caption: "Mean \(metric.name) by \(breakdown.attribute). The band joins the best and the "
        + "worst of each contender.")
  }
}
