// How it was done, with what, and how to do it again.

import Charts

extension OutlineBuilder {
  func methods() -> Section? {
    let methods = content.methods
    var blocks: [Block] = []
    let defined = content.metrics.filter { !$0.definition.isEmpty }
    if !defined.isEmpty {
      let facts = defined.map { ReportContent.Fact(index.title($0), $0.definition) }
      blocks.append(
        .section(
          Section(id: "methods-metrics", title: "Metrics", blocks: [.definitions(facts)])))
    }
    let numbered = number(methods.paragraphs)
    for (place, paragraph) in methods.paragraphs.enumerated() {
      let marks = paragraph.references.compactMap { numbered.firstIndex(of: $0) }
        .map { "[\($0 + 1)]" }.joined(separator: " ")
      let text = marks.isEmpty ? paragraph.text : "\(paragraph.text) \(marks)"
      blocks.append(
        .section(
          Section(
            id: "methods-\(place + 1)", title: paragraph.title, blocks: [.paragraph(text)])))
    }
    if !methods.software.isEmpty {
      blocks.append(
        .section(
          Section(
            id: "methods-software", title: "Software", blocks: [.definitions(methods.software)])))
    }
    if let yaml = methods.protocolYAML {
      let digest = content.header.protocolDigest.map { [Block.note("SHA-256: \($0)")] } ?? []
      blocks.append(
        .section(
          Section(
            id: "methods-protocol", title: "Protocol",
            blocks: digest + [.folded("The whole protocol", [.code(yaml, label: "protocol.yaml")])])
        ))
    }
    if !numbered.isEmpty {
      blocks.append(
        .section(
          Section(
            id: "methods-references", title: "References",
            blocks: [.references(numbered, start: 1)])))
    }
    return Section(id: "methods", title: "Methods", blocks: blocks)
  }

  /// Each reference once, in the order of first mention.
  private func number(_ paragraphs: [ReportContent.Paragraph]) -> [ReportContent.Reference] {
    var references: [ReportContent.Reference] = []
    for reference in paragraphs.flatMap(\.references) where !references.contains(reference) {
      references.append(reference)
    }
    return references
  }

  func reproduction() -> Section? {
    guard let reproduction = content.reproduction else { return nil }
    var blocks: [Block] = []
    if let note = reproduction.note { blocks.append(.paragraph(note)) }
    if !reproduction.commands.isEmpty {
      blocks.append(.code(reproduction.commands.joined(separator: "\n"), label: "Shell"))
    }
    if !reproduction.citations.isEmpty {
      blocks.append(
        .section(
          Section(
            id: "reproduce-cite", title: "To cite",
            blocks: [.references(reproduction.citations, start: 1)])))
    }
    return Section(id: "reproduce", title: "Reproduce and cite", blocks: blocks)
  }
}
