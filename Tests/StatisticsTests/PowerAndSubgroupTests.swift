// What comparisons could have shown, and how groups of cases differ.

import Statistics
import Testing

@Suite struct PowerAndSubgroupTests {
  @Test func powerIsStatsmodels() throws {
    let golden = try Golden.scipy.get().power
    let power = PairedPower()
    for example in golden.cases {
      #expect(close(power.smallestEffect(pairs: example.pairs), example.smallestEffect, 1e-6))
      let achieved = try #require(power.achieved(effect: 0.1, pairs: example.pairs))
      #expect(abs(achieved - example.achieved) < 1e-8, "\(example)")
    }
    for example in golden.needed {
      #expect(
        power.pairsNeeded(difference: example.effect * 0.07, standardDeviation: 0.07)
          == example.pairs)
    }
  }

  @Test func detectableDifferencesAndNeededPairsAgree() throws {
    let power = PairedPower()
    for pairs in [5, 20, 100] {
      let smallest = try #require(
        power.smallestDifference(pairs: pairs, standardDeviation: 0.04))
      let slightlyMore = smallest * 1.000_001
      #expect(power.pairsNeeded(difference: slightlyMore, standardDeviation: 0.04) == pairs)
    }
    #expect(power.smallestEffect(pairs: 1) == nil)
    #expect(power.pairsNeeded(difference: 0, standardDeviation: 1) == nil)
    #expect(power.pairsNeeded(difference: 1e-9, standardDeviation: 1) == nil)
  }

  @Test(arguments: [true, false]) func gapLiesBetweenBestAndWorstGroup(higherIsBetter: Bool) throws
  {
    let table = try ScoreTable(
      models: ["a"], cases: (0..<9).map { "c\($0)" },
      scores: [[0.9, 0.8, 0.85, 0.5, 0.6, nil, 0.7, 0.7, 0.1]])
    let sites = ["x", "x", "x", "y", "y", "y", "z", "z", nil]
    let reports = try table.subgroups(
      column: "site", values: sites, higherIsBetter: higherIsBetter, minimumCases: 2)
    let report = try #require(reports.first)
    #expect(report.groups.map(\.name) == ["x", "y", "z"])
    #expect(report.groups.map(\.summary.defined) == [3, 2, 2])
    #expect(report.ungrouped == 1)
    #expect(report.best == (higherIsBetter ? "x" : "y"))
    #expect(report.worst == (higherIsBetter ? "y" : "x"))
    #expect(close(report.gap, 0.3, 1e-12))
  }

  @Test func smallGroupsAreFlaggedAndMakeNoGap() throws {
    let table = try Examples.table(models: 2, cases: 25, seed: 1)
    let values = (0..<25).map { $0 < 20 ? "many" : "few" }
    let reports = try table.subgroups(column: "scanner", values: values)
    for report in reports {
      #expect(report.groups.map(\.isSmall) == [true, false])
      #expect(report.gap == nil && report.best == nil)
    }
    #expect(throws: StatisticsError.labelsDiffer(what: "values of sex", labels: 1, cases: 25)) {
      try table.subgroups(column: "sex", values: ["f"])
    }
  }
}
