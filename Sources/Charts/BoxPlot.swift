// The scores of all cases, one row per contender: violin, mean with interval, box and every single case.

/// A horizontal raincloud plot (Allen et al. 2019) with Tukey's box.
public struct BoxPlot: Chart {
  /// One contender.
  public struct Row: Sendable, Equatable {
    public let subject: Subject
    /// One per case; nil where there is no score.
    public let values: [Double?]
    public let mean: Estimate

    public init(_ subject: Subject, values: [Double?], mean: Estimate) {
      self.subject = subject
      self.values = values
      self.mean = mean
    }
  }

  public let title: String
  public let quantity: Quantity
  /// The names of the cases, in the order of the values.
  public let cases: [String]
  public let rows: [Row]

  public init(title: String, quantity: Quantity, cases: [String], rows: [Row]) {
    self.title = title
    self.quantity = quantity
    self.cases = cases
    self.rows = rows
  }

  public var summary: String {
    rows.map { row in
      let count = row.values.compactMap { $0 }.filter(Scale.isDrawable).count
      let flag = row.subject.flag.map { " (\($0))" } ?? ""
      return "\(row.subject.name)\(flag): mean \(quantity.text(row.mean)), \(count) cases."
    }.joined(separator: " ")
  }

  public func csv() -> String {
    let names = rows.map { row in
      row.subject.name + (row.subject.flag.map { " († \($0))" } ?? "")
    }
    var table = CSVText(header: ["case"] + names)
    for index in 0..<(rows.map(\.values.count).max() ?? 0) {
      let name = index < cases.count ? cases[index] : "\(index + 1)"
      table.append(
        [.text(name)]
          + rows.map { .number(index < $0.values.count ? $0.values[index] : nil) })
    }
    return table.text
  }

  private static let rowHeight = 54.0
  private static let left = 178.0
  private static let right = 566.0

  public func svg(id: String) -> String {
    var canvas = Canvas()
    let top = 24.0
    let bottom = top + Double(max(rows.count, 1)) * Self.rowHeight
    let all = rows.flatMap { $0.values.compactMap { $0 } + $0.mean.drawableValues }
    let scale = Scale.linear(
      all, from: Self.left, to: Self.right, lowest: quantity.lowest, highest: quantity.highest)
    canvas.bottomAxis(scale, top: top, bottom: bottom, title: quantity.axisTitle)
    canvas.text(
      "mean [interval]", Canvas.width - 4, 12, "q", anchor: .end, size: Canvas.smallText)
    for (index, row) in rows.enumerated() {
      draw(row, at: top + Double(index) * Self.rowHeight, scale, on: &canvas)
    }
    return canvas.svg(id: id, chart: self, height: bottom + 42)
  }

  private func draw(_ row: Row, at top: Double, _ scale: Scale, on canvas: inout Canvas) {
    let subject = row.subject
    let isFlagged = subject.flag != nil
    canvas.open(subject.style.colourClass + (isFlagged ? " seen" : ""))
    canvas.marker(subject.style.shape, 10, top + 21, size: 5, "mark")
    canvas.text(subject.label, 22, top + 25.5, "b", limit: Self.left - 34)
    if let flag = subject.flag {
      canvas.text(flag, 22, top + 40, "q", size: Canvas.smallText, limit: Self.left - 34)
    }
    let known = row.values.enumerated().compactMap { index, value in
      value.flatMap { Scale.isDrawable($0) ? (index: index, value: $0) : nil }
    }
    let base = top + 21
    let outline = Density.curve(known.map(\.value)).map {
      (x: scale($0.x), y: base - 17 * $0.height)
    }
    if let first = outline.first, let last = outline.last {
      canvas.path([(first.x, base)] + outline + [(last.x, base)], closed: true, "area")
    }
    drawBox(known, at: top + 29.5, scale, on: &canvas)
    drawCases(known, of: row, at: top + 43, scale, on: &canvas)
    drawMean(row.mean, at: base, scale, on: &canvas)
    canvas.text(
      quantity.text(row.mean), Canvas.width - 4, base + 4.5, anchor: .end, size: 12,
      limit: Canvas.width - Self.right - 12)
    let missing = row.values.count - known.count
    let count = "n = \(known.count)" + (missing > 0 ? ", \(missing) without score" : "")
    canvas.text(
      count, Canvas.width - 4, base + 19.5, "q", anchor: .end, size: Canvas.smallText,
      limit: Canvas.width - Self.right - 12)
    canvas.close()
  }

  /// Quartiles, median, and whiskers to the last case within 1.5 interquartile ranges.
  private func drawBox(
    _ known: [(index: Int, value: Double)], at y: Double, _ scale: Scale, on canvas: inout Canvas
  ) {
    let sorted = known.map(\.value).sorted()
    guard sorted.count > 1 else { return }
    let (lower, upper) = (Quantile.of(sorted, 0.25), Quantile.of(sorted, 0.75))
    let (low, high) = Self.whiskers(sorted)
    let (left, right) = (scale(lower), scale(upper))
    canvas.line(scale(low), y, left, y, "thin")
    canvas.line(right, y, scale(high), y, "thin")
    canvas.rectangle(x: left, y: y - 4.5, width: right - left, height: 9, "box")
    let median = scale(Quantile.of(sorted, 0.5))
    canvas.line(median, y - 4.5, median, y + 4.5, "bold")
  }

  static func whiskers(_ sorted: [Double]) -> (low: Double, high: Double) {
    let (lower, upper) = (Quantile.of(sorted, 0.25), Quantile.of(sorted, 0.75))
    let reach = 1.5 * (upper - lower)
    return (
      sorted.first { $0 >= lower - reach } ?? lower, sorted.last { $0 <= upper + reach } ?? upper
    )
  }

  /// Cases beyond the whiskers are named by a tool tip.
  private func drawCases(
    _ known: [(index: Int, value: Double)], of row: Row, at y: Double, _ scale: Scale,
    on canvas: inout Canvas
  ) {
    let sorted = known.map(\.value).sorted()
    guard let first = sorted.first, let last = sorted.last else { return }
    let (low, high) = sorted.count > 4 ? Self.whiskers(sorted) : (first, last)
    var inside: [(x: Double, y: Double)] = []
    for (index, value) in known {
      let position = (x: scale(value), y: y + Self.scatter(index) * 4.5)
      if value >= low, value <= high {
        inside.append(position)
      } else {
        let name = index < cases.count ? cases[index] : "\(index + 1)"
        let text = NumberText.fixed(value, quantity.decimals)
        canvas.circle(position.x, position.y, radius: 2.6, "out", tip: "\(name): \(text)")
      }
    }
    canvas.dots(inside, "dots")
  }

  private func drawMean(
    _ mean: Estimate, at y: Double, _ scale: Scale, on canvas: inout Canvas
  ) {
    guard let (value, low, high) = mean.drawable else { return }
    if let low, let high { canvas.line(scale(low), y, scale(high), y, "span") }
    canvas.marker(.diamond, scale(value), y, size: 4, "mean")
  }

  /// Between −1 and 1, spread evenly over neighbouring indices by the golden ratio.
  private static func scatter(_ index: Int) -> Double {
    let share = Double(index) * 0.618_033_988_749_895
    return (share - share.rounded(.down)) * 2 - 1
  }
}
