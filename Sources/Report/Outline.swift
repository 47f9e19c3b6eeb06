// The report as a tree of headings, texts, tables and figures, from which each format is written.

import Charts

/// A heading and what stands below it.
struct Section {
  /// Unique in the report: letters, digits and hyphens.
  let id: String
  let title: String
  var blocks: [Block]
}

indirect enum Block {
  case paragraph(String)
  /// Small print.
  case note(String)
  case bullets([String])
  case definitions([ReportContent.Fact])
  case table(Table)
  case figure(Figure)
  /// Small multiples under one caption.
  case figures([Figure], caption: String)
  case code(String, label: String)
  case gallery(ReportContent.Gallery)
  /// Numbered from `start`.
  case references([ReportContent.Reference], start: Int)
  case section(Section)
  /// Shown while the reader looks at this metric.
  case metric(id: String, [Block])
  /// Closed until the reader asks.
  case folded(String, [Block])
}

struct Figure {
  /// Unique in the report; also the name of its files.
  let id: String
  let chart: any Chart
  let caption: String
}

/// A table that becomes HTML, Markdown and CSV.
struct Table {
  /// Unique in the report; also the name of its file.
  let id: String
  let caption: String
  let columns: [Column]
  let rows: [[Cell]]
  var note: String?
  /// Many columns: the first stays in sight while the others scroll.
  var isWide = false

  struct Column {
    let title: String
    var detail: String?
    var isNumeric = true

    static func text(_ title: String) -> Column { Column(title: title, isNumeric: false) }

    static func number(_ title: String, detail: String? = nil) -> Column {
      Column(title: title, detail: detail)
    }
  }

  struct Cell {
    var text: String
    /// A second line in small print.
    var detail: String?
    /// The number that the small print tells.
    var detailValue: Double?
    /// What it is sorted by, and its value in CSV; nil sorts by the text.
    var value: Double?
    /// The ends of the interval that the text tells.
    var low: Double?
    var high: Double?
    /// Where the text leads; only http and https are followed.
    var url: String?
    /// Marked with † and these words.
    var flags: [String] = []
    var swatch: SeriesStyle?
    var isStrong = false

    static func text(_ text: String, detail: String? = nil) -> Cell {
      Cell(text: text, detail: detail)
    }

    /// A dash where there is no value; dashes sort last.
    static func number(_ value: Double?, _ format: (Double) -> String) -> Cell {
      guard let value, value.isFinite else { return Cell(text: "–") }
      return Cell(text: format(value), value: value)
    }

    static func count(_ value: Int?) -> Cell {
      Cell(text: value.map { "\($0)" } ?? "–", value: value.map(Double.init))
    }
  }

  /// Values are exact; intervals, small print and flags get columns of their own.
  var csv: String {
    var header: [String] = []
    var cells: [[CSVText.Cell]] = rows.map { _ in [] }
    for (place, column) in columns.enumerated() {
      let title = column.detail.map { "\(column.title) (\($0))" } ?? column.title
      let stack = rows.map { place < $0.count ? $0[place] : Cell(text: "") }
      func add(_ suffix: String, _ cell: (Cell) -> CSVText.Cell) {
        header.append(suffix.isEmpty ? title : "\(title) \(suffix)")
        for (row, item) in stack.enumerated() { cells[row].append(cell(item)) }
      }
      if column.isNumeric, !stack.contains(where: { $0.value == nil && $0.text != "–" }) {
        add("") { .number($0.value) }
      } else {
        add("") { .text($0.text) }
      }
      if stack.contains(where: { $0.low != nil }) {
        add("low") { .number($0.low) }
        add("high") { .number($0.high) }
      }
      if stack.contains(where: { $0.detailValue != nil }) {
        add("detail") { .number($0.detailValue) }
      } else if stack.contains(where: { $0.detail != nil && $0.low == nil }) {
        add("detail") { .text($0.detail ?? "") }
      }
      if stack.contains(where: { !$0.flags.isEmpty }) {
        add("note") { .text($0.flags.joined(separator: "; ")) }
      }
    }
    var table = CSVText(header: header)
    for row in cells { table.append(row) }
    return table.text
  }
}
