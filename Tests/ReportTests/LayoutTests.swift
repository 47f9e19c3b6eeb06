// Scales, quantiles, densities and the places of labels.

import Foundation
import Testing

@testable import Charts

@Suite struct ScaleTests {
  @Test func linearScalesHoldTheirValues() {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<500 {
      let size = pow(10, Double(generator.next() % 16) - 8)
      let centre = (generator.uniform() - 0.5) * size * 20
      let values = (0..<Int(1 + generator.next() % 6)).map { _ in centre + generator.normal() * size
      }
      let scale = Scale.linear(values, from: 100, to: 600)
      #expect(values.allSatisfy { $0 >= scale.low - size * 1e-6 && $0 <= scale.high + size * 1e-6 })
      #expect(scale.ticks.count > 1 && scale.ticks.count < 15)
      #expect(Set(scale.ticks.map(\.text)).count == scale.ticks.count)
      let positions = scale.ticks.map { scale($0.value) }
      #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 })
      #expect(positions.allSatisfy { $0 >= 100 && $0 <= 600 })
    }
  }

  @Test func scalesStayWithinTheRangeOfTheMetric() {
    let scale = Scale.linear([0.71, 0.99], from: 0, to: 1, lowest: 0, highest: 1)
    #expect(scale.high == 1 && scale.low >= 0)
    #expect(scale.ticks.last?.text == "1.00")
  }

  @Test func scalesOfNothingOrOfOneValueCanBeDrawn() {
    for values in [[], [0.0], [0.5, 0.5], [.nan, .infinity], [1e300], [-7]] {
      for scale in [
        Scale.linear(values, from: 0, to: 100), Scale.logarithmic(values, from: 0, to: 100),
      ] {
        #expect(scale.low < scale.high)
        #expect(scale(values.first ?? 1).isFinite)
      }
    }
  }

  @Test func logarithmicScalesHoldTheirValuesAndTicks() {
    var generator = SeededGenerator(seed: 22)
    for _ in 0..<300 {
      let values = (0..<4).map { _ in pow(10, generator.uniform() * 18 - 6) }
      let scale = Scale.logarithmic(values, from: 0, to: 500)
      let positions = scale.ticks.map { scale($0.value) }
      #expect(values.allSatisfy { $0 >= scale.low && $0 <= scale.high })
      #expect(!positions.isEmpty && positions.count < 25)
      #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 })
    }
  }
}

@Suite struct DensityTests {
  /// numpy.quantile([1, 2, 3, 4, 10], q) with its default, linear method.
  @Test(arguments: [(0.0, 1.0), (0.25, 2.0), (0.4, 2.6), (0.5, 3.0), (0.9, 7.6), (1.0, 10.0)])
  func quantilesAreThoseOfNumpy(_ share: Double, _ expected: Double) {
    #expect(abs(Quantile.of([1, 2, 3, 4, 10], share) - expected) < 1e-12)
  }

  @Test func densityPeaksWhereTheDataAre() throws {
    var generator = SeededGenerator(seed: 23)
    let values = (0..<400).map { _ in 5 + generator.normal() }
    let curve = Density.curve(values)
    let peak = try #require(curve.max { $0.height < $1.height })
    #expect(abs(peak.x - 5) < 0.5)
    #expect(abs(peak.height - 1) < 1e-12)
    #expect(curve.first?.x == values.min())
    #expect(curve.allSatisfy { $0.height > 0 && $0.height <= 1 })
  }

  @Test func valuesThatDoNotSpreadHaveNoDensity() {
    #expect(Density.curve([]).isEmpty)
    #expect(Density.curve([1, 2]).isEmpty)
    #expect(Density.curve(Array(repeating: 3, count: 50)).isEmpty)
  }

  @Test func whiskersAreTukeys() {
    let (low, high) = BoxPlot.whiskers([0, 10, 11, 12, 13, 14, 40])
    #expect(low == 10 && high == 14)
  }
}

@Suite struct LabelTests {
  @Test func spreadLabelsKeepTheirDistance() {
    var generator = SeededGenerator(seed: 24)
    for _ in 0..<300 {
      let count = Int(1 + generator.next() % 15)
      let wanted = (0..<count).map { _ in generator.uniform() * 280 }.sorted()
      let places = LabelSpacing.spread(wanted, gap: 16, within: 0...280)
      #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 16 - 1e-9 })
      #expect(places.allSatisfy { $0 <= 280 + 1e-9 })
      #expect(count > 17 || places.allSatisfy { $0 >= -1e-9 })
    }
  }

  @Test func namesNeverLieOnEachOther() {
    var generator = SeededGenerator(seed: 25)
    for _ in 0..<50 {
      var layout = LabelLayout(left: 0, right: 700, top: 0, bottom: 300)
      var boxes: [(x: Double, y: Double, width: Double)] = []
      for _ in 0..<20 {
        let point = (x: generator.uniform() * 700, y: generator.uniform() * 300)
        let width = 20 + generator.uniform() * 120
        guard let spot = layout.place(near: point, width: width, height: 14) else { continue }
        #expect(spot.x >= 0 && spot.x + width <= 700 && spot.y >= 0 && spot.y + 14 <= 300)
        #expect(
          boxes.allSatisfy {
            spot.x >= $0.x + $0.width || spot.x + width <= $0.x || abs(spot.y - $0.y) >= 14
          })
        boxes.append((spot.x, spot.y, width))
      }
      #expect(boxes.count > 10)
    }
  }

  @Test func shortenedNamesFitAndKeepTheirEnds() {
    for text in Hostile.texts + ["sam-vit-huge/sa1b-finetuned-on-something-with-a-long-name"] {
      for limit in [10.0, 60, 140] {
        let short = TextMeasure.fit(text, within: limit)
        #expect(TextMeasure.width(short) <= max(limit, TextMeasure.width("…")))
        if TextMeasure.width(text) <= limit { #expect(short == text) }
      }
    }
    let short = TextMeasure.fit("sam-vit-huge with much more text v2", within: 140)
    #expect(short.hasPrefix("sam") && short.hasSuffix("v2") && short.contains("…"))
  }

  @Test func wrappedLinesHoldAllWords() {
    let lines = TextMeasure.wrap("mask of the day before", within: 90, size: 11)
    #expect(lines.joined(separator: " ") == "mask of the day before")
    #expect(lines.count == 2)
    #expect(TextMeasure.wrap("", within: 70, size: 11).isEmpty)
  }
}

@Suite struct ParetoTests {
  @Test(arguments: [true, false])
  func frontIsWhatNobodyBeats(_ higherIsBetter: Bool) {
    var generator = SeededGenerator(seed: 26)
    for _ in 0..<100 {
      let entries = (0..<12).map { number in
        CostScatter.Entry(
          Subject(
            "\(number)", style: SeriesStyle(number), flag: generator.next() % 5 == 0 ? "seen" : nil),
          cost: Double(generator.next() % 6),
          score: Estimate(generator.next() % 9 == 0 ? nil : Double(generator.next() % 6)))
      }
      let chart = CostScatter(
        title: "", cost: "", quantity: Quantity("Q", higherIsBetter: higherIsBetter),
        entries: entries)
      var expected: Set<Int> = []
      for (place, one) in entries.enumerated() {
        guard one.subject.flag == nil, let score = one.score.value else { continue }
        let isBeaten = entries.contains { other in
          guard other.subject.flag == nil, let its = other.score.value else { return false }
          let better = higherIsBetter ? its > score : its < score
          return (better && other.cost <= one.cost) || (its == score && other.cost < one.cost)
        }
        if !isBeaten { expected.insert(place) }
      }
      #expect(Set(chart.front) == expected)
      let costs = chart.front.map { entries[$0].cost }
      #expect(costs == costs.sorted())
    }
  }
}
