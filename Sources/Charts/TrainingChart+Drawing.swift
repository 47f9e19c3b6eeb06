// How the panels of a training's chart lie above one another.

extension TrainingChart {
  /// Columns of a picture; the narrow one keeps its text legible on a telephone.
  struct Frame {
    let width: Double
    let left: Double
    let right: Double

    static let wide = Frame(width: Canvas.width, left: 52, right: 520)
    var isNarrow: Bool { width < Canvas.width }

    static let narrow = Frame(width: 400, left: 44, right: 246)
  }

  /// A panel's heights, its horizontal and its vertical axis.
  struct Panel {
    let frame: Frame
    let top: Double
    let bottom: Double
    let across: Scale
    let up: Scale

    func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
      (across(point.x), up(point.y))
    }
  }

  public func svg(id: String) -> String { svg(id: id, frame: .wide) }

  func svg(id: String, frame: Frame) -> String {
    let traces = TrainingTraces(self)
    let across = epochScale(frame)
    var canvas = Canvas(width: frame.width)
    let losses = lossPanel(traces, frame, across)
    let dice = dicePanel(traces, frame, across, below: losses.bottom + 52)
    let rates = ratePanel(traces, frame, across, below: dice.bottom + 34)
    for panel in [losses, dice] { drawGround(panel, on: &canvas) }
    drawTouches(traces, losses.top, rates.bottom, across, on: &canvas)
    drawBest(traces, losses, dice, on: &canvas)
    drawLosses(traces, losses, on: &canvas)
    drawDice(traces, dice, on: &canvas)
    drawRates(traces, rates, on: &canvas)
    drawEpochs(rates, on: &canvas)
    let notes = drawNotes(traces, y: rates.bottom + 58, on: &canvas)
    return canvas.svg(id: id, chart: self, height: rates.bottom + 44 + notes)
  }

  /// From 0 to the planned end, or to the last epoch where the training went on beyond it.
  private func epochScale(_ frame: Frame) -> Scale {
    let end = max(Double(min(plannedEpochs, 1_000_000_000)), ordered.last?.done ?? 0, 1)
    let round = Scale.linear(
      [0, end], from: frame.left, to: frame.right, lowest: 0, highest: end,
      ticks: frame.isNarrow ? 4 : 8)
    var ticks = round.ticks.filter { $0.value.rounded() == $0.value }
    let half = { TextMeasure.width(NumberText.fixed($0, 0), size: Canvas.smallText) / 2 + 4 }
    let endTick = Scale.Tick(value: end, text: NumberText.fixed(end, 0))
    ticks.removeAll { round($0.value) + half($0.value) > frame.right - half(end) }
    return Scale(
      low: 0, high: end, from: frame.left, to: frame.right, isLogarithmic: false,
      ticks: ticks.map { .init(value: $0.value, text: NumberText.fixed($0.value, 0)) } + [endTick])
  }

  private func lossPanel(_ traces: TrainingTraces, _ frame: Frame, _ across: Scale) -> Panel {
    let (top, bottom) = (36.0, 196.0)
    return Panel(
      frame: frame, top: top, bottom: bottom, across: across,
      up: .linear(traces.heldLosses, from: bottom, to: top, ticks: 5))
  }

  private func dicePanel(
    _ traces: TrainingTraces, _ frame: Frame, _ across: Scale, below top: Double
  ) -> Panel {
    let labels = names.count > Self.mostLines ? 3 : names.count + 1
    let bottom = top + max(210, Double(labels) * Self.labelGap)
    return Panel(
      frame: frame, top: top, bottom: bottom, across: across,
      up: .linear(traces.heldDice, from: bottom, to: top, lowest: 0, highest: 1, ticks: 5))
  }

  private func ratePanel(
    _ traces: TrainingTraces, _ frame: Frame, _ across: Scale, below top: Double
  ) -> Panel {
    let highest = traces.rate.map(\.y).max() ?? 0
    return Panel(
      frame: frame, top: top, bottom: top + 26, across: across,
      up: Scale(
        low: 0, high: highest > 0 ? highest : 1, from: top + 26, to: top, isLogarithmic: false,
        ticks: []))
  }

  /// Grid and frame.
  private func drawGround(_ panel: Panel, on canvas: inout Canvas) {
    canvas.leftAxis(panel.up, left: panel.frame.left, right: panel.frame.right, title: "")
    for tick in panel.across.ticks {
      let x = panel.across(tick.value)
      canvas.line(x, panel.top, x, panel.bottom, "grid")
    }
    canvas.line(panel.frame.left, panel.bottom, panel.frame.right, panel.bottom, "axis")
  }

  private func drawRates(_ traces: TrainingTraces, _ panel: Panel, on canvas: inout Canvas) {
    let (left, right) = (panel.frame.left, panel.frame.right)
    canvas.text(
      "Learning rate", 4, panel.top - 9, "q", size: Canvas.smallText, limit: right - 8)
    guard let last = traces.rate.last else { return }
    let points = TrainingTraces.thinned(traces.rate.map(panel.place))
    canvas.open("s6")
    canvas.path(
      [(points[0].x, panel.bottom)] + points + [(panel.across(last.x), panel.bottom)],
      closed: true, "band")
    canvas.close()
    canvas.path(points, "axis")
    canvas.line(panel.across(last.x), panel.bottom, panel.across(last.x), panel.up(last.y), "axis")
    canvas.text(
      NumberText.plain(last.y), panel.across(last.x) + 8, panel.bottom - 4, "q",
      size: Canvas.smallText, limit: panel.frame.width - right - 12)
    guard let highest = traces.rate.map(\.y).max(), highest > 0 else { return }
    canvas.text(
      NumberText.plain(highest), left - 8, panel.top + 4, "q", anchor: .end,
      size: Canvas.smallText, limit: left - 10)
  }

  /// The axis that all panels share.
  private func drawEpochs(_ panel: Panel, on canvas: inout Canvas) {
    let title =
      plannedEpochs > 0 ? "Epochs done, of \(plannedEpochs) planned" : "Epochs done"
    canvas.bottomAxis(panel.across, top: panel.bottom, bottom: panel.bottom, title: title)
    canvas.line(panel.frame.right, panel.bottom - 4, panel.frame.right, panel.bottom + 4, "axis")
  }

  /// Columns that name the values of an epoch under the pointer.
  private func drawTouches(
    _ traces: TrainingTraces, _ top: Double, _ bottom: Double, _ across: Scale,
    on canvas: inout Canvas
  ) {
    let epochs = ordered
    let every = max(1, (epochs.count + 119) / 120)
    let names = names
    let half = max((across(Double(every)) - across(0)) / 2, 0.5)
    for index in stride(from: epochs.count - 1, through: 0, by: -every) {
      let x = across(epochs[index].done)
      let (left, right) = (max(x - half, across.from), min(x + half, across.to))
      canvas.rectangle(
        x: left, y: top, width: right - left, height: bottom - top, "touch",
        tip: tip(epochs[index], names))
    }
  }

  private func tip(_ epoch: Epoch, _ names: [String]) -> String {
    var rows: [(String, Double?)] = [
      ("training loss", epoch.loss), ("validation loss", epoch.validationLoss),
      ("mean Dice", epoch.meanDice), ("smoothed Dice", epoch.smoothedDice),
    ]
    if names.count <= Self.mostLines, names.count > 1 { rows += zip(names, epoch.dice) }
    let known = rows.compactMap { name, value in
      value.map { "\(name) \(NumberText.fixed($0, 3))" }
    }
    return (["after \(Self.count(epoch.done))"] + known).joined(separator: "\n")
  }
}
