// The report as Markdown for repositories and issues: the same outline, with tables but without pictures.

import Charts

/// Writes ``ReportContent`` as GitHub Markdown.
///
/// Figures are told by their description; tables of every case stay in HTML and CSV.
public struct MarkdownReport: Sendable {
  private let content: ReportContent

  public init(_ content: ReportContent) { self.content = content }

  /// The whole text; the same content gives the same bytes.
  public func markdown() -> String {
    var writer = MarkdownWriter(index: ReportIndex(content))
    let header = content.header
    writer.heading(header.title, level: 1)
    var facts = ["Dataset: \(header.dataset)", "Date: \(header.date)", "Cases: \(header.cases)"]
    if let patients = header.patients { facts.append("Patients: \(patients)") }
    if !header.labels.isEmpty { facts.append("Labels: \(header.labels.joined(separator: ", "))") }
    facts += header.facts.map { "\($0.term): \($0.value)" }
    facts.append("Vesalius: \(header.version)")
    if let digest = header.protocolDigest { facts.append("Protocol (SHA-256): \(digest)") }
    if let seed = header.seed { facts.append("Seed: \(seed)") }
    writer.bullets(facts)
    if !content.findings.isEmpty {
      writer.heading("Findings", level: 2)
      for finding in content.findings { writer.paragraph(finding) }
    }
    if !content.warnings.isEmpty {
      writer.heading("Read this before trusting a number", level: 2)
      for warning in content.warnings {
        writer.warning(warning.kind.title, warning.text, items: warning.items)
      }
    }
    for section in OutlineBuilder(content).sections() where section.id != "cases" {
      writer.section(section, level: 2)
    }
    return writer.text
  }
}

/// Collects Markdown; every text passes ``escape(_:)``.
struct MarkdownWriter {
  let index: ReportIndex
  private(set) var text = ""
  private var tables = 0
  private var figures = 0

  init(index: ReportIndex) { self.index = index }

  /// Backslashes before what Markdown or HTML would read as markup; line breaks become spaces.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in Markup.escape(text).replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
      .unicodeScalars
    {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "$", "@": escaped += "\\\(scalar)"
      case "\n", "\t", "\u{2028}", "\u{2029}": escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  mutating func heading(_ title: String, level: Int) {
    text += String(repeating: "#", count: min(level, 6)) + " \(Self.escape(title))\n\n"
  }

  /// A leading sign that would begin a list or a quotation is escaped.
  mutating func paragraph(_ content: String) {
    let escaped = Self.escape(content)
    let isList = escaped.contains(/^\s*([-+>=]|\d+[.)])/)
    text += (isList ? "&#8203;" : "") + escaped + "\n\n"
  }

  mutating func bullets(_ items: [String]) {
    for item in items { text += "- \(Self.escape(item))\n" }
    text += "\n"
  }

  mutating func warning(_ title: String, _ content: String, items: [String]) {
    text += "> **\(Self.escape(title))** \(Self.escape(content))"
    if !items.isEmpty { text += " (\(items.map(Self.escape).joined(separator: "; ")))" }
    text += "\n\n"
  }

  mutating func section(_ section: Section, level: Int) {
    heading(section.title, level: level)
    for block in section.blocks { self.block(block, level: level + 1) }
  }

  mutating func block(_ block: Block, level: Int) {
    switch block {
    case .paragraph(let content), .note(let content): paragraph(content)
    case .bullets(let items): bullets(items)
    case .definitions(let facts):
      for fact in facts { text += "- **\(Self.escape(fact.term))**: \(Self.escape(fact.value))\n" }
      text += "\n"
    case .table(let table): self.table(table)
    case .figure(let figure): self.figure(figure.caption, [figure.chart])
    case .figures(let figures, let caption): self.figure(caption, figures.map(\.chart))
    case .code(let code, _): self.code(code)
    case .gallery(let gallery): self.gallery(gallery)
    case .references(let references, let start):
      for (place, reference) in references.enumerated() {
        let address = Address.web(reference.url).map { " <\($0.replacing(">", with: "%3E"))>" }
        text += "\(start + place). \(Self.escape(reference.citation))\(address ?? "")\n"
      }
      text += "\n"
    case .section(let section): self.section(section, level: level)
    case .metric(_, let blocks): for block in blocks { self.block(block, level: level) }
    case .folded(let title, let blocks):
      heading(title, level: level)
      for block in blocks { self.block(block, level: level + 1) }
    }
  }

  private mutating func figure(_ caption: String, _ charts: [any Chart]) {
    figures += 1
    text += "**Figure \(figures).** \(Self.escape(caption)) "
    text += charts.map { "*\(Self.escape($0.summary))*" }.joined(separator: " ") + "\n\n"
  }

  /// A fence longer than any run of backticks inside.
  private mutating func code(_ code: String) {
    var (longest, run) = (0, 0)
    for character in code {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    text += "\(fence)\n\(code)\n\(fence)\n\n"
  }

  private mutating func gallery(_ gallery: ReportContent.Gallery) {
    bullets(
      gallery.items.map { item in
        let scores = item.scores.map { "\($0.term) \($0.value)" }.joined(separator: ", ")
        let mark = item.isContaminated ? " († contaminated)" : ""
        return "\(index.name(item.contender)), \(item.place.rawValue): \(item.caseID)\(mark) — "
          + scores
      })
  }

  private mutating func table(_ table: Table) {
    tables += 1
    text += "**Table \(tables).** \(Self.escape(table.caption))\n\n"
    let titles = table.columns.map { column in
      Self.escape(column.title) + (column.detail.map { " (\(Self.escape($0)))" } ?? "")
    }
    text += "| \(titles.joined(separator: " | ")) |\n"
    text += "|" + table.columns.map { $0.isNumeric ? " ---: |" : " --- |" }.joined() + "\n"
    for row in table.rows {
      text += "| \(row.map(write).joined(separator: " | ")) |\n"
    }
    text += "\n"
    if let note = table.note { paragraph(note) }
  }

  private func write(_ cell: Table.Cell) -> String {
    var text = Self.escape(cell.text)
    if let address = Address.web(cell.url) {
      text += " <\(address.replacing(">", with: "%3E").replacing("|", with: "%7C"))>"
    }
    if cell.isStrong { text = "**\(text)**" }
    if !cell.flags.isEmpty { text += " † *\(Self.escape(cell.flags.joined(separator: ", ")))*" }
    if let detail = cell.detail { text += "<br>\(Self.escape(detail))" }
    return text
  }
}
