// Every combination of filters gives the rows that plain filtering of the tables gives.

import Foundation
import Testing

@testable import Survey

/// The tables joined by hand, once for all tests.
private struct PlainSurvey: Sendable {
  struct Value: Sendable {
    let key: [String]
    let value: Double
    let kind: String
    let model: [String: String]
    let dataset: [String: String]
  }

  static let shared = Result { try PlainSurvey() }

  let values: [Value]
  let countries: [String: String]

  init() throws {
    let models = Dictionary(
      uniqueKeysWithValues: try plainRows("models").map { ($0[text: "id"], $0) })
    let datasets = Dictionary(
      uniqueKeysWithValues: try plainRows("datasets").map { ($0[text: "id"], $0) })
    countries = Dictionary(
      uniqueKeysWithValues: try plainRows("affiliations").map {
        ($0[text: "name"], $0[text: "country"])
      })
    values = try plainRows("results").map { row in
      Value(
        key: [row[text: "model_id"], row[text: "dataset_id"], row[text: "kind"]],
        value: try #require(Double(row[text: "value"])), kind: row[text: "kind"],
        model: try #require(models[row[text: "model_id"]]),
        dataset: try #require(datasets[row[text: "dataset_id"]]))
    }
  }

  /// What a property is for a value.
  func terms(_ property: SurveyFilter.Property, _ value: Value) -> [String] {
    switch property {
    case .model: [value.model[text: "id"], value.model[text: "name"]]
    case .framework: [value.model[text: "framework"]]
    case .branch: [value.model[text: "branch"]]
    case .fusion: [value.model[text: "fusion_level"]]
    case .adaptation: [value.model[text: "adaptation"]]
    case .architecture: value.model[list: "architecture"]
    case .backbone:
      value.model[text: "visual_backbone"].components(separatedBy: ", ")
    case .country: value.model[list: "affiliations"].compactMap { countries[$0] }
    case .dataset: [value.dataset[text: "id"], value.dataset[text: "name"]]
    case .organ: value.dataset[list: "objects"]
    case .structure: value.dataset[list: "main_structure"]
    case .region: value.dataset[list: "region"]
    case .modality: value.dataset[list: "modality"]
    }
  }

  func keys(_ filter: SurveyFilter) -> Set<[String]> {
    Set(
      values.filter { value in
        guard filter.kinds.map(\.rawValue).contains(value.kind) else { return false }
        for (property, wanted) in filter.values
        where Set(terms(property, value)).isDisjoint(with: wanted) { return false }
        if let years = filter.years {
          let date = value.model[text: "first_date"].isEmpty ? "last_date" : "first_date"
          guard let year = Int(value.model[text: date].prefix(4)), years.contains(year) else {
            return false
          }
        }
        for (column, bound) in [
          ("params_millions", filter.maxParametersMillions),
          ("train_vram_total_gb", filter.maxVRAMGB), ("gflops", filter.maxGFLOPS),
        ] {
          guard let bound else { continue }
          guard let known = Double(value.model[text: column]), known <= bound else { return false }
        }
        return true
      }.map(\.key))
  }
}

@Suite struct FilterTests {
  private let plain: PlainSurvey
  private let database: SurveyDatabase

  init() throws {
    plain = try PlainSurvey.shared.get()
    database = try Published.database.get()
  }

  private func keys(_ filter: SurveyFilter) throws -> Set<[String]> {
    let rows = try database.query(filter).rows
    let keys = Set(rows.map { [$0.model, $0.dataset, $0.kind.rawValue] })
    #expect(keys.count == rows.count)
    #expect(rows.map(\.value) == rows.map(\.value).sorted(by: >))
    return keys
  }

  @Test(arguments: SurveyFilter.Property.allCases)
  func everyValueOfEveryProperty(property: SurveyFilter.Property) throws {
    let vocabulary = try database.vocabulary(of: property)
    let used = Set(plain.values.flatMap { plain.terms(property, $0) }).subtracting([""])
    #expect(used.isSubset(of: vocabulary))
    for value in vocabulary {
      var filter = SurveyFilter()
      filter[property] = [value]
      #expect(try keys(filter) == plain.keys(filter), "\(property) \(value)")
    }
  }

  @Test(arguments: 0..<8)
  func randomCombinations(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let vocabularies = try Dictionary(
      uniqueKeysWithValues: SurveyFilter.Property.allCases.map {
        ($0, try database.vocabulary(of: $0))
      })
    var found = 0
    for _ in 0..<150 {
      var filter = SurveyFilter()
      for property in SurveyFilter.Property.allCases where random.next() % 5 == 0 {
        // A few alternatives, so that combinations are not always empty.
        filter[property] = (0...Int(random.next() % 6)).compactMap { _ in
          vocabularies[property]?.randomElement(using: &random)
        }
      }
      if random.next() % 3 == 0 {
        let first = 2015 + Int(random.next() % 10)
        filter.years = first...(first + Int(random.next() % 6))
      }
      if random.next() % 4 == 0 { filter.maxParametersMillions = Double(random.next() % 700) + 1 }
      if random.next() % 4 == 0 { filter.maxVRAMGB = Double(random.next() % 400) + 1 }
      if random.next() % 6 == 0 { filter.maxGFLOPS = Double(random.next() % 1000) + 1 }
      if random.next() % 2 == 0 { filter.kinds = [random.next() % 2 == 0 ? .best : .primary] }
      let expected = plain.keys(filter)
      found += expected.count
      #expect(try keys(filter) == expected, "\(filter)")
    }
    #expect(found > 0)
  }

  @Test func pagesMakeUpTheWhole() throws {
    var filter = SurveyFilter()
    filter[.region] = ["abdomen"]
    let whole = try database.query(filter).rows
    var paged: [SurveyRow] = []
    var hasMore = true
    while hasMore {
      let page = try database.query(filter, limit: 37, offset: paged.count)
      paged += page.rows
      hasMore = page.hasMore
    }
    #expect(paged == whole)
  }

  @Test func wordsAreFoundWithoutAccentsAndCase() throws {
    var filter = SurveyFilter()
    filter.words = "ludwig munchen"
    #expect(Set(try database.query(filter).rows.map(\.model)) == ["v-net"])
    filter.words = "hippocampus"
    #expect(try database.query(filter).rows.allSatisfy { $0.dataset != "btcv" })
    filter.words = "no-such-word-anywhere"
    #expect(try database.query(filter).rows.isEmpty)
    filter.words = "\"*'; DROP TABLE results; --"
    _ = try database.query(filter)
    filter.words = nil
    #expect(try database.query(filter).rows.count == 1074)
  }

  @Test func unknownValuesAreNamedWithTheirNeighbours() throws {
    var filter = SurveyFilter()
    filter[.organ] = ["kidney"]
    #expect(throws: SurveyError.self) { try database.query(filter) }
    do { _ = try database.query(filter) } catch let error as SurveyError {
      #expect(error.description.contains("did you mean Kidney"))
    }
  }

  @Test func doubtfulValuesCanBeLeftOut() throws {
    var filter = SurveyFilter()
    filter.withoutDoubts = true
    let rows = try database.query(filter).rows
    #expect(rows.allSatisfy { $0.doubts.isEmpty })
    #expect(rows.count == 1074 - 139)
  }
}

/// A small generator with a seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
