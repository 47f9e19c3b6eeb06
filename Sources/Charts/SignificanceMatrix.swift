// Which differences between contenders the cases bear out: all pairs at one look.

/// A matrix of corrected p-values; each cell tells its row against its column.
public struct SignificanceMatrix: Chart {
  /// One test of a pair.
  public struct Cell: Sendable, Equatable {
    /// Index of the subject of the row and of the column.
    public let row: Int
    public let column: Int
    public let p: Double
    /// Row minus column in terms of goodness: positive where the row is better.
    public let advantage: Double

    public init(row: Int, column: Int, p: Double, advantage: Double) {
      self.row = row
      self.column = column
      self.p = p
      self.advantage = advantage
    }
  }

  public let title: String
  public let subjects: [Subject]
  public let cells: [Cell]
  /// E.g. "paired permutation test of the mean".
  public let above: String
  /// E.g. "Wilcoxon signed-rank test".
  public let below: String
  public let alpha: Double

  /// - Parameters:
  ///   - title: what is compared.
  ///   - subjects: contenders, the best first.
  ///   - cells: at most one for each ordered pair.
  ///   - above: the test of the cells above the diagonal.
  ///   - below: the test of the cells below it.
  ///   - alpha: the level of significance.
  public init(
    title: String, subjects: [Subject], cells: [Cell], above: String, below: String,
    alpha: Double = 0.05
  ) {
    self.title = title
    self.subjects = subjects
    self.cells = cells
    self.above = above
    self.below = below
    self.alpha = alpha
  }

  public var summary: String {
    let told = cells.filter { $0.p < alpha && subjects.indices.contains($0.row) }.compactMap {
      cell -> String? in
      guard cell.advantage > 0, subjects.indices.contains(cell.column) else { return nil }
      let test = cell.row < cell.column ? above : below
      return "\(subjects[cell.row].name) beats \(subjects[cell.column].name), "
        + "\(phrase(cell.p)) (\(test))."
    }
    return told.isEmpty
      ? "No pair is told apart at the level \(NumberText.plain(alpha))."
      : told.joined(separator: " ")
  }

  public func csv() -> String {
    var table = CSVText(header: ["row", "column", "test", "p", "row_advantage"])
    for cell in cells
    where subjects.indices.contains(cell.row) && subjects.indices.contains(cell.column) {
      table.append([
        .text(subjects[cell.row].name), .text(subjects[cell.column].name),
        .text(cell.row < cell.column ? above : below), .number(cell.p), .number(cell.advantage),
      ])
    }
    return table.text
  }

  private static let left = 190.0

  public func svg(id: String) -> String {
    var canvas = Canvas()
    let count = Double(max(subjects.count, 1))
    let side = min((Canvas.width - Self.left - 8) / count, 92)
    let height = min(max(side * 0.62, 30), 40)
    let top = 26.0
    for (index, subject) in subjects.enumerated() {
      let x = Self.left + (Double(index) + 0.5) * side
      canvas.text("\(index + 1)", x, top - 8, "b", anchor: .middle, limit: side - 2)
      let y = top + (Double(index) + 0.5) * height
      canvas.open(subject.style.colourClass + (subject.flag == nil ? "" : " seen"))
      canvas.text("\(index + 1)", 20, y + 4.5, "b", anchor: .end)
      canvas.marker(subject.style.shape, 32, y, size: 5, "mark")
      canvas.text(subject.label, 43, y + 4.5, limit: Self.left - 50)
      canvas.close()
      canvas.rectangle(
        x: x - side / 2 + 1, y: y - height / 2 + 1, width: side - 2, height: height - 2, "diagonal")
    }
    for cell in cells
    where subjects.indices.contains(cell.row) && subjects.indices.contains(cell.column)
      && cell.row != cell.column
    {
      draw(
        cell, x: Self.left + Double(cell.column) * side, y: top + Double(cell.row) * height,
        width: side, height: height, on: &canvas)
    }
    let end = top + count * height
    drawKey(below: end, on: &canvas)
    let note = canvas.flagNote(subjects, y: end + 80)
    return canvas.svg(id: id, chart: self, height: end + 70 + note)
  }

  private func draw(
    _ cell: Cell, x: Double, y: Double, width: Double, height: Double, on canvas: inout Canvas
  ) {
    let isTold = cell.p.isFinite && cell.p < alpha && cell.advantage != 0
    let name = isTold ? (cell.advantage > 0 ? "for" : "against") : "cell"
    let (row, column) = (subjects[cell.row].name, subjects[cell.column].name)
    canvas.rectangle(
      x: x + 1.5, y: y + 1.5, width: width - 3, height: height - 3, name,
      tip: "\(row) against \(column): \(phrase(cell.p)), \(direction(cell, isTold: isTold))")
    let middle = x + width / 2
    let isWide = width > 64
    let size = isWide ? 12.0 : 10
    let p = short(cell.p)
    canvas.text(
      direction(cell, isTold: isTold, short: !isWide), middle, y + height / 2 - 2,
      isTold ? "b" : "q", anchor: .middle, size: size, limit: width - 3)
    canvas.text(
      p, middle, y + height / 2 + 11, isTold ? "" : "q", anchor: .middle, size: size,
      limit: width - 3)
  }

  private func direction(_ cell: Cell, isTold: Bool, short: Bool = false) -> String {
    guard isTold else { return short ? "=" : "not told" }
    return cell.advantage > 0 ? (short ? "+" : "+ better") : (short ? "−" : "− worse")
  }

  private func phrase(_ p: Double) -> String {
    p < 0.001 ? "p < 0.001" : "p = \(NumberText.probability(p))"
  }

  private func short(_ p: Double) -> String {
    guard p.isFinite else { return "–" }
    if p < 0.001 { return "<.001" }
    let text = NumberText.fixed(p, 3)
    return text.hasPrefix("0") ? String(text.dropFirst()) : text
  }

  private func drawKey(below end: Double, on canvas: inout Canvas) {
    let level = NumberText.plain(alpha)
    let entries = [
      ("for", "+ row better"), ("against", "− row worse"),
      ("cell", "= not told apart, p ≥ \(level)"),
    ]
    var x = 4.0
    for (name, text) in entries {
      canvas.rectangle(x: x, y: end + 12, width: 14, height: 12, name)
      canvas.text(text, x + 20, end + 22, "q", size: 12)
      x += 20 + TextMeasure.width(text, size: 12) + 18
    }
    canvas.text(
      "Above the diagonal: \(above). Below: \(below).", 4, end + 44, "q", size: 12,
      limit: Canvas.width - 8)
    canvas.text("p after Holm’s correction.", 4, end + 62, "q", size: 12)
  }
}
