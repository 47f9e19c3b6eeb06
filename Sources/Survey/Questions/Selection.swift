// From a filter to the rows that it chooses, as conditions of SQL.

import GRDB

/// The keys of the models and data sets that a filter leaves; nil where it leaves all.
struct Selection {
  let models: [Int64]?
  let datasets: [Int64]?

  /// - Throws: ``SurveyError/unknown(what:name:near:)`` for values that nothing has
  init(_ filter: SurveyFilter, _ db: Database) throws {
    var model = Conditions(table: "models")
    var dataset = Conditions(table: "datasets")
    for property in SurveyFilter.Property.allCases {
      let values = filter[property]
      guard !values.isEmpty else { continue }
      for value in values { try property.require(value, db) }
      if property.isOfModels {
        model.add(property.condition(count: values.count), property.bound(values))
      } else {
        dataset.add(property.condition(count: values.count), property.bound(values))
      }
    }
    if let years = filter.years {
      model.add("year BETWEEN ? AND ?", [years.lowerBound, years.upperBound])
    }
    for (column, bound) in [
      ("params_millions", filter.maxParametersMillions), ("train_vram_total_gb", filter.maxVRAMGB),
      ("gflops", filter.maxGFLOPS),
    ] {
      if let bound { model.add("\(column) <= ?", [bound]) }
    }
    let (models, datasets) = (try model.keys(db), try dataset.keys(db))
    guard let words = filter.words, let pattern = FTS5Pattern(matchingAllPrefixesIn: words) else {
      (self.models, self.datasets) = (models, datasets)
      return
    }
    // Words that fit models narrow models; words that fit data sets alone narrow those.
    let found = try Found(pattern, db)
    if !found.models.isEmpty || found.datasets.isEmpty {
      self.models = Self.both(models, found.models)
      self.datasets = datasets
    } else {
      self.models = models
      self.datasets = Self.both(datasets, found.datasets)
    }
  }

  private static func both(_ keys: [Int64]?, _ others: [Int64]) -> [Int64] {
    guard let keys else { return others }
    let others = Set(others)
    return keys.filter(others.contains)
  }

  private struct Found {
    let models: [Int64]
    let datasets: [Int64]

    init(_ pattern: FTS5Pattern, _ db: Database) throws {
      func keys(_ kind: String) throws -> [Int64] {
        try Int64.fetchAll(
          db,
          sql: """
            SELECT key FROM \(kind)s
            WHERE id IN (SELECT id FROM search WHERE search MATCH ? AND kind = '\(kind)')
            """, arguments: [pattern])
      }
      models = try keys("model")
      datasets = try keys("dataset")
    }
  }

  /// Conditions on one table, all of which must hold.
  private struct Conditions {
    let table: String
    private var conditions: [String] = []
    private var arguments: [any DatabaseValueConvertible] = []

    init(table: String) { self.table = table }

    mutating func add(_ condition: String, _ values: [any DatabaseValueConvertible]) {
      conditions.append(condition)
      arguments += values
    }

    func keys(_ db: Database) throws -> [Int64]? {
      guard !conditions.isEmpty else { return nil }
      return try Int64.fetchAll(
        db, sql: "SELECT key FROM \(table) WHERE " + conditions.joined(separator: " AND "),
        arguments: StatementArguments(arguments))
    }
  }
}

extension SurveyFilter.Property {
  /// The column or the list that holds it.
  private enum Storage {
    case column(String)
    case term(String)
    case country
    case name
  }

  private var storage: Storage {
    switch self {
    case .model, .dataset: .name
    case .framework: .column("framework")
    case .branch: .column("branch")
    case .fusion: .column("fusion_level")
    case .adaptation: .column("adaptation")
    case .architecture: .term("architecture")
    case .backbone: .term("backbones")
    case .country: .country
    case .organ: .term("objects")
    case .structure: .term("main_structure")
    case .region: .term("region")
    case .modality: .term("modality")
    }
  }

  private var table: String { isOfModels ? "models" : "datasets" }
  private var terms: String { isOfModels ? "model_terms" : "dataset_terms" }

  /// A condition on the table of models or data sets that any of the values holds.
  fileprivate func condition(count: Int) -> String {
    let marks = Array(repeating: "?", count: count).joined(separator: ", ")
    return switch storage {
    case .name:
      "(id COLLATE NOCASE IN (\(marks)) OR name COLLATE NOCASE IN (\(marks)))"
    case .column(let name): "\(name) COLLATE NOCASE IN (\(marks))"
    case .term(let field):
      "key IN (SELECT owner FROM \(terms) WHERE field = '\(field)' AND value IN (\(marks)))"
    case .country:
      "key IN (SELECT owner FROM model_terms JOIN affiliations ON name = value COLLATE BINARY "
        + "WHERE field = 'affiliations' AND country COLLATE NOCASE IN (\(marks)))"
    }
  }

  /// The values as the condition takes them: names are looked for in two columns.
  fileprivate func bound(_ values: [String]) -> [String] {
    if case .name = storage { values + values } else { values }
  }

  /// Every value that there is.
  func vocabulary(_ db: Database) throws -> [String] {
    switch storage {
    case .name:
      try String.fetchAll(
        db, sql: "SELECT id FROM \(table) UNION SELECT name FROM \(table) ORDER BY 1")
    case .column(let name):
      try String.fetchAll(
        db,
        sql: "SELECT DISTINCT \(name) FROM \(table) WHERE \(name) IS NOT NULL ORDER BY 1")
    case .term(let field):
      try String.fetchAll(
        db, sql: "SELECT DISTINCT value FROM \(terms) WHERE field = ? ORDER BY 1",
        arguments: [field])
    case .country:
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT country FROM affiliations JOIN model_terms ON name = value
          WHERE field = 'affiliations' ORDER BY 1
          """)
    }
  }

  /// - Throws: ``SurveyError/unknown(what:name:near:)`` if nothing has the value
  fileprivate func require(_ value: String, _ db: Database) throws {
    let wanted = value.lowercased()
    let known = try vocabulary(db)
    guard !known.contains(where: { $0.lowercased() == wanted }) else { return }
    throw SurveyError.unknown(
      what: self == .dataset ? "data set" : rawValue, name: value,
      near: Nearness.closest(to: value, in: known))
  }
}

extension SurveyDatabase {
  /// Every value that a property has in the survey, sorted.
  ///
  /// - Throws: ``SurveyError``
  public func vocabulary(of property: SurveyFilter.Property) throws -> [String] {
    try read { try property.vocabulary($0) }
  }
}
