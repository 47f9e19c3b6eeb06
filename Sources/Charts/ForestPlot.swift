// All contenders at a glance, in blocks that are not ranked against each other.

/// Means with intervals on one axis, under a heading for each group.
public struct ForestPlot: Chart {
  public struct Group: Sendable, Equatable {
    public let title: String
    public let rows: [Row]

    public init(_ title: String, rows: [Row]) {
      self.title = title
      self.rows = rows
    }
  }

  public struct Row: Sendable, Equatable {
    public let subject: Subject
    public let estimate: Estimate

    public init(_ subject: Subject, _ estimate: Estimate) {
      self.subject = subject
      self.estimate = estimate
    }
  }

  public let title: String
  public let quantity: Quantity
  public let groups: [Group]

  public init(title: String, quantity: Quantity, groups: [Group]) {
    self.title = title
    self.quantity = quantity
    self.groups = groups
  }

  public var summary: String {
    groups.map { group in
      let rows = group.rows.map { row in
        let flag = row.subject.flag.map { " (\($0))" } ?? ""
        return "\(row.subject.name)\(flag) \(quantity.text(row.estimate))"
      }
      return "\(group.title): \(rows.joined(separator: "; "))."
    }.joined(separator: " ")
  }

  public func csv() -> String {
    var table = CSVText(header: ["group", "contender", "note", quantity.name, "low", "high"])
    for group in groups {
      for row in group.rows {
        table.append([
          .text(group.title), .text(row.subject.name), .text(row.subject.flag ?? ""),
          .number(row.estimate.value), .number(row.estimate.low), .number(row.estimate.high),
        ])
      }
    }
    return table.text
  }

  private static let left = 206.0
  private static let right = 566.0
  private static let rowHeight = 23.0
  private static let headHeight = 30.0

  public func svg(id: String) -> String {
    var canvas = Canvas()
    let rows = groups.reduce(0) { $0 + $1.rows.count }
    let bottom =
      4 + Double(rows) * Self.rowHeight + Double(max(groups.count, 1)) * Self.headHeight
    let scale = Scale.linear(
      groups.flatMap { $0.rows.flatMap(\.estimate.drawableValues) }, from: Self.left,
      to: Self.right, lowest: quantity.lowest, highest: quantity.highest)
    canvas.bottomAxis(scale, top: 4, bottom: bottom, title: quantity.axisTitle)
    var y = 4.0
    for group in groups {
      canvas.rectangle(
        x: 0, y: y + 1, width: Canvas.width, height: Self.headHeight - 8, "head")
      canvas.text(group.title, 6, y + 16.5, "b", size: 12, limit: Canvas.width - 12)
      y += Self.headHeight
      for row in group.rows {
        draw(row, at: y + Self.rowHeight / 2 - 4, scale, on: &canvas)
        y += Self.rowHeight
      }
    }
    let note = canvas.flagNote(
      groups.flatMap { $0.rows.map(\.subject) }, y: bottom + 56)
    return canvas.svg(id: id, chart: self, height: bottom + 44 + note)
  }

  private func draw(_ row: Row, at y: Double, _ scale: Scale, on canvas: inout Canvas) {
    let subject = row.subject
    canvas.open(subject.style.colourClass + (subject.flag == nil ? "" : " seen"))
    canvas.text(subject.label, 14, y + 4.5, limit: Self.left - 26)
    if let (value, low, high) = row.estimate.drawable {
      if let low, let high { canvas.line(scale(low), y, scale(high), y, "bold") }
      canvas.marker(
        subject.style.shape, scale(value), y, size: 5.2, "mark",
        tip: "\(subject.name): \(quantity.text(row.estimate))")
    }
    canvas.text(
      quantity.text(row.estimate), Canvas.width - 4, y + 4.5, anchor: .end, size: 12,
      limit: Canvas.width - Self.right - 12)
    canvas.close()
  }
}
