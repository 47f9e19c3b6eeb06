// Which interval the rule gives, and how often it holds the true value.

import Foundation
import Statistics
import Testing

@Suite struct IntervalRuleTests {
  private let rule = IntervalRule(
    bootstrap: Bootstrap(resamples: 500), lowerBound: 0, upperBound: 1)

  @Test func kindFollowsTheNumberOfUnits() throws {
    for (count, prefix) in [(5, "Student"), (19, "Student"), (20, "BCa"), (60, "BCa")] {
      let sample = Sample(values: Examples.values(count, seed: 1))
      #expect(try #require(rule.mean(of: sample)).method.hasPrefix(prefix))
      #expect(try #require(rule.median(of: sample)).method.hasPrefix("percentile"))
    }
    let few = Sample(values: [0.1, 0.2, 0.3, 0.4])
    #expect(rule.mean(of: few) == nil && rule.median(of: few) == nil)
    // Forty images of four patients are four.
    let clustered = Sample(
      values: Examples.values(40, seed: 1), clusters: (0..<40).map { "p\($0 % 4)" })
    #expect(rule.mean(of: clustered) == nil)
  }

  @Test func studentIsTheTextbooks() throws {
    // Mean 3, standard deviation √2.5, t(4, 0.975) = 2.7764.
    let interval = try #require(IntervalRule().mean(of: Sample(values: [1, 2, 3, 4, 5])))
    #expect(close(interval.low, 3 - 2.776_445_105 * 0.5.squareRoot(), 1e-8))
    #expect(close(interval.high, 3 + 2.776_445_105 * 0.5.squareRoot(), 1e-8))
  }

  @Test func studentStaysWithinTheMetric() throws {
    let interval = try #require(rule.mean(of: Sample(values: [0.99, 1, 1, 0.8, 1])))
    #expect(interval.high == 1)
    let differences = rule.ofDifferences
    #expect(differences.lowerBound == -1 && differences.upperBound == 1)
    #expect(IntervalRule(lowerBound: 0).ofDifferences.upperBound == nil)
  }

  @Test func clusteredStudentOfCopiesIsThatOfPatients() throws {
    let values = Examples.values(12, seed: 2)
    let copies = Sample(
      values: values.flatMap { [$0, $0] },
      clusters: values.indices.flatMap { ["p\($0)", "p\($0)"] })
    let single = try #require(rule.mean(of: Sample(values: values)))
    let clustered = try #require(rule.mean(of: copies))
    #expect(close(single.low, clustered.low, 1e-9))
    #expect(close(single.high, clustered.high, 1e-9))
  }

  /// Skewed like Dice: one minus the square of a uniform number times 0.4, so the mean is 1 − 0.4 / 3.
  @Test(arguments: [8, 30]) func coverageIsNearTheConfidence(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    var meanHeld = 0
    var medianHeld = 0
    let trials = 300
    for _ in 0..<trials {
      let sample = Sample(
        values: (0..<count).map { _ in
          let u = Double.random(in: 0...1, using: &generator)
          return 1 - 0.4 * u * u
        })
      let mean = try #require(rule.mean(of: sample))
      let median = try #require(rule.median(of: sample))
      if mean.low <= 1 - 0.4 / 3, mean.high >= 1 - 0.4 / 3 { meanHeld += 1 }
      if median.low <= 0.9, median.high >= 0.9 { medianHeld += 1 }
    }
    #expect((0.89...0.99).contains(Double(meanHeld) / Double(trials)))
    #expect((0.88...0.99).contains(Double(medianHeld) / Double(trials)))
  }

  @Test func summaryIsNumPys() throws {
    for example in try Golden.scipy.get().effects {
      let summary = Summary(of: [nil] + example.first + [nil], rule: rule)
      #expect(summary.defined == example.first.count && summary.undefined == 2)
      #expect(close(summary.minimum, example.quartiles[0]))
      #expect(close(summary.lowerQuartile, example.quartiles[1]))
      #expect(close(summary.median, example.quartiles[2]))
      #expect(close(summary.upperQuartile, example.quartiles[3]))
      #expect(close(summary.maximum, example.quartiles[4]))
    }
    let empty = Summary(of: [nil, nil], rule: rule)
    #expect(empty.defined == 0 && empty.mean == nil && empty.meanInterval == nil)
    #expect(Summary(of: [0.5], rule: rule).standardDeviation == nil)
  }
}
