// The page as a whole: well-formed, self-contained, accessible, and the same every time.

import Foundation
import Testing

@testable import Report

@Suite struct PageTests {
  private func page(_ sample: Sample) throws -> Node {
    try parse(sample.page)
  }

  @Test(arguments: Sample.allCases)
  func pageIsWellFormedAndSelfContained(_ sample: Sample) throws {
    let root = try page(sample)
    for node in root.all("*") {
      if let source = node.attributes["src"] {
        #expect(node.name == "img" && source.hasPrefix("data:image/"))
      }
      if let address = node.attributes["href"] {
        let isInside = address.hasPrefix("#") || address.hasPrefix("data:")
        let isLink = node.name == "a" && Address.web(address) != nil
        #expect(isInside || isLink, "\(node.name) \(address)")
      }
      for name in node.attributes.keys { #expect(!name.hasPrefix("on"), "\(name)") }
    }
    let names = Set(root.all("*").map(\.name))
    #expect(
      names.isDisjoint(with: ["iframe", "object", "embed", "form", "base", "audio", "video"]))
    #expect(root.all("script").count == 1)
    #expect(
      root.all("style").allSatisfy { !$0.text.contains("url(") && !$0.text.contains("@import") })
    let policy = root.all("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
    #expect(policy?.attributes["content"]?.hasPrefix("default-src 'none'") == true)
  }

  @Test(arguments: Sample.allCases)
  func sameContentGivesTheSameBytes(_ sample: Sample) {
    #expect(HTMLReport(sample.content).html() == sample.page)
    #expect(
      MarkdownReport(sample.content).markdown() == MarkdownReport(sample.content).markdown())
  }

  @Test(arguments: Sample.allCases)
  func idsAreUniqueAndLinksLeadSomewhere(_ sample: Sample) throws {
    let nodes = try page(sample).all("*")
    let ids = nodes.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for node in nodes {
      for name in ["aria-labelledby", "aria-describedby", "data-figure"] {
        if let target = node.attributes[name] { #expect(ids.contains(target), "\(target)") }
      }
      if let address = node.attributes["href"], address.hasPrefix("#") {
        #expect(ids.contains(String(address.dropFirst())))
      }
    }
  }

  @Test(arguments: Sample.allCases)
  func tablesFiguresAndHeadingsSpeakToScreenReaders(_ sample: Sample) throws {
    let root = try page(sample)
    #expect(root.attributes["lang"] == "en")
    #expect(root.all("main").count == 1 && root.all("h1").count == 1 && root.all("nav").count == 1)
    for table in root.all("table") {
      #expect(table.children.first?.name == "caption")
      #expect(table.all("thead").count == 1)
      #expect(
        table.all("thead").flatMap { $0.all("th") }.allSatisfy { $0.attributes["scope"] == "col" })
      for row in table.all("tbody").flatMap({ $0.all("tr") }) {
        #expect(row.children.first?.name == "th")
        #expect(row.children.first?.attributes["scope"] == "row")
        #expect(row.children.count == table.all("thead").first?.all("th").count)
      }
    }
    for picture in root.all("svg") {
      let isNamed = picture.attributes["role"] == "img" && !picture.all("desc").isEmpty
      #expect(isNamed || picture.attributes["aria-hidden"] == "true")
    }
    #expect(root.all("img").allSatisfy { $0.attributes["alt"]?.isEmpty == false })
    var level = 1
    for heading in root.all("*").filter({ $0.name.count == 2 && $0.name.hasPrefix("h") }) {
      guard let next = heading.name.last?.wholeNumberValue else { continue }
      #expect(next <= level + 1, "\(heading.name) \(heading.text)")
      level = next
    }
    #expect(root.all("a").first?.attributes["href"] == "#content")
  }

  @Test func largeStudiesStaySmall() {
    let content = SampleContent(cases: 100, contenders: 3).content()
    let bytes = HTMLReport(content).html().utf8.count
    let pictures = content.gallery?.items.reduce(0) { $0 + $1.bytes.count * 4 / 3 } ?? 0
    // 100 cases × 9 contenders × 3 metrics: some 300 bytes a score with all tables, charts and CSV.
    #expect(bytes - pictures < 2700 * 300, "\(bytes - pictures)")
  }

  @Test func contentSurvivesStorage() throws {
    let content = Sample.usual.content
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(content)
    #expect(try JSONDecoder().decode(ReportContent.self, from: data) == content)
  }
}
