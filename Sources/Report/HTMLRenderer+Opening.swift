// What a reader meets first: title, facts, findings and warnings, and the way through the page.

import Charts

extension HTMLRenderer {
  func header(on page: inout HTMLWriter) {
    let header = index.content.header
    page.open("header", ["class": "top"])
    page.element("p", ["class": "kicker"], "Vesalius · comparison of segmentation models")
    page.element("h1", [:], header.title)
    page.open("dl", ["class": "facts"])
    var facts = [
      ReportContent.Fact("Dataset", header.dataset), .init("Date", header.date),
      .init("Cases", "\(header.cases)"),
    ]
    if let patients = header.patients { facts.append(.init("Patients", "\(patients)")) }
    if !header.labels.isEmpty {
      let shown = header.labels.prefix(8).joined(separator: ", ")
      let more = header.labels.count > 8 ? " and \(header.labels.count - 8) more" : ""
      facts.append(
        .init(header.labels.count == 1 ? "Label" : "Labels (\(header.labels.count))", shown + more))
    }
    facts += header.facts
    facts.append(.init("Vesalius", header.version))
    if let digest = header.protocolDigest {
      facts.append(.init("Protocol", "\(digest.prefix(16))"))
    }
    if let seed = header.seed { facts.append(.init("Seed", "\(seed)")) }
    for fact in facts {
      page.open("div")
      page.element("dt", [:], fact.term)
      page.element("dd", [:], fact.value)
      page.close("div")
    }
    page.close("dl")
    page.close("header")
    page.newline()
  }

  /// The sections, and those of them that hold the groups; the choice of the metric appears with scripts.
  func navigation(_ sections: [Section], on page: inout HTMLWriter) {
    page.open("nav", ["aria-label": "Contents"])
    page.element("p", ["class": "kicker"], "Contents")
    page.open("ol")
    if hasFindings { entry("findings", "Findings", on: &page) }
    if !index.content.warnings.isEmpty { entry("warnings", "Warnings", on: &page) }
    for section in sections { entry(section.id, section.title, on: &page) }
    page.close("ol")
    if index.content.metrics.count > 1 { chooser(on: &page) }
    page.close("nav")
    page.newline()
  }

  private var hasFindings: Bool { !index.content.findings.isEmpty }

  private func entry(_ id: String, _ title: String, on page: inout HTMLWriter) {
    page.open("li")
    page.element("a", ["href": "#\(id)"], title)
    page.close("li")
  }

  private func chooser(on page: inout HTMLWriter) {
    page.open("fieldset", ["id": "metric-choice", "hidden": "hidden"])
    page.element("legend", ["class": "kicker"], "Metric shown")
    let choices =
      index.orderedMetrics.map { ($0.id, index.title($0)) } + [("", "All metrics")]
    for (place, choice) in choices.enumerated() {
      page.open("label")
      page.void(
        "input",
        [
          "type": "radio", "name": "metric", "value": choice.0,
          "checked": place == 0 ? "checked" : nil,
        ])
      page.write(" \(choice.1)")
      page.close("label")
    }
    page.element("small", [:], "Tables and figures are numbered over all metrics.")
    page.close("fieldset")
  }

  func opening(on page: inout HTMLWriter) {
    if hasFindings {
      page.open("section", ["id": "findings", "aria-labelledby": "findings-title"])
      page.element("h2", ["id": "findings-title"], "Findings")
      for finding in index.content.findings { self.finding(finding, on: &page) }
      page.close("section")
    }
    guard !index.content.warnings.isEmpty else { return }
    page.open("section", ["id": "warnings", "aria-labelledby": "warnings-title"])
    page.element("h2", ["id": "warnings-title"], "Read this before trusting a number")
    page.open("ul")
    for warning in index.content.warnings {
      page.open("li")
      page.element("strong", [:], warning.kind.title)
      page.write(" \(warning.text)")
      items(warning.items, on: &page)
      page.close("li")
    }
    page.close("ul")
    page.close("section")
  }

  /// The name of the group that a finding begins with stands out.
  private func finding(_ text: String, on page: inout HTMLWriter) {
    page.open("p")
    let lead = index.content.groups.map { "\($0.title):" }.first { text.hasPrefix("\($0) ") }
    if let lead { page.element("strong", [:], lead) }
    page.write(String(text.dropFirst(lead?.count ?? 0)))
    page.close("p")
  }

  private func items(_ items: [String], on page: inout HTMLWriter) {
    guard !items.isEmpty else { return }
    guard items.count > 6 else {
      page.element("small", [:], items.joined(separator: " · "))
      return
    }
    page.open("details")
    page.element("summary", [:], "\(items.count) affected")
    page.element("small", [:], items.joined(separator: " · "))
    page.close("details")
  }
}

extension ReportContent.Warning.Kind {
  var title: String {
    switch self {
    case .contamination: "Contamination."
    case .power: "Few cases."
    case .failedCases: "Failed cases."
    case .nearDuplicates: "Near-duplicates."
    case .untrainedWeights: "Untrained weights."
    case .other: "Note."
    }
  }
}
