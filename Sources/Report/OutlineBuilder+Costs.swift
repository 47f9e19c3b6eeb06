// Time, memory, energy and labour, and which contenders are worth theirs.

import Charts

extension OutlineBuilder {
  func costs() -> Section? {
    guard let costs = content.costs, !costs.rows.isEmpty else { return nil }
    var blocks: [Block] = [.paragraph("Measured on \(costs.machine).")]
    if let note = costs.note { blocks.append(.note(note)) }
    blocks.append(.table(costTable(costs)))
    blocks += fronts(costs)
    return Section(id: "costs", title: "Costs", blocks: blocks)
  }

  /// A column of the table, shown where any contender has a value.
  private struct Measure {
    let column: Table.Column
    let value: (ReportContent.Cost) -> Double?
    let format: (Double) -> String
    /// Title of the axis of its Pareto plot; nil for none.
    var axis: String?
  }

  private static let secondsAxis = "Seconds per case"

  private func measures(_ costs: ReportContent.Costs) -> [Measure] {
    var names: [String] = []
    for stage in costs.rows.flatMap(\.stages) where !names.contains(stage.name) {
      names.append(stage.name)
    }
    let stages = names.map { name in
      Measure(
        column: .number(name, detail: "s"),
        value: { cost in
          let found = cost.stages.filter { $0.name == name }
          return found.isEmpty ? nil : found.reduce(0) { $0 + $1.seconds }
        }, format: NumberText.significant)
    }
    let all = [
      Measure(
        column: .number("Parameters"), value: { $0.parameters.map(Double.init) },
        format: NumberText.prefixed, axis: "Parameters"),
      Measure(
        column: .number("FLOPs", detail: "per case"), value: { $0.flops },
        format: NumberText.prefixed),
    ]
    let rest = [
      Measure(
        column: .number("Wall clock", detail: "s per case"), value: { $0.seconds },
        format: NumberText.significant, axis: Self.secondsAxis),
      Measure(
        column: .number("CPU", detail: "s per case"), value: { $0.cpuSeconds },
        format: NumberText.significant),
      Measure(
        column: .number("Peak memory", detail: "MB"),
        value: { $0.peakMemoryBytes.map { Double($0) / 1e6 } }, format: NumberText.significant,
        axis: "Peak memory (MB)"),
      Measure(
        column: .number("Energy", detail: "J per case"), value: { $0.joules },
        format: NumberText.significant, axis: "Energy per case (J)"),
      Measure(
        column: .number("Training", detail: "s, once"), value: { $0.trainingSeconds },
        format: NumberText.significant),
      Measure(
        column: .number("Labelled cases", detail: "once"),
        value: { $0.labelledCases.map(Double.init) }, format: { NumberText.fixed($0, 0) },
        axis: "Labelled cases of the task"),
    ]
    return (all + (stages.count > 1 ? stages : []) + rest).filter { measure in
      costs.rows.contains { measure.value($0) != nil }
    }
  }

  private func costTable(_ costs: ReportContent.Costs) -> Table {
    let measures = measures(costs)
    var methods: [String] = []
    for method in costs.rows.compactMap(\.energyMethod) where !methods.contains(method) {
      methods.append(method)
    }
    return Table(
      id: "costs", caption: "What each contender costs",
      columns: [.text("Contender")] + measures.map(\.column),
      rows: costs.rows.map { cost in
        [index.groupedNameCell(cost.contender)]
          + measures.map { .number($0.value(cost), $0.format) }
      },
      note: methods.isEmpty ? nil : "Energy: \(methods.joined(separator: "; ")).", isWide: true)
  }

  /// One plot per group and cost, because scores of different groups share no front.
  private func fronts(_ costs: ReportContent.Costs) -> [Block] {
    guard let metric = index.primary else { return [] }
    var blocks: [Block] = []
    for (place, group) in content.groups.enumerated() {
      guard let result = group.results.first(where: { $0.metric == metric.id }) else { continue }
      var figures: [(axis: String, block: Block)] = []
      for (number, measure) in measures(costs).enumerated() {
        guard let axis = measure.axis else { continue }
        let entries = group.contenders.compactMap { id -> CostScatter.Entry? in
          guard let cost = costs.rows.first(where: { $0.contender == id }),
            let value = measure.value(cost),
            let summary = result.summaries.first(where: { $0.contender == id })?.summary
          else { return nil }
          return CostScatter.Entry(
            index.subject(id), cost: value,
            score: index.estimate(summary.mean, summary.meanInterval))
        }
        guard Set(entries.map(\.cost)).count > 1 else { continue }
        let lowered = axis.prefix(1).lowercased() + axis.dropFirst()
        let chart = CostScatter(
          title: "\(group.title): mean \(metric.name) against \(lowered)", cost: axis,
          quantity: index.quantity(metric), entries: entries)
        let figure = Figure(
          id: "pareto-\(place + 1)-\(number + 1)", chart: chart,
          caption: "\(group.title): mean \(metric.name) with its interval against "
            + "\(lowered).")
        figures.append((axis, .figure(figure)))
      }
      // Waiting is what users notice first.
      if let seconds = figures.firstIndex(where: { $0.axis == Self.secondsAxis }) {
        figures.insert(figures.remove(at: seconds), at: 0)
      }
      guard let first = figures.first?.block else { continue }
      blocks.append(first)
      if figures.count > 1 {
        blocks.append(.folded("\(group.title): further costs", figures.dropFirst().map(\.block)))
      }
    }
    return blocks
  }
}
