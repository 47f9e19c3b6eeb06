// Writes the outline as HTML, and numbers tables and figures on the way.

import Charts

/// Keeps count while the page is written from top to bottom.
struct HTMLRenderer {
  let index: ReportIndex
  private var tables = 0
  private var figures = 0

  init(_ index: ReportIndex) { self.index = index }

  mutating func nextTable() -> Int {
    tables += 1
    return tables
  }

  mutating func nextFigure() -> Int {
    figures += 1
    return figures
  }

  mutating func section(_ section: Section, level: Int, on page: inout HTMLWriter) {
    let heading = "h\(min(level, 6))"
    page.newline()
    page.open("section", ["id": section.id, "aria-labelledby": "\(section.id)-title"])
    page.element(heading, ["id": "\(section.id)-title"], section.title)
    for block in section.blocks { self.block(block, level: level + 1, on: &page) }
    page.close("section")
  }

  mutating func block(_ block: Block, level: Int, on page: inout HTMLWriter) {
    switch block {
    case .paragraph(let text): page.element("p", [:], text)
    case .note(let text): page.element("p", ["class": "note"], text)
    case .bullets(let items):
      page.open("ul")
      for item in items { page.element("li", [:], item) }
      page.close("ul")
    case .definitions(let facts): definitions(facts, on: &page)
    case .table(let table): self.table(table, on: &page)
    case .figure(let figure): self.figure(figure, on: &page)
    case .figures(let figures, let caption): multiples(figures, caption: caption, on: &page)
    case .code(let code, let label):
      page.open("pre", ["tabindex": "0", "role": "region", "aria-label": label])
      page.element("code", [:], code)
      page.close("pre")
    case .gallery(let gallery): self.gallery(gallery, level: level, on: &page)
    case .references(let references, let start):
      self.references(references, start: start, on: &page)
    case .section(let section): self.section(section, level: level, on: &page)
    case .metric(let id, let blocks):
      page.open("div", ["class": "panel", "data-metric": id])
      for block in blocks { self.block(block, level: level, on: &page) }
      page.close("div")
    case .folded(let title, let blocks):
      page.open("details")
      page.element("summary", [:], title)
      for block in blocks { self.block(block, level: level, on: &page) }
      page.close("details")
    }
  }

  func definitions(_ facts: [ReportContent.Fact], on page: inout HTMLWriter) {
    page.open("dl")
    for fact in facts {
      page.open("div")
      page.element("dt", [:], fact.term)
      page.element("dd", [:], fact.value)
      page.close("div")
    }
    page.close("dl")
  }

  private func references(
    _ references: [ReportContent.Reference], start: Int, on page: inout HTMLWriter
  ) {
    page.open("ol", ["class": "references", "start": "\(start)"])
    for reference in references {
      page.open("li")
      page.write(reference.citation)
      if let address = Address.web(reference.url) {
        page.write(" ")
        page.element("a", ["href": address, "rel": "noopener noreferrer"], address)
      } else if let url = reference.url {
        page.write(" \(url)")
      }
      page.close("li")
    }
    page.close("ol")
  }

  mutating func figure(_ figure: Figure, on page: inout HTMLWriter) {
    page.newline()
    page.open("figure", ["id": figure.id])
    picture(figure, on: &page)
    page.open("figcaption")
    page.element("strong", [:], "Figure \(nextFigure()). ")
    page.write(figure.caption)
    downloads(figure, on: &page)
    page.close("figcaption")
    page.close("figure")
  }

  private mutating func multiples(
    _ figures: [Figure], caption: String, on page: inout HTMLWriter
  ) {
    page.newline()
    page.open("figure")
    page.open("div", ["class": "multiples"])
    for figure in figures {
      page.open("div", ["id": figure.id])
      picture(figure, on: &page)
      page.open("p", ["class": "note"])
      downloads(figure, on: &page)
      page.close("p")
      page.close("div")
    }
    page.close("div")
    page.open("figcaption")
    page.element("strong", [:], "Figure \(nextFigure()). ")
    page.write(caption)
    page.close("figcaption")
    page.close("figure")
  }

  /// Narrow screens scroll the picture instead of shrinking its type.
  private func picture(_ figure: Figure, on page: inout HTMLWriter) {
    page.open(
      "div",
      [
        "class": "scroll", "tabindex": "0", "role": "group", "aria-label": figure.chart.title,
      ])
    page.raw(figure.chart.svg(id: "\(figure.id)-svg"))
    page.close("div")
  }

  /// The picture is already in the page, so that a script makes its file instead of a second copy.
  private func downloads(_ figure: Figure, on page: inout HTMLWriter) {
    page.write(" ")
    page.open("span", ["class": "downloads"])
    page.element(
      "a",
      [
        "download": "\(figure.id).csv", "href": Address.data(figure.chart.csv(), type: "text/csv"),
        "aria-label": "Data of the figure “\(figure.chart.title)” as CSV",
      ], "Data (CSV)")
    page.element(
      "button",
      [
        "type": "button", "class": "svg", "hidden": "hidden", "data-figure": "\(figure.id)",
        "aria-label": "The figure “\(figure.chart.title)” as SVG",
      ], "Figure (SVG)")
    page.close("span")
  }
}
