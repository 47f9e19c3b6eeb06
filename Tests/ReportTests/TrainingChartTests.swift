// The course of a training: what it shows of few, many and strange epochs, and the page around it.

import Foundation
import Testing

@testable import Charts

@Suite struct TrainingChartTests {
  /// Epochs of a training that goes well, with some noise.
  private func chart(
    _ epochs: Int, of planned: Int = 50, classes: Int = 3, isSmoothed: Bool = true
  ) -> TrainingChart {
    var generator = SeededGenerator(seed: 5)
    var smoothed = 0.0
    return TrainingChart(
      title: "Course", classNames: (0..<classes).map { "class \($0)" },
      epochs: (0..<epochs).map { number in
        let learnt = 1 - exp(-Double(number) / 15)
        let dice = (0..<classes).map { place in
          let top = 0.9 - 0.6 * Double(place) / Double(max(classes, 2))
          return min(max(top * learnt + 0.03 * generator.normal(), 0), 1)
        }
        let mean = dice.reduce(0, +) / Double(max(classes, 1))
        smoothed = number == 0 ? mean : 0.9 * smoothed + 0.1 * mean
        return .init(
          number: number, rate: 0.01 * (1 - Double(number) / Double(planned)),
          loss: 0.2 - learnt + 0.02 * generator.normal(),
          validationLoss: 0.3 - learnt + 0.04 * generator.normal(), dice: dice,
          smoothedDice: isSmoothed ? smoothed : nil, seconds: 40)
      }, plannedEpochs: planned)
  }

  private func texts(_ chart: TrainingChart, frame: TrainingChart.Frame = .wide) throws -> [String]
  {
    try parse(chart.svg(id: "x", frame: frame)).all("text").map(\.text)
  }

  @Test func tableHoldsEveryValueOfEveryEpoch() throws {
    let chart = TrainingChart(
      title: "t", classNames: ["liver", "=1+1"],
      epochs: [
        .init(
          number: 0, rate: 0.01, loss: 0.5, validationLoss: nil, dice: [0.25, nil],
          smoothedDice: nil, seconds: 12.5),
        .init(
          number: 1, rate: 0.005, loss: .nan, validationLoss: -0.5, dice: [0.5, 1, 0.75],
          smoothedDice: 0.625, seconds: 12),
      ], plannedEpochs: 2)
    let rows = parseCSV(chart.csv())
    #expect(
      rows == [
        [
          "epochs done", "learning rate", "training loss", "validation loss", "mean Dice",
          "smoothed Dice", "seconds", "Dice: liver", "Dice: =1+1", "Dice: class 3",
        ],
        ["1", "0.01", "0.5", "", "0.25", "", "12.5", "0.25", "", ""],
        ["2", "0.005", "", "-0.5", "0.75", "0.625", "12", "0.5", "1", "0.75"],
      ])
  }

  @Test func summarySaysWhereItStands() {
    let chart = TrainingChart(
      title: "t", classNames: ["liver", "spleen"],
      epochs: [
        .init(number: 0, rate: 0.01, loss: 0.5, dice: [0.5, 0.75], seconds: 1),
        .init(
          number: 1, rate: 0.004, loss: -0.25, validationLoss: -0.125, dice: [0.25, nil],
          seconds: 1),
      ], plannedEpochs: 9)
    #expect(
      chart.summary == "2 of 9 epochs done. Loss: training −0.250, validation −0.125. "
        + "Pseudo-Dice, mean: 0.250, at its best 0.625 after 1 epoch. "
        + "By class: liver 0.250, spleen 0.750. Learning rate 0.004.")
    #expect(self.chart(0).summary == "No epoch is done yet.")
    #expect(self.chart(9, classes: 100).summary.contains("Best of 100 classes: class "))
  }

  @Test(arguments: [0, 1, 2, 50, 1000], [0, 1, 16, 100])
  func anyNumberOfEpochsAndClassesFits(epochs: Int, classes: Int) throws {
    let chart = chart(epochs, of: max(epochs, 50), classes: classes)
    for frame in [TrainingChart.Frame.wide, .narrow] {
      let svg = chart.svg(id: "x", frame: frame)
      #expect(svg.utf8.count < 150_000)
      #expect(!svg.contains("nan") && !svg.contains("inf"))
      let root = try parse(svg)
      let texts = root.all("text").map(\.text)
      for node in root.all("text") {
        let x = try #require(node.number("x"))
        let tip = node.children.first?.text ?? ""
        let length = TextMeasure.width(
          String(node.text.dropLast(tip.count)), size: node.number("font-size") ?? 13)
        let shares = ["middle": 0.5, "end": 1.0]
        let left = x - length * (shares[node.attributes["text-anchor"] ?? ""] ?? 0)
        #expect(left >= -1)
        #expect(left + length <= frame.width + 1)
      }
      let last = try #require(chart.epochs.last ?? (epochs == 0 ? self.chart(1).epochs.last : nil))
      #expect(texts.contains("no epoch is done yet") == (epochs == 0))
      #expect(texts.contains("\(max(epochs, 50))"), "the axis ends at the plan")
      if epochs > 0 {
        #expect(texts.contains(NumberText.fixed(last.loss, 3)))
        let named = texts.filter { $0.hasPrefix("class ") }.count
        #expect(named == (classes > TrainingChart.mostLines ? 0 : classes))
        #expect(texts.contains { $0.hasPrefix("worst:") } == (classes > TrainingChart.mostLines))
      }
    }
  }

  @Test func lateEpochsStandAtTheAxisEndAndEarlyOnesDoNot() throws {
    let frame = TrainingChart.Frame.wide
    func front(_ chart: TrainingChart) throws -> Double {
      try #require(parse(chart.svg(id: "x")).all("circle").compactMap { $0.number("cx") }.max())
    }
    #expect(try front(chart(50)) == frame.right)
    #expect(try abs(front(chart(25)) - (frame.left + frame.right) / 2) < 0.1)
    #expect(try front(chart(60)) == frame.right, "beyond the plan the axis grows")
  }

  @Test func oneHugeLossDoesNotFlattenTheRest() throws {
    let usual = chart(30)
    var epochs = usual.epochs
    epochs[0] = .init(
      number: 0, rate: 0.01, loss: 812, validationLoss: 640, dice: epochs[0].dice, seconds: 40)
    let strange = TrainingChart(
      title: "t", classNames: usual.classNames, epochs: epochs, plannedEpochs: 50)
    #expect(try #require(TrainingTraces(strange).heldLosses.max()) < 1)
    #expect(try texts(strange).contains("2 above the axis, up to 812"))
    #expect(TrainingTraces(usual).heldLosses.count == 60, "an ordinary start is shown whole")
    #expect(!(try texts(usual).contains { $0.contains("above the axis") }))
  }

  @Test func bestEpochIsTheFirstOfTheHighestSmoothedMeans() throws {
    let values = [0.1, 0.6, 0.4, 0.6, 0.5]
    let chart = TrainingChart(
      title: "t", classNames: ["a", "b"],
      epochs: values.enumerated().map { number, value in
        .init(
          number: number, rate: 1, loss: 0, dice: [Double(number) / 10, 0.2], smoothedDice: value,
          seconds: 1)
      }, plannedEpochs: 5)
    let best = try #require(TrainingTraces(chart).best)
    #expect(best.x == 2 && best.y == 0.6)
    #expect(try texts(chart).contains("◆ best 0.600 after 2 epochs"))
  }

  @Test func classesThatNeverScoredAreSaid() throws {
    let chart = TrainingChart(
      title: "t", classNames: ["liver", "cyst"],
      epochs: [.init(number: 0, rate: 1, loss: 0, dice: [0.5, nil], seconds: 1)], plannedEpochs: 5)
    #expect(try texts(chart).contains("No pseudo-Dice so far: cyst"))
  }

  @Test func highDiceIsSeenFromNear() {
    func axis(_ dice: [Double]) -> [Double] {
      TrainingTraces(
        TrainingChart(
          title: "t", classNames: ["a"],
          epochs: dice.enumerated().map {
            .init(number: $0, rate: 1, loss: 0, dice: [$1], seconds: 1)
          }, plannedEpochs: 9)
      ).heldDice
    }
    #expect(axis([0.1, 0.9]) == [0, 1])
    #expect(axis([0.9, 0.8]) == [0.8, 1])
    #expect(axis([0.99, 1]) == [0.95, 1])
    #expect(axis([]) == [0, 1])
  }

  @Test(arguments: [10, 400, 401, 5000])
  func thinningKeepsEndsPeaksAndOrder(count: Int) throws {
    var generator = SeededGenerator(seed: 3)
    let points = (0..<count).map { (x: Double($0) * 480 / Double(count), y: generator.normal()) }
    let kept = TrainingTraces.thinned(points)
    #expect(kept.count <= min(count, 400))
    #expect(kept.first?.x == points.first?.x && kept.last?.x == points.last?.x)
    #expect(kept.map(\.y).max() == points.map(\.y).max())
    #expect(kept.map(\.y).min() == points.map(\.y).min())
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x <= $1.x })
    #expect(kept.allSatisfy { one in points.contains { $0 == one } })
  }

  @Test(arguments: [1, 199, 200, 1000, 1037])
  func pointsOfClassesAreMeansOfWholeRuns(count: Int) throws {
    let chart = chart(count, of: 2000, classes: 2)
    let traces = TrainingTraces(chart)
    let length = traces.epochsPerPoint
    #expect(length == (count < 200 ? 1 : (count + 99) / 100))
    #expect(traces.classes[1].count == (count + length - 1) / length)
    for point in traces.classes[1].suffix(3) where Int(point.x) >= length {
      let run = chart.epochs[(Int(point.x) - length)..<Int(point.x)].compactMap { $0.dice[1] }
      #expect(abs(point.y - run.reduce(0, +) / Double(length)) < 1e-12)
    }
    #expect(traces.classes[1].last?.x == Double(count))
    #expect(zip(traces.lowest, traces.highest).allSatisfy { $0.x == $1.x && $0.y <= $1.y })
  }
}
