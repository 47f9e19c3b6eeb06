// How lines, bands and the names at their ends are laid out.

extension LineChart {
  private static let left = 58.0
  private static let right = 520.0

  /// A name at the right edge, and the height at which it would best stand.
  private struct EndLabel {
    let subject: Subject
    let isLevel: Bool
    let at: (x: Double, y: Double)
    var y: Double
  }

  public func svg(id: String) -> String {
    var canvas = Canvas()
    let names = lines.count + levels.count
    let top = 40.0
    let bottom = top + max(280, Double(names) * 17)
    let values =
      lines.flatMap { $0.points.flatMap(\.estimate.drawableValues) }
      + levels.flatMap(\.estimate.drawableValues)
    let vertical = Scale.linear(
      values, from: bottom, to: top, lowest: quantity.lowest, highest: quantity.highest)
    canvas.leftAxis(
      vertical, left: Self.left, right: Self.right,
      title: quantity.name
        + (quantity.higherIsBetter ? " (↑ more is better)" : " (↓ less is better)"))
    let horizontal = drawAxis(bottom: bottom, top: top, on: &canvas)
    for level in levels { draw(level, vertical, on: &canvas) }
    for (index, line) in lines.enumerated() {
      draw(line, at: index, horizontal, vertical, on: &canvas)
    }
    drawNames(horizontal, vertical, top: top, bottom: bottom, on: &canvas)
    let note = canvas.flagNote(
      lines.map(\.subject) + levels.map(\.subject), y: bottom + 47 + depth)
    return canvas.svg(id: id, chart: self, height: bottom + 33 + depth + note)
  }

  /// The labels of the steps, in lines that fit its column.
  private var stepLines: [[String]] {
    guard case .steps(let steps, _) = axis else { return [] }
    let width = (Self.right - Self.left) / Double(max(steps.count, 1))
    return steps.map {
      TextMeasure.wrap($0, within: max(width, 18) - 4, size: Canvas.smallText)
    }
  }

  /// How far the labels below the axis reach.
  private var depth: Double { 13 * Double(max(stepLines.map(\.count).max() ?? 1, 1)) }

  /// Draws the axis and gives the position of each x.
  private func drawAxis(
    bottom: Double, top: Double, on canvas: inout Canvas
  ) -> (Double) -> Double {
    guard case .steps(let steps, _) = axis else {
      let scale = Scale.logarithmic(
        lines.flatMap { $0.points.map(\.x) }, from: Self.left + 12, to: Self.right - 12)
      canvas.bottomAxis(scale, top: top, bottom: bottom, title: axisTitle)
      return { scale($0) }
    }
    let width = (Self.right - Self.left) / Double(max(steps.count, 1))
    let position = { (x: Double) in
      let inside = x.isFinite ? min(max(x, 0), Double(max(steps.count - 1, 0))) : 0
      return Self.left + (inside + 0.5) * width
    }
    let every = max(1, Int((18 / width).rounded(.up)))
    for (index, step) in stepLines.enumerated() {
      let x = position(Double(index))
      canvas.line(x, top, x, bottom, "grid")
      for (row, line) in step.enumerated() where index % every == 0 {
        canvas.text(
          line, x, bottom + 15 + Double(row) * 13, "q", anchor: .middle, size: Canvas.smallText)
      }
    }
    canvas.line(Self.left, bottom, Self.right, bottom, "axis")
    canvas.text(
      axisTitle, (Self.left + Self.right) / 2, bottom + 23 + depth, "q", anchor: .middle,
      limit: Self.right - Self.left)
    return position
  }

  private func draw(_ level: Level, _ scale: Scale, on canvas: inout Canvas) {
    guard let (value, low, high) = level.estimate.drawable else { return }
    let style = level.subject.style
    canvas.open(style.colourClass)
    if let low, let high {
      canvas.rectangle(
        x: Self.left, y: scale(high), width: Self.right - Self.left,
        height: scale(low) - scale(high), "band")
    }
    canvas.line(Self.left, scale(value), Self.right, scale(value), "run d1")
    canvas.close()
  }

  private func draw(
    _ line: Line, at index: Int, _ horizontal: (Double) -> Double, _ vertical: Scale,
    on canvas: inout Canvas
  ) {
    let known = known(line)
    let style = line.subject.style
    canvas.open(style.colourClass + (line.subject.flag == nil ? "" : " seen"))
    let offset = isJoined ? 0 : shift(index)
    if isJoined {
      let upper = known.map { (x: horizontal($0.x), y: vertical($0.high ?? $0.value)) }
      let lower = known.map { (x: horizontal($0.x), y: vertical($0.low ?? $0.value)) }
      canvas.path(upper + lower.reversed(), closed: true, "band")
      canvas.path(
        known.map { (horizontal($0.x), vertical($0.value)) }, "run \(style.dashClass)")
    }
    for point in known {
      let x = horizontal(point.x) + offset
      if !isJoined, let low = point.low, let high = point.high {
        canvas.line(x, vertical(low), x, vertical(high), "thin")
      }
      let estimate = Estimate(point.value, low: point.low, high: point.high)
      canvas.marker(
        style.shape, x, vertical(point.value), size: 4.2, "mark",
        tip: "\(line.subject.name), \(name(point.x)): \(quantity.text(estimate))")
    }
    canvas.close()
  }

  private var isJoined: Bool {
    if case .steps(_, let areJoined) = axis { areJoined } else { true }
  }

  /// Side by side within a step.
  private func shift(_ index: Int) -> Double {
    guard case .steps(let steps, _) = axis else { return 0 }
    let width = (Self.right - Self.left) / Double(max(steps.count, 1)) * 0.7
    return ((Double(index) + 0.5) / Double(max(lines.count, 1)) - 0.5) * width
  }

  private func known(
    _ line: Line
  ) -> [(x: Double, value: Double, low: Double?, high: Double?)] {
    line.points.compactMap { point in
      guard Scale.isDrawable(point.x), let (value, low, high) = point.estimate.drawable else {
        return nil
      }
      return (point.x, value, low, high)
    }
  }

  /// Names at the right, pushed apart until none touches another.
  private func drawNames(
    _ horizontal: (Double) -> Double, _ vertical: Scale, top: Double, bottom: Double,
    on canvas: inout Canvas
  ) {
    var labels: [EndLabel] = []
    for (index, line) in lines.enumerated() {
      guard let last = known(line).last else { continue }
      let offset = isJoined ? 0 : shift(index)
      let at = (x: horizontal(last.x) + offset, y: vertical(last.value))
      labels.append(EndLabel(subject: line.subject, isLevel: false, at: at, y: at.y))
    }
    for level in levels {
      guard let value = level.estimate.drawable?.value else { continue }
      let at = (x: Self.right, y: vertical(value))
      labels.append(EndLabel(subject: level.subject, isLevel: true, at: at, y: at.y))
    }
    labels.sort { ($0.y, $0.subject.name) < ($1.y, $1.subject.name) }
    let heights = LabelSpacing.spread(
      labels.map(\.y), gap: 16, within: (top - 8)...(bottom - 2))
    for (label, y) in zip(labels, heights) {
      let subject = label.subject
      canvas.open(subject.style.colourClass + (subject.flag == nil ? "" : " seen"))
      if isJoined || label.isLevel {
        canvas.path(
          [(label.at.x + 5, label.at.y), (Self.right + 6, label.at.y), (Self.right + 20, y)],
          "guide")
      }
      if label.isLevel {
        canvas.line(Self.right + 22, y, Self.right + 38, y, "run d1")
      } else {
        canvas.marker(subject.style.shape, Self.right + 30, y, size: 4.5, "mark")
      }
      canvas.text(
        subject.label, Self.right + 42, y + 4, size: 12, limit: Canvas.width - Self.right - 46)
      canvas.close()
    }
  }
}
