// The whole analysis of a metric: what it holds, what it warns of, and that it is the same each time.

import Foundation
import Statistics
import Testing

@Suite struct AnalysisTests {
  private let options = AnalysisOptions(
    lowerBound: 0, upperBound: 1, resamples: 200, permutations: 300, seed: 5)

  @Test func everythingIsThereAndSurvivesJSON() throws {
    let table = try Examples.table(models: 4, cases: 30, seed: 3, casesPerCluster: 2)
    let analysis = table.analysis(of: "dice", options: options)
    #expect(analysis.models == table.models && analysis.cases == 30 && analysis.clusters == 15)
    #expect(analysis.summaries.count == 4)
    #expect(analysis.comparisons.count == 6 && analysis.detectable.count == 6)
    #expect(analysis.rankings.map(\.method) == RankingMethod.allCases)
    #expect(analysis.stabilities.map(\.method) == RankingMethod.allCases)
    #expect(analysis.warnings.contains(.clustered(cases: 30, clusters: 15)))
    let data = try JSONEncoder().encode(analysis)
    #expect(try JSONDecoder().decode(Analysis.self, from: data) == analysis)
    #expect(table.analysis(of: "dice", options: options) == analysis)
  }

  @Test func tooLittleIsAWarningAndNoError() throws {
    for (models, cases) in [(0, 0), (1, 0), (1, 1), (1, 3), (2, 0), (2, 1), (2, 2), (3, 4)] {
      let table = try Examples.table(models: models, cases: cases, seed: 1)
      let analysis = table.analysis(of: "dice", options: options)
      #expect(analysis.summaries.allSatisfy { $0.meanInterval == nil })
      #expect(analysis.warnings.contains(.singleModel) == (models == 1))
      for name in table.models {
        #expect(
          analysis.warnings.contains(.noInterval(model: name, units: cases, minimum: 5)))
      }
    }
  }

  @Test func warningsNameWhatIsWrong() throws {
    var scores = Examples.scores(models: 2, cases: 12, seed: 2, spread: 0)
    scores[0][3] = nil
    let table = try ScoreTable(
      models: ["a", "b", "c"], cases: (0..<12).map { "c\($0)" },
      scores: scores + [(0..<12).map { $0 == 3 ? 0.5 : nil }])
    let warnings = table.analysis(of: "dice", options: options).warnings
    #expect(warnings.contains(.fewCases(units: 11, reliable: 50)))
    #expect(warnings.contains(.noCommonCases(first: "a", second: "c")))
    #expect(warnings.contains(.noInterval(model: "c", units: 1, minimum: 5)))
    #expect(
      warnings.contains(.missingScores(model: "a", count: 1, cases: 12, treatment: .worst)))
    #expect(
      warnings.contains {
        if case .lowPower(1, of: 3, _, power: 0.8) = $0 { true } else { false }
      })
    #expect(warnings.allSatisfy { !$0.description.isEmpty })
  }

  @Test func aFewFailuresMakeTheTestsDisagree() throws {
    // Slightly better in most cases, and far worse in two.
    let second = Examples.values(30, seed: 4)
    let first = second.enumerated().map { $0 < 2 ? 0 : $1 + 0.01 }
    let table = try ScoreTable(
      models: ["a", "b"], cases: first.indices.map { "\($0)" }, scores: [first, second])
    let warnings = table.analysis(of: "dice", options: options).warnings
    #expect(
      warnings.contains { if case .testsDisagree("a", "b", _, _) = $0 { true } else { false } })
  }

  @Test func tablesThatAreNoneAreRefused() {
    #expect(throws: StatisticsError.rowsDiffer(models: 1, rows: 0)) {
      try ScoreTable(models: ["a"], cases: [], scores: [])
    }
    #expect(throws: StatisticsError.lengthsDiffer(model: "a", scores: 2, cases: 1)) {
      try ScoreTable(models: ["a"], cases: ["1"], scores: [[1, 2]])
    }
    #expect(throws: StatisticsError.labelsDiffer(what: "clusters", labels: 2, cases: 1)) {
      try ScoreTable(models: ["a"], cases: ["1"], clusters: ["p", "q"], scores: [[1]])
    }
    #expect(throws: StatisticsError.duplicate(what: "case", name: "1")) {
      try ScoreTable(models: ["a"], cases: ["1", "1"], scores: [[1, 2]])
    }
    #expect(throws: StatisticsError.notFinite(model: "a", case: "1", score: .infinity)) {
      try ScoreTable(models: ["a"], cases: ["1"], scores: [[.infinity]])
    }
    let broken = Data(#"{"models": ["a"], "cases": ["1"], "scores": [[1, 2]]}"#.utf8)
    #expect(throws: StatisticsError.self) {
      try JSONDecoder().decode(ScoreTable.self, from: broken)
    }
  }
}
