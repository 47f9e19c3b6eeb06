// Means of several parts of the cases, or of several sources, side by side in rows.

/// Rows of dots with intervals; a line joins the ends of each row, so that gaps show.
public struct DotPlot: Chart {
  public struct Row: Sendable, Equatable {
    public let subject: Subject
    /// One per part; a part may have no score.
    public let estimates: [Estimate]
    /// Printed at the right, e.g. "0.041".
    public let remark: String?
    /// In small print below the remark.
    public let remarkDetail: String?

    public init(
      _ subject: Subject, estimates: [Estimate], remark: String? = nil,
      remarkDetail: String? = nil
    ) {
      self.subject = subject
      self.estimates = estimates
      self.remark = remark
      self.remarkDetail = remarkDetail
    }
  }

  public let title: String
  public let quantity: Quantity
  /// What the dots of a row stand for, e.g. levels of an attribute; drawn by shape.
  public let parts: [String]
  public let rows: [Row]
  /// Above the remarks, e.g. "worst-group gap".
  public let remarkTitle: String?
  /// The first part is drawn as a hollow square: a number from elsewhere that was not measured here.
  public let firstIsForeign: Bool

  public init(
    title: String, quantity: Quantity, parts: [String], rows: [Row], remarkTitle: String? = nil,
    firstIsForeign: Bool = false
  ) {
    self.title = title
    self.quantity = quantity
    self.parts = parts
    self.rows = rows
    self.remarkTitle = remarkTitle
    self.firstIsForeign = firstIsForeign
  }

  public var summary: String {
    rows.map { row in
      let told = zip(parts, row.estimates).map { "\($0) \(quantity.text($1))" }
      let flag = row.subject.flag.map { " (\($0))" } ?? ""
      let detail = row.remarkDetail.map { " (\($0))" } ?? ""
      let remark = row.remark.map { "; \(remarkTitle ?? "remark"): \($0)\(detail)" } ?? ""
      return "\(row.subject.name)\(flag): \(told.joined(separator: ", "))\(remark)."
    }.joined(separator: " ")
  }

  public func csv() -> String {
    var table = CSVText(header: ["contender", "note", "part", quantity.name, "low", "high"])
    for row in rows {
      for (part, estimate) in zip(parts, row.estimates) {
        table.append([
          .text(row.subject.name), .text(row.subject.flag ?? ""), .text(part),
          .number(estimate.value), .number(estimate.low), .number(estimate.high),
        ])
      }
    }
    return table.text
  }

  private static let left = 178.0
  private var right: Double { remarkTitle == nil ? 700 : 560 }

  public func svg(id: String) -> String {
    var canvas = Canvas()
    let start = drawKey(on: &canvas)
    let rowHeight = max(34, 14 + 9 * Double(parts.count))
    let bottom = start + Double(max(rows.count, 1)) * rowHeight
    let scale = Scale.linear(
      rows.flatMap { $0.estimates.flatMap(\.drawableValues) }, from: Self.left, to: right,
      lowest: quantity.lowest, highest: quantity.highest)
    canvas.bottomAxis(scale, top: start, bottom: bottom, title: quantity.axisTitle)
    for (index, row) in rows.enumerated() {
      draw(
        row, middle: start + (Double(index) + 0.5) * rowHeight, height: rowHeight, scale,
        on: &canvas)
    }
    return canvas.svg(id: id, chart: self, height: bottom + 42)
  }

  /// Shapes and their parts, in as many lines as it takes; returns where the plot begins.
  private func drawKey(on canvas: inout Canvas) -> Double {
    var (x, y) = (4.0, 12.0)
    let edge = remarkTitle == nil ? Canvas.width : right
    for (index, part) in parts.enumerated() {
      let label = TextMeasure.fit(part, within: edge - 32, size: 12)
      let width = TextMeasure.width(label, size: 12) + 32
      if x > 4, x + width - 12 > edge { (x, y) = (4, y + 18) }
      canvas.open("s6")
      canvas.marker(shape(index), x + 6, y - 4, size: 4.5, isForeign(index) ? "mark seen" : "mark")
      canvas.close()
      canvas.text(label, x + 17, y, "q", size: 12)
      x += width
    }
    if let remarkTitle {
      canvas.text(
        remarkTitle, Canvas.width - 4, 12, "q", anchor: .end, size: Canvas.smallText, limit: 150)
    }
    return y + 12
  }

  private func draw(
    _ row: Row, middle: Double, height: Double, _ scale: Scale, on canvas: inout Canvas
  ) {
    let subject = row.subject
    canvas.open(subject.style.colourClass + (subject.flag == nil ? "" : " seen"))
    canvas.line(4, middle + height / 2, Canvas.width - 4, middle + height / 2, "grid")
    canvas.text(subject.label, 4, middle + (subject.flag == nil ? 4.5 : -1), "b", limit: 166)
    if let flag = subject.flag {
      canvas.text(flag, 4, middle + 13, "q", size: Canvas.smallText, limit: 166)
    }
    let known = row.estimates.enumerated().compactMap { index, estimate in
      estimate.drawable.map { (index: index, value: $0.value, low: $0.low, high: $0.high) }
    }
    let step = (height - 14) / Double(max(parts.count, 1))
    let heights = known.map { middle - height / 2 + 7 + (Double($0.index) + 0.5) * step }
    if let worst = known.map(\.value).min(), let best = known.map(\.value).max(), best > worst {
      canvas.rectangle(
        x: scale(worst), y: middle - height / 2 + 4, width: scale(best) - scale(worst),
        height: height - 8, "band")
    }
    for (dot, y) in zip(known, heights) {
      if let low = dot.low, let high = dot.high {
        canvas.line(scale(low), y, scale(high), y, "thin")
      }
      let part = dot.index < parts.count ? parts[dot.index] : ""
      let estimate = Estimate(dot.value, low: dot.low, high: dot.high)
      canvas.marker(
        shape(dot.index), scale(dot.value), y, isForeign(dot.index) ? "mark seen" : "mark",
        tip: "\(subject.name), \(part): \(quantity.text(estimate))")
    }
    if let remark = row.remark {
      canvas.text(
        remark, Canvas.width - 4, middle + (row.remarkDetail == nil ? 4.5 : -1), anchor: .end,
        size: 12, limit: Canvas.width - right - 12)
      canvas.text(
        row.remarkDetail ?? "", Canvas.width - 4, middle + 13, "q", anchor: .end,
        size: Canvas.smallText, limit: Canvas.width - right - 8)
    }
    canvas.close()
  }

  private func isForeign(_ index: Int) -> Bool { firstIsForeign && index == 0 }

  private func shape(_ index: Int) -> MarkerShape {
    if firstIsForeign { return index == 0 ? .square : .circle }
    return MarkerShape.allCases[index % MarkerShape.allCases.count]
  }
}
