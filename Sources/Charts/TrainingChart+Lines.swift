// The lines of a training's chart and the names at their ends.

extension TrainingChart {
  static let labelGap = 15.0
  /// The last is near to the ink, for the lines over all classes.
  private static let classColours = ChartStyle.colours - 1
  private static let ink = "s6"

  /// The end of a line: its value, then its name.
  private struct EndLabel {
    let name: String
    let colour: String
    let line: String
    let last: (x: Double, y: Double)
    var isBold = false
  }

  func drawLosses(_ traces: TrainingTraces, _ panel: Panel, on canvas: inout Canvas) {
    let held = traces.heldLosses.max() ?? .infinity
    let above = (traces.loss + traces.validationLoss).filter { $0.y > held }
    var note = ""
    if let highest = above.map(\.y).max() {
      note = "\(above.count) above the axis, up to \(NumberText.significant(highest))"
    }
    drawHead("Loss (↓ less is better)", note, panel, on: &canvas)
    let lines = [("training", traces.loss, "s0"), ("validation", traces.validationLoss, "s1")]
    var labels: [EndLabel] = []
    for (name, trace, colour) in lines {
      guard let last = trace.last else { continue }
      draw(trace, panel, colour, "run", on: &canvas)
      labels.append(EndLabel(name: name, colour: colour, line: "run", last: last))
    }
    drawNames(labels, panel, empty: "no epoch is done yet", on: &canvas)
  }

  func drawDice(_ traces: TrainingTraces, _ panel: Panel, on canvas: inout Canvas) {
    var note = ""
    if let best = traces.best {
      note = "◆ best \(NumberText.fixed(best.y, 3)) after \(Self.count(best.x))"
    }
    drawHead(
      panel.frame.isNarrow ? "Pseudo-Dice (↑)" : "Pseudo-Dice in validation (↑ more is better)",
      note, panel,
      on: &canvas)
    var labels =
      names.count > Self.mostLines
      ? drawBand(traces, panel, on: &canvas) : drawClasses(traces, panel, on: &canvas)
    if let last = traces.overall.last {
      draw(traces.overall, panel, Self.ink, "bold", on: &canvas)
      labels.append(
        EndLabel(
          name: panel.frame.isNarrow && names.count > 1 ? "mean" : traces.overallName,
          colour: Self.ink, line: "bold", last: last, isBold: true))
    }
    if let best = traces.best {
      let at = panel.place(best)
      canvas.open(Self.ink)
      canvas.marker(.diamond, at.x, at.y, size: 5, "mark")
      canvas.close()
    }
    drawNames(
      labels, panel, empty: ordered.isEmpty ? "" : "no pseudo-Dice yet", on: &canvas)
  }

  /// A line through both panels at the best epoch.
  func drawBest(
    _ traces: TrainingTraces, _ losses: Panel, _ dice: Panel, on canvas: inout Canvas
  ) {
    guard let best = traces.best else { return }
    let x = dice.across(best.x)
    for panel in [losses, dice] { canvas.line(x, panel.top, x, panel.bottom, "guide") }
  }

  private func drawClasses(
    _ traces: TrainingTraces, _ panel: Panel, on canvas: inout Canvas
  ) -> [EndLabel] {
    guard !traces.isSingle else { return [] }
    let names = names
    var labels: [EndLabel] = []
    for (index, trace) in traces.classes.enumerated() {
      guard let last = trace.last else { continue }
      let colour = "s\(index % Self.classColours)"
      let line = "thin" + (index < Self.classColours ? "" : " d\(index / Self.classColours)")
      draw(trace, panel, colour, line, on: &canvas)
      labels.append(EndLabel(name: names[index], colour: colour, line: line, last: last))
    }
    return labels
  }

  /// From the worst to the best class of each epoch; named are those of the last values.
  private func drawBand(
    _ traces: TrainingTraces, _ panel: Panel, on canvas: inout Canvas
  ) -> [EndLabel] {
    let upper = TrainingTraces.thinned(traces.highest.map(panel.place))
    let lower = TrainingTraces.thinned(traces.lowest.map(panel.place))
    canvas.open("s0")
    canvas.path(upper + lower.reversed(), closed: true, "band")
    canvas.path(upper, "thin")
    canvas.path(lower, "thin")
    canvas.close()
    guard let low = traces.lowest.last, let high = traces.highest.last else { return [] }
    let name = { (value: (x: Double, y: Double)) in
      zip(names, traces.classes).first { $0.1.last.map { $0 == value } ?? false }?.0 ?? ""
    }
    return [
      EndLabel(name: "best: \(name(high))", colour: "s0", line: "thin", last: high),
      EndLabel(name: "worst: \(name(low))", colour: "s0", line: "thin", last: low),
    ]
  }

  /// What the lines leave out; returns the height that it takes.
  func drawNotes(_ traces: TrainingTraces, y: Double, on canvas: inout Canvas) -> Double {
    guard !traces.overall.isEmpty else { return 0 }
    var notes: [String] = []
    if traces.epochsPerPoint > 1, !traces.isSingle {
      notes.append("Lines of classes: means of \(traces.epochsPerPoint) epochs")
    }
    let unseen = zip(names, traces.classes).filter(\.1.isEmpty).map(\.0)
    if !unseen.isEmpty { notes.append("No pseudo-Dice so far: \(unseen.joined(separator: ", "))") }
    for (index, note) in notes.enumerated() {
      canvas.text(
        note, 4, y + Double(index) * 18, "q", size: 12, limit: canvas.width - 8)
    }
    return notes.isEmpty ? 0 : Double(notes.count) * 18 + 4
  }

  /// The panel's title at the left, a remark at the right.
  private func drawHead(
    _ title: String, _ note: String, _ panel: Panel, on canvas: inout Canvas
  ) {
    let taken = note.isEmpty ? 0 : TextMeasure.width(note, size: 12) + 12
    let width = panel.frame.width - 8
    canvas.text(title, 4, panel.top - 15, "b", limit: max(width - taken, 60))
    canvas.text(
      note, panel.frame.width - 4, panel.top - 15, "q", anchor: .end, size: 12, limit: width - 72)
  }

  private func draw(
    _ trace: TrainingTraces.Trace, _ panel: Panel, _ colour: String, _ line: String,
    on canvas: inout Canvas
  ) {
    let points = TrainingTraces.thinned(trace.map(panel.place))
    canvas.open(colour)
    canvas.path(points, line)
    if let last = points.last {
      canvas.circle(last.x, last.y, radius: line == "bold" ? 3.6 : 2.6, "mark")
    }
    canvas.close()
  }

  /// Values and names right of the latest epoch, pushed apart until none touches another.
  private func drawNames(
    _ labels: [EndLabel], _ panel: Panel, empty: String, on canvas: inout Canvas
  ) {
    guard let front = labels.map({ panel.across($0.last.x) }).max() else {
      canvas.text(
        empty, (panel.frame.left + panel.frame.right) / 2, (panel.top + panel.bottom) / 2 + 4,
        "q", anchor: .middle)
      return
    }
    let sorted = labels.sorted {
      (panel.up($0.last.y), -$0.last.y, $0.name) < (panel.up($1.last.y), -$1.last.y, $1.name)
    }
    let heights = Self.spread(
      sorted.map { panel.up($0.last.y) }, within: panel.top...(panel.bottom - 6))
    let lead = panel.frame.isNarrow ? 16.0 : 22
    let values = sorted.map { NumberText.fixed($0.last.y, 3) }
    let column = min(values.map { TextMeasure.width($0, size: 12) }.max() ?? 0, 60)
    for ((label, value), y) in zip(zip(sorted, values), heights) {
      let at = panel.place(label.last)
      if at.x < front - 4 { canvas.line(at.x + 4, at.y, front + 4, at.y, "guide") }
      canvas.open(label.colour)
      canvas.path([(front + 5, at.y), (front + lead - 7, y), (front + lead, y)], label.line)
      canvas.close()
      let style = label.isBold ? "b" : ""
      let start = front + lead + 4
      canvas.text(value, start, y + 4, style, size: 12, limit: column)
      canvas.text(
        label.name, start + column + 9, y + 4, style, size: 12,
        limit: panel.frame.width - start - column - 13)
    }
  }

  /// Half-way between moving labels down and moving them up, so that a crowd stays where its lines are.
  private static func spread(_ wanted: [Double], within room: ClosedRange<Double>) -> [Double] {
    let down = LabelSpacing.spread(wanted, gap: labelGap, within: room)
    let up = LabelSpacing.spread(
      wanted.reversed().map { -$0 }, gap: labelGap,
      within: -room.upperBound...(-room.lowerBound))
    return zip(down, up.reversed()).map { ($0 - $1) / 2 }
  }
}
