// Tables that are read by row and column headings, sorted by clicks, and scrolled on narrow screens.

import Charts

extension HTMLRenderer {
  mutating func table(_ table: Table, on page: inout HTMLWriter) {
    page.newline()
    page.open("div", ["class": "table", "id": "\(table.id)-table"])
    page.open(
      "div",
      [
        "class": table.isWide ? "scroll wide" : "scroll", "tabindex": "0", "role": "group",
        "aria-label": table.caption,
      ])
    page.open("table", ["class": "sortable"])
    page.open("caption")
    page.open("span")
    page.element("strong", [:], "Table \(nextTable()). ")
    page.write(table.caption)
    page.close("span")
    page.close("caption")
    head(table, on: &page)
    page.open("tbody")
    for row in table.rows {
      page.newline()
      page.open("tr")
      for (place, cell) in row.enumerated() {
        self.cell(
          cell, isHeading: place == 0,
          isNumeric: place < table.columns.count && table.columns[place].isNumeric, on: &page)
      }
      page.close("tr")
    }
    page.close("tbody")
    page.close("table")
    page.close("div")
    page.open("p", ["class": "note"])
    if let note = table.note { page.write("\(note) ") }
    page.open("span", ["class": "downloads"])
    page.element(
      "a",
      [
        "download": "\(table.id).csv", "href": Address.data(table.csv, type: "text/csv"),
        "aria-label": "The table “\(table.caption)” as CSV",
      ], "Table (CSV)")
    page.close("span")
    page.close("p")
    page.close("div")
  }

  private func head(_ table: Table, on page: inout HTMLWriter) {
    page.open("thead")
    page.open("tr")
    for column in table.columns {
      page.open("th", ["scope": "col", "class": column.isNumeric ? "n" : nil])
      page.element("span", [:], column.title)
      if let detail = column.detail { page.element("small", [:], detail) }
      page.close("th")
    }
    page.close("tr")
    page.close("thead")
  }

  /// What the script sorts by, where it is not the number that the cell prints.
  private func sortKey(_ cell: Table.Cell) -> String? {
    guard let value = cell.value else { return nil }
    let isPrinted = cell.text.unicodeScalars.allSatisfy {
      ("0"..."9").contains($0) || $0 == "." || $0 == "−"
    }
    return isPrinted && cell.detail == nil && cell.flags.isEmpty ? nil : "\(value)"
  }

  /// Names stay in one line; what a contender was given gets room beneath.
  private func width(of cell: Table.Cell) -> String? {
    guard cell.swatch != nil else { return nil }
    return cell.detail.map(\.count) ?? 0 > 30 ? "who long" : "who"
  }

  private func cell(
    _ cell: Table.Cell, isHeading: Bool, isNumeric: Bool, on page: inout HTMLWriter
  ) {
    let element = isHeading ? "th" : "td"
    page.open(
      element,
      [
        "scope": isHeading ? "row" : nil,
        "class": isNumeric ? "n" : width(of: cell),
        "data-v": isNumeric ? sortKey(cell) : nil,
      ])
    if let swatch = cell.swatch { page.raw(swatch.swatch(isHollow: !cell.flags.isEmpty)) }
    if let address = Address.web(cell.url) {
      page.element("a", ["href": address, "rel": "noopener noreferrer"], cell.text)
    } else if cell.isStrong {
      page.element("strong", [:], cell.text)
    } else {
      page.write(cell.text)
    }
    if !cell.flags.isEmpty {
      page.write(" ")
      page.element("span", ["class": "flag"], "† \(cell.flags.joined(separator: ", "))")
    }
    if let detail = cell.detail { page.element("small", [:], detail) }
    page.close(element)
  }
}
