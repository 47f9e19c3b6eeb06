// What ships is what was published: counts, branches, every row, and each doubt of the curators as a flag.

import Foundation
import GRDB
import TestSupport
import Testing

@testable import Survey

@Suite struct SeedTests {
  private let content: SurveyContent

  init() throws { content = try Published.content.get() }

  @Test func countsAreThoseOfTheSurvey() throws {
    #expect(content.models.count == 106 && content.datasets.count == 62)
    #expect(content.results.count == 1074 && content.sources.count == 163)
    #expect(content.results.count { $0.kind == .primary } == 345)
    #expect(content.results.count { $0.kind == .best } == 729)
    #expect(content.models.count { $0.framework == .generalist } == 79)
    let database = try Published.database.get()
    for (table, count) in [("models", 106), ("datasets", 62), ("results", 1074), ("sources", 163)] {
      let found = try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
      #expect(found == count, "\(table)")
    }
  }

  @Test(arguments: [
    ("sam", 31, 55, 149), ("sam2", 10, 6, 23), ("image-only", 27, 104, 149),
    ("image-text", 11, 82, 87), ("task-specific", 27, 98, 321),
  ])
  func branchesHaveTheirModelsAndValues(
    branch: String, models: Int, primary: Int, best: Int
  ) throws {
    let ids = Set(content.models.filter { $0.branch.rawValue == branch }.map(\.id))
    #expect(ids.count == models)
    #expect(content.results.count { ids.contains($0.model) && $0.kind == .primary } == primary)
    #expect(content.results.count { ids.contains($0.model) && $0.kind == .best } == best)
  }

  @Test(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
  func everyRowIsThatOfTheCollectedTables() throws {
    for table in ["models", "datasets", "sources"] {
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: Shared.path("survey/\(table).csv")))
          == Data(contentsOf: URL(fileURLWithPath: "\(seedFolder)/\(table).csv")))
    }
    // Our table of results has columns for measured values besides.
    var reader = RecordReader()
    try TableFiles.read(Shared.path("survey/results.csv"), into: &reader)
    #expect(try reader.finished().content.results == content.results)
  }

  @Test func doubtsStandBesideTheirValues() throws {
    let database = try Published.database.get()
    var filter = SurveyFilter()
    filter[.model] = ["emedsam"]
    filter[.dataset] = ["flare"]
    let rows = try database.query(filter).rows
    #expect(rows.map(\.value) == [87.9, 0.879])
    #expect(rows[0].doubts.isEmpty)
    #expect(rows[1].doubts == ["stored as a fraction; the best value is 87.9 %"])
    #expect(content.doubts.filter { $0.code == Doubt.fraction }.count == 1)
    let flagged = try database.query(SurveyFilter()).rows.count { !$0.doubts.isEmpty }
    #expect(
      flagged == Set(content.doubts.filter { $0.kind != nil }.map { Array($0.key.prefix(3)) }).count
    )
  }

  @Test func everyTrainingDeviceHasAPrice() throws {
    let prices = try PriceTable.assumed()
    for gpu in content.models.compactMap(\.trainGPU) { #expect(prices.dollarsPerHour[gpu] != nil) }
    let page = try Published.database.get().page(model: "U-Net", prices: prices)
    #expect(page.cost?.gpuHours == 10 && page.cost?.dollars == 1)
    let sam = try Published.database.get().page(model: "sam", prices: prices)
    #expect(
      sam.cost?.text
        == "256 × A100 80GB, hours not known: about $512 for each hour of training")
    #expect(sam.dimensions.map(\.dimension) == Evidence.Dimension.allCases)
  }
}
