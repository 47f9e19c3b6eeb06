// Pictures of the best, the median and the worst case of every contender.

import Charts
import Foundation

extension HTMLRenderer {
  func gallery(_ gallery: ReportContent.Gallery, level: Int, on page: inout HTMLWriter) {
    legend(gallery.legend, on: &page)
    var contenders: [String] = []
    for id in gallery.items.map(\.contender) where !contenders.contains(id) {
      contenders.append(id)
    }
    for id in contenders {
      let subject = index.subject(id, among: contenders)
      page.newline()
      page.open("div", ["class": "strip"])
      page.open("h\(min(level, 6))")
      page.raw(subject.style.swatch(isHollow: subject.flag != nil))
      page.write(subject.name)
      if let flag = subject.flag {
        page.write(" ")
        page.element("span", ["class": "flag"], "† \(flag)")
      }
      page.close("h\(min(level, 6))")
      page.open("div", ["class": "pictures"])
      for item in gallery.items where item.contender == id {
        picture(item, subject.name, on: &page)
      }
      page.close("div")
      page.close("div")
    }
  }

  private func legend(_ entries: [ReportContent.LegendEntry], on page: inout HTMLWriter) {
    guard !entries.isEmpty else { return }
    page.open("ul", ["class": "legend", "aria-label": "Colours of the pictures"])
    for entry in entries {
      let colour = "rgb(\(entry.red),\(entry.green),\(entry.blue))"
      page.open("li")
      page.open("svg", ["class": "line", "viewBox": "0 0 30 12", "aria-hidden": "true"])
      page.void(
        "rect",
        [
          "x": "1.5", "y": "1.5", "width": "27", "height": "9", "stroke": colour,
          "stroke-width": "2.5",
          "fill": entry.stroke == .filled ? colour : "none",
          "fill-opacity": entry.stroke == .filled ? "0.5" : nil,
          "stroke-dasharray": entry.stroke == .dashed ? "5 3" : nil,
        ])
      page.close("svg")
      page.write(entry.text)
      page.close("li")
    }
    page.close("ul")
  }

  private func picture(
    _ item: ReportContent.Picture, _ name: String, on page: inout HTMLWriter
  ) {
    let scores = item.scores.map { "\($0.term) \($0.value)" }.joined(separator: ", ")
    let place = item.place.rawValue.prefix(1).uppercased() + item.place.rawValue.dropFirst()
    page.open("figure")
    page.void(
      "img",
      [
        "src": "data:image/\(item.format.rawValue);base64,\(item.bytes.base64EncodedString())",
        "alt": "\(item.place.rawValue) case of \(name): \(item.caseID), prediction over reference. "
          + scores,
        "width": item.width.map { "\($0)" }, "height": item.height.map { "\($0)" },
        "loading": "lazy",
      ])
    page.open("figcaption")
    page.element("strong", [:], "\(place). ")
    page.write("\(item.caseID)")
    if item.isContaminated {
      page.write(" ")
      page.element("span", ["class": "flag"], "† contaminated")
    }
    page.element("small", [:], scores)
    page.close("figcaption")
    page.close("figure")
  }
}
