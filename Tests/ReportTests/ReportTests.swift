// The page as a whole: well-formed, self-contained, accessible, honest, and the same every time.

import Charts
import Foundation
import Testing

@testable import Report

/// Contents that a report must survive.
enum Sample: String, CaseIterable, CustomTestStringConvertible {
  case usual
  case empty
  case oneCase
  case hostile
  case broken

  var testDescription: String { rawValue }

  var content: ReportContent {
    switch self {
    case .usual: return Self.usualContent
    case .empty:
      return ReportContent(
        header: .init(title: "Nothing", dataset: "none", date: "2026", version: "0", cases: 0))
    case .oneCase: return Self.oneCaseContent
    case .hostile: return Self.hostileContent
    case .broken: return Self.brokenContent
    }
  }

  /// Written once for all tests.
  var page: String { Self.pages[self] ?? "" }

  private static let pages = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, HTMLReport($0.content).html()) })

  private static let oneCaseContent = SampleContent(cases: 1, contenders: 1).content()

  /// Ids that nobody declared, rows of wrong lengths, numbers that are none.
  private static let brokenContent: ReportContent = {
    var content = SampleContent(cases: 6, contenders: 2).content()
    content.cases.removeLast()
    content.groups[0].contenders += ["nobody", content.groups[0].contenders[0]]
    content.groups[0].results[0].metric = "unknown"
    content.groups[1].results[0].rankings[0] = .init(
      method: .meanThenRank, models: ["nobody", "point/medsam"], values: [], ranks: [1])
    content.groups[1].results[0].stability[0] = .init(
      method: .testBased, models: ["nobody", "x"], resamples: 0, frequencies: [[]], tauMean: .nan,
      tauLow: nil, tauHigh: nil)
    content.scores[0].values = [.nan, .infinity]
    content.scores[1].failures = [.init(caseIndex: 99, reason: "beyond")]
    content.primaryMetric = "unknown too"
    content.contenders.append(content.contenders[0])
    return content
  }()

  private static let usualContent = SampleContent(cases: 12, contenders: 3).content()

  /// Every text of a user is one of the hostile ones.
  private static let hostileContent = SampleContent(cases: 5, contenders: 3) { text in
    let place = text.utf8.reduce(0) { ($0 * 31 + Int($1)) % 9973 } % Hostile.texts.count
    return Hostile.texts[place] + (text == "u-net" ? " u-net" : "")
  }.content()
}

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

  @Test func hostileTextsStayTexts() throws {
    let root = try page(.hostile)
    let text = root.text
    #expect(text.contains("<script>alert(1)</script>"))
    #expect(text.contains("\"><img src=x onerror=alert(1)>"))
    #expect(root.all("img").allSatisfy { $0.attributes["src"]?.hasPrefix("data:") == true })
    #expect(!Sample.hostile.page.contains("\u{202E}"))
  }

  @Test func addressesThatAreNoPagesAreNotLinked() throws {
    var content = Sample.usual.content
    content.reproduction?.citations = [.init("Evil", url: "javascript:alert(1)")]
    content.published[0].source = .init("Evil", url: "data:text/html,<script>alert(1)</script>")
    let links = try parse(HTMLReport(content).html()).all("a").compactMap { $0.attributes["href"] }
    #expect(links.allSatisfy { !$0.hasPrefix("javascript") && !$0.hasPrefix("data:text/html") })
  }

  @Test func sectionsWithoutDataAreLeftOut() throws {
    let root = try page(.empty)
    #expect(root.all("section").isEmpty && root.all("table").isEmpty && root.all("figure").isEmpty)
    var content = Sample.usual.content
    content.effort = []
    content.costs = nil
    content.gallery = .init(items: [])
    let ids = try parse(HTMLReport(content).html()).all("section").compactMap {
      $0.attributes["id"]
    }
    #expect(Set(ids).isDisjoint(with: ["effort", "costs", "gallery"]))
    #expect(Set(ids).isSuperset(of: ["findings", "warnings", "group-1", "calibration", "cases"]))
  }

  @Test func warningsComeBeforeEveryNumberOfAMetric() throws {
    let sections = try page(.usual).all("section").compactMap { $0.attributes["id"] }
    #expect(sections.prefix(3) == ["findings", "warnings", "overview"])
  }

  /// Prompted and automatic results never share a ranking, a test or a summary.
  @Test func groupsKeepToThemselves() throws {
    let content = Sample.usual.content
    let root = try page(.usual)
    for (place, group) in content.groups.enumerated() {
      let section = try #require(
        root.all("section").first { $0.attributes["id"] == "group-\(place + 1)" })
      let members = Set(
        group.contenders.compactMap { id in
          content.contenders.first { $0.id == id }?.name
        })
      let others = Set(content.contenders.map(\.name)).subtracting(members)
      for row in section.all("tbody").flatMap({ $0.all("tr") }) {
        let name = row.children.first?.text ?? ""
        #expect(members.contains { name.hasPrefix($0) }, "\(name)")
        #expect(!others.contains { name.hasPrefix($0) }, "\(name)")
      }
      for chart in section.all("desc") {
        #expect(!others.contains { chart.text.contains("\($0):") }, "\(chart.text)")
      }
    }
  }

  @Test func contaminatedScoresAreMarkedInEveryTableAndChart() throws {
    let root = try page(.usual)
    var count = 0
    for cell in root.all("tbody").flatMap({ $0.all("*") })
    where cell.name == "th" || cell.name == "td" {
      guard cell.text.hasPrefix("u-net") else { continue }
      #expect(cell.text.contains("† contaminated"))
      count += 1
    }
    #expect(count > 20)
    for head in root.all("thead").flatMap({ $0.all("th") }) where head.text.hasPrefix("u-net") {
      #expect(head.text.contains("† contaminated"))
    }
    for chart in root.all("svg") {
      let texts = chart.all("text").map(\.text)
      guard texts.contains(where: { $0.contains("u-net") }) else { continue }
      #expect(texts.contains("† u-net"))
      #expect(texts.contains { $0.contains("contaminated") })
    }
    for group in root.all("h3") where group.text.hasPrefix("u-net") {
      #expect(group.text.contains("† contaminated"))
    }
    let csv = ReportFiles(Sample.usual.content).tables().first { $0.name == "contenders.csv" }
    #expect(csv?.text.contains("contaminated") == true)
  }

  @Test func casesWithoutAnswersAreToldWithTheirReason() throws {
    let content = SampleContent(cases: 8, contenders: 5).content()
    let cells = try parse(HTMLReport(content).html()).all("td").map(\.text)
    #expect(cells.contains { $0.contains("(failed)") && $0.contains("no voxel above") })
    #expect(cells.contains { $0.hasPrefix("failed") && $0.contains("no voxel above") })
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
