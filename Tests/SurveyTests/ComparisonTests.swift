// Comparisons, headlines, gaps and timelines against counts made by hand from the tables.

import Foundation
import TestSupport
import Testing

@testable import Survey

@Suite struct ComparisonTests {
  private let database: SurveyDatabase

  init() throws { database = try Published.database.get() }

  /// The largest value of each framework on each data set, from the tables.
  private func best(kind: String = "best") throws -> [String: [String: Double]] {
    let frameworks = Dictionary(
      uniqueKeysWithValues: try plainRows("models").map {
        ($0[text: "id"], $0[text: "framework"])
      })
    let parts = Set(
      try plainRows("doubts").filter { $0[text: "code"] == "part" }.map { $0[text: "dataset_id"] })
    var best: [String: [String: Double]] = [:]
    for row in try plainRows("results")
    where row[text: "kind"] == kind && !parts.contains(row[text: "dataset_id"]) {
      let framework = frameworks[row[text: "model_id"]] ?? ""
      let value = Double(row[text: "value"]) ?? 0
      if kind == "primary", value <= 1 { continue }
      best[row[text: "dataset_id"], default: [:]][framework] = max(
        value, best[row[text: "dataset_id"]]?[framework] ?? 0)
    }
    return best.filter { $0.value.count == 2 }
  }

  @Test(arguments: [SurveyResult.Kind.best, .primary])
  func generalistsAgainstSpecialists(kind: SurveyResult.Kind) throws {
    let expected = try best(kind: kind.rawValue)
    let found = try database.compare("generalist", "task-specific", by: .region, kind: kind)
    #expect(Set(found.pairs.map(\.dataset)) == Set(expected.keys))
    for pair in found.pairs {
      #expect(pair.first.value == expected[pair.dataset]?["generalist"])
      #expect(pair.second.value == expected[pair.dataset]?["task-specific"])
    }
    let gaps = expected.values.map { ($0["generalist"] ?? 0) - ($0["task-specific"] ?? 0) }
    #expect(found.overall.ahead == gaps.count { $0 > 0 })
    #expect(found.overall.behind == gaps.count { $0 < 0 })
    let sorted = gaps.sorted()
    let middle = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    #expect(abs(found.overall.medianGap - middle) < 1e-9)
    for group in found.groups {
      #expect(group.datasets == found.pairs.count { $0.regions.contains(group.group) })
      #expect((group.corrected ?? 1) >= (group.wilcoxon ?? 0))
      #expect((group.wilcoxon == nil) == (group.datasets < 5))
    }
    #expect(found.warnings[0].contains("different splits"))
  }

  @Test func exchangedGroupsGiveOppositeGaps() throws {
    let one = try database.compare("sam", "task-specific", by: .organ)
    let other = try database.compare("task-specific", "sam", by: .organ)
    #expect(one.overall.medianGap == -other.overall.medianGap)
    #expect(one.overall.wilcoxon == other.overall.wilcoxon)
    #expect(one.overall.ahead == other.overall.behind)
    #expect(one.groups.map(\.datasets) == other.groups.map(\.datasets))
  }

  @Test func groupsWithCommonModelsAreNotCompared() {
    #expect(throws: SurveyError.self) { try database.compare("generalist", "sam") }
    #expect(throws: SurveyError.self) { try database.compare("generalist", "no-such-branch") }
  }

  @Test func twoModelsMeetWhereBothHaveValues() throws {
    let found = try database.compare("medsam", "nnu-net")
    let rows = try plainRows("results").filter { $0[text: "kind"] == "best" }
    func sets(_ model: String) -> Set<String> {
      Set(rows.filter { $0[text: "model_id"] == model }.map { $0[text: "dataset_id"] })
    }
    let parts = Set(
      try plainRows("doubts").filter { $0[text: "code"] == "part" }.map { $0[text: "dataset_id"] })
    #expect(
      Set(found.pairs.map(\.dataset))
        == sets("medsam").intersection(sets("nnu-net")).subtracting(parts))
    #expect(found.models == [1, 1])
  }

  @Test func theGuideHoldsTheHeadlines() throws {
    let guide = try String(
      contentsOfFile: Repository.path("Documentation/survey.md"), encoding: .utf8)
    #expect(guide.contains(try database.headlines().text))
  }

  @Test func gapsCountWhatIsThere() throws {
    let rows = try plainRows("results")
    let cells = Set(rows.map { [$0[text: "model_id"], $0[text: "dataset_id"]] })
    for line in [Coverage.Line.dataset, .model] {
      let coverage = try database.coverage(by: line)
      #expect(coverage.filled == cells.count && coverage.possible == 106 * 62)
      for row in coverage.rows {
        #expect(row.filled.reduce(0, +) == cells.count { $0[line == .model ? 0 : 1] == row.id })
      }
    }
    #expect(try database.missing(.dataset, "dap-atlas").count == 106)
    let missing = try database.missing(.model, "nnu-net")
    #expect(missing.count == 62 - cells.count { $0[0] == "nnu-net" })
    let dimensions = try database.coverage(by: .dimension)
    #expect(dimensions.rows.first { $0.id == "fairness" }?.filled == [0])
    #expect(dimensions.rows.first { $0.id == "training-hours" }?.filled == [1])
  }

  @Test func yearsAddUp() throws {
    let timeline = try database.timeline()
    let dated = try plainRows("models").filter {
      !$0[text: "first_date"].isEmpty || !$0[text: "last_date"].isEmpty
    }
    #expect(timeline.years.reduce(0) { $0 + $1.models } == dated.count)
    var filter = SurveyFilter()
    filter[.dataset] = ["BTCV"]
    let records = try database.timeline(filter).records
    #expect(records.map(\.row.value) == records.map(\.row.value).sorted())
    #expect(records.last?.row.value == 92.1)
    #expect(records.map(\.date) == records.map(\.date).sorted())
  }
}
