// The page of a running training: well-formed, alone, without scripts, and awake only while it should be.

import Testing

@testable import Charts

@Suite struct TrainingPageTests {
  private func page(_ chart: TrainingChart, text: String = "Liver", refreshes: Bool = true)
    -> String
  {
    TrainingPage(
      title: text, chart: chart, facts: [(name: text, value: text), (name: "seed", value: "1")],
      status: text, refreshes: refreshes
    ).html()
  }

  private var chart: TrainingChart {
    TrainingChart(
      title: "t", classNames: ["a"],
      epochs: [.init(number: 11, rate: 0.1, loss: 0, dice: [0.5], seconds: 1)], plannedEpochs: 48)
  }

  @Test(arguments: Condition.allCases)
  func pagesAreWellFormedWithDistinctIds(_ condition: Condition) throws {
    for case let chart as TrainingChart in condition.charts {
      let root = try parse(page(chart))
      let ids = root.all("*").compactMap { $0.attributes["id"] }
      #expect(ids.count == 4 && Set(ids).count == 4)
    }
  }

  @Test(arguments: Hostile.texts)
  func textsStayTexts(_ text: String) throws {
    let chart = TrainingChart(
      title: text, classNames: [text, "b"],
      epochs: [.init(number: 0, rate: 1, loss: 0, dice: [0.5, nil], seconds: 1)], plannedEpochs: 2)
    let root = try parse(page(chart, text: text))
    let names = Set(root.all("*").map(\.name))
    #expect(names.isDisjoint(with: ["script", "img", "a", "iframe"]))
    let plain = try parse(page(chart, text: "plain"))
    #expect(root.all("*").map(\.name) == plain.all("*").map(\.name))
    for node in root.all("*") {
      #expect(node.attributes.keys.allSatisfy { !$0.hasPrefix("on") })
    }
  }

  @Test func readsItselfAgainOnlyWhileTheTrainingGoesOn() throws {
    let going = try parse(page(chart)).all("meta").filter {
      $0.attributes["http-equiv"] == "refresh"
    }
    #expect(going.first?.attributes["content"] == "30" && going.count == 1)
    #expect(!page(chart, refreshes: false).contains("http-equiv=\"refresh\""))
  }

  @Test func needsNothingFromOutside() {
    let html = page(chart)
    #expect(!html.contains("src=") && !html.contains("url(") && !html.contains("@import"))
    #expect(html.contains("default-src 'none'"))
  }

  @Test func showsHowMuchIsDone() {
    #expect(page(chart).contains("style=\"width:25%\""))
    let endless = TrainingChart(title: "t", classNames: [], epochs: [], plannedEpochs: 0)
    #expect(page(endless).contains("style=\"width:0%\""))
  }

  @Test func aThousandEpochsOfManyClassesStaySmall() {
    var generator = SeededGenerator(seed: 8)
    let chart = TrainingChart(
      title: "t", classNames: (0..<16).map { "class \($0)" },
      epochs: (0..<1000).map { number in
        .init(
          number: number, rate: 0.01, loss: generator.normal(), validationLoss: generator.normal(),
          dice: (0..<16).map { _ in generator.uniform() }, smoothedDice: generator.uniform(),
          seconds: 1)
      }, plannedEpochs: 1000)
    #expect(page(chart).utf8.count < 300_000)
  }
}
