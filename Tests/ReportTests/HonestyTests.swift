// What a report must never do: run a text, hide a warning, mix groups, or show a score without its caveat.

import Testing

@testable import Report

@Suite struct HonestyTests {
  @Test func hostileTextsStayTexts() throws {
    let root = try parse(Sample.hostile.page)
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
    let root = try parse(Sample.empty.page)
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
    let sections = try parse(Sample.usual.page).all("section").compactMap { $0.attributes["id"] }
    #expect(sections.prefix(3) == ["findings", "warnings", "overview"])
  }

  /// Prompted and automatic results never share a ranking, a test or a summary.
  @Test func groupsKeepToThemselves() throws {
    let content = Sample.usual.content
    let root = try parse(Sample.usual.page)
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
    let root = try parse(Sample.usual.page)
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
}
