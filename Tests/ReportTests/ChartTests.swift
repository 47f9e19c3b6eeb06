// Every chart under every condition: well-formed, inside its frame, legible, honest and repeatable.

import Foundation
import Testing

@testable import Charts

@Suite struct ChartTests {
  @Test(arguments: Condition.allCases)
  func picturesAreWellFormedAndNamed(_ condition: Condition) throws {
    for chart in condition.charts {
      let root = try parse(chart.svg(id: "figure-1"))
      #expect(root.attributes["role"] == "img")
      let ids = Set(root.all("*").compactMap { $0.attributes["id"] })
      #expect(ids.contains(root.attributes["aria-labelledby"] ?? "?"))
      #expect(ids.contains(root.attributes["aria-describedby"] ?? "?"))
      #expect(root.children.first?.name == "title")
      #expect(Set(root.all("*").map(\.name)).isSubset(of: elements))
      _ = try parse(chart.standaloneSVG())
      #expect(chart.standaloneSVG().contains("<style>"))
    }
  }

  private let elements: Set = ["title", "desc", "g", "path", "rect", "circle", "text"]

  @Test(arguments: Condition.allCases)
  func everythingLiesWithinTheViewBox(_ condition: Condition) throws {
    for chart in condition.charts {
      let root = try parse(chart.svg(id: "x"))
      let box = try #require(root.attributes["viewBox"]).split(separator: " ").compactMap {
        Double($0)
      }
      #expect(box.count == 4 && box[3] > 40 && box[3] < 3000)
      for node in root.all("*") {
        for (x, y) in try points(node) {
          #expect(x.isFinite && x >= 0 && x <= box[2], "\(type(of: chart)) \(node.attributes)")
          #expect(y.isFinite && y >= 0 && y <= box[3], "\(type(of: chart)) \(node.attributes)")
        }
      }
    }
  }

  @Test(arguments: Condition.allCases)
  func labelsLieWithinTheViewBoxAndApart(_ condition: Condition) throws {
    for chart in condition.charts {
      let root = try parse(chart.svg(id: "x"))
      let width = try #require(
        root.attributes["viewBox"]?.split(separator: " ").compactMap {
          Double($0)
        }.dropFirst(2).first)
      var boxes: [(left: Double, right: Double, y: Double, text: String)] = []
      for node in root.all("text") {
        let x = try #require(node.number("x"))
        let y = try #require(node.number("y"))
        let tip = node.children.first?.text ?? ""
        let text = String(node.text.dropLast(tip.count))
        let length = TextMeasure.width(text, size: node.number("font-size") ?? 13)
        let shares = ["middle": 0.5, "end": 1.0]
        let share = shares[node.attributes["text-anchor"] ?? ""] ?? 0
        let (left, right) = (x - length * share, x + length * (1 - share))
        #expect(left >= -1 && right <= width + 1, "\(type(of: chart)): \(text)")
        let other = boxes.first { $0.left < right && left < $0.right && abs($0.y - y) < 8 }
        #expect(other == nil, "\(type(of: chart)): “\(text)” lies on “\(other?.text ?? "")”")
        boxes.append((left, right, y, text))
      }
    }
  }

  private func points(_ node: Node) throws -> [(Double, Double)] {
    switch node.name {
    case "path":
      let numbers = try #require(node.attributes["d"])
        .split { "MLZh ".contains($0) }.compactMap { Double($0) }
      let d = node.attributes["d"] ?? ""
      // Dots are written "Mx yh0": three numbers each.
      let step = d.contains("h") ? 3 : 2
      return stride(from: 0, to: numbers.count - 1, by: step).map { (numbers[$0], numbers[$0 + 1]) }
    case "rect":
      let x = try #require(node.number("x"))
      let y = try #require(node.number("y"))
      let width = try #require(node.number("width"))
      let height = try #require(node.number("height"))
      return [(x, y), (x + width, y + height)]
    case "circle":
      let r = try #require(node.number("r"))
      let x = try #require(node.number("cx"))
      let y = try #require(node.number("cy"))
      return [(x - r, y - r), (x + r, y + r)]
    case "text": return [(try #require(node.number("x")), try #require(node.number("y")))]
    default: return []
    }
  }

  @Test(arguments: Condition.allCases)
  func sameValuesGiveTheSameBytes(_ condition: Condition) {
    for (one, other) in zip(condition.charts, condition.makeCharts()) {
      #expect(one.svg(id: "a") == other.svg(id: "a"))
      #expect(one.csv() == other.csv())
    }
  }

  @Test(arguments: Condition.allCases)
  func dataAreRectangular(_ condition: Condition) {
    for chart in condition.charts {
      let rows = parseCSV(chart.csv())
      #expect(Set(rows.map(\.count)).count == 1)
      #expect(!chart.summary.contains("nan") && !chart.summary.contains("inf"))
    }
  }

  @Test func flaggedContendersAreMarkedInEveryChart() throws {
    for chart in Condition.usual.charts
    where !(chart is ReliabilityDiagram || chart is TrainingChart) {
      let texts = try parse(chart.svg(id: "x")).all("text").map(\.text)
      #expect(texts.contains { $0.hasPrefix("† ") }, "\(type(of: chart))")
      #expect(texts.contains { $0.contains("contaminated") }, "\(type(of: chart))")
    }
  }

  @Test func stylesAreStableAndDistinct() {
    let names = (0..<56).map { "model \($0)" }
    let styles = SeriesStyle.assign(names + names)
    #expect(styles.count == 56)
    #expect(styles["model 3"] == SeriesStyle(3))
    #expect(Set(names.compactMap { styles[$0]?.swatch() }).count == 56)
  }
}
