// The values that a filter leaves, each with its source and with what speaks against it.

import GRDB

/// One value with everything that a reader needs beside it.
public struct SurveyRow: Sendable, Equatable, Codable {
  public let model: String
  public let modelName: String
  public let framework: String
  public let branch: String
  public let dataset: String
  public let datasetName: String
  public let metric: String
  /// Per cent.
  public let value: Double
  public let kind: SurveyResult.Kind
  public let source: String?
  /// The source in a few words.
  public let cited: String?
  public let address: String?
  /// The report of the comparison that a measured value is from.
  public let report: String?
  public let setting: String?
  public let split: String?
  public let note: String?
  /// What speaks against the value.
  public let doubts: [String]
}

/// Some of the rows, and whether there are more.
public struct SurveyPage: Sendable, Equatable, Codable {
  public let rows: [SurveyRow]
  public let hasMore: Bool

  /// As CSV.
  public var csv: String {
    TableFiles.csv(
      [
        "model_id", "dataset_id", "metric", "value", "kind", "framework", "branch", "source_id",
        "source", "address", "report", "setting", "split", "note", "doubts",
      ],
      rows.map { row in
        [
          row.model, row.dataset, row.metric, Cell.text(row.value), row.kind.rawValue,
          row.framework, row.branch, row.source ?? "", row.cited ?? "", row.address ?? "",
          row.report ?? "", row.setting ?? "", row.split ?? "", row.note ?? "",
          row.doubts.joined(separator: "; "),
        ]
      })
  }
}

extension SurveyDatabase {
  /// The largest values first; equal ones in the order of models and data sets.
  ///
  /// - Parameters:
  ///   - filter: which values
  ///   - limit: how many at most; nil for all
  ///   - offset: how many are passed over
  /// - Returns: the rows, and whether there are more
  /// - Throws: ``SurveyError``
  public func query(
    _ filter: SurveyFilter, limit: Int? = nil, offset: Int = 0
  ) throws -> SurveyPage {
    try read { db in
      let selection = try Selection(filter, db)
      let ask = ResultQuery(filter, selection, limit: limit, offset: offset)
      let rows = try Row.fetchAll(db, sql: try ask.sql(db), arguments: ask.arguments)
      let shown = limit.map { rows.prefix($0) } ?? rows[...]
      return SurveyPage(
        rows: try shown.map { try SurveyRow($0, db) }, hasMore: rows.count > shown.count)
    }
  }
}

/// The question to SQLite: keys of results first, by an index, and only then their descriptions.
private struct ResultQuery {
  let filter: SurveyFilter
  let selection: Selection
  let limit: Int?
  let offset: Int

  init(_ filter: SurveyFilter, _ selection: Selection, limit: Int?, offset: Int) {
    self.filter = filter
    self.selection = selection
    self.limit = limit
    self.offset = offset
  }

  /// Below this many candidates it is faster to look at each than to walk all values from the top.
  private static let few = 4000.0

  func sql(_ db: Database) throws -> String {
    // One more than is shown tells whether there are more.
    let last = limit.map { " LIMIT \($0 + offset + 1)" } ?? ""
    let isFew = try candidates(db) < Self.few
    let index =
      !isFew
      ? "results_by_value" : selection.models == nil ? "results_by_dataset" : "results_by_cell"
    // Keys alone stand in the index; whole rows are read for one page only.
    let kinds = filter.kinds.map { kind in
      """
      SELECT * FROM (SELECT key, value, model, dataset, kind FROM results INDEXED BY \(index)
      WHERE metric = ? AND kind = '\(kind.rawValue)'\(conditions)
      ORDER BY value DESC, model, dataset\(last))
      """
    }.joined(separator: "\nUNION ALL ")
    let end = limit.map { " LIMIT \($0 + 1) OFFSET \(offset)" } ?? " LIMIT -1 OFFSET \(offset)"
    return """
      WITH chosen AS MATERIALIZED (SELECT * FROM results WHERE key IN (
        SELECT key FROM (\(kinds)) ORDER BY value DESC, model, dataset, kind\(end)))

      """ + SurveyRow.selection
  }

  var arguments: StatementArguments {
    StatementArguments(filter.kinds.map { _ in filter.metric })
  }

  private var conditions: String {
    var conditions = ""
    for (column, keys) in [("model", selection.models), ("dataset", selection.datasets)] {
      guard let keys else { continue }
      conditions += " AND \(column) IN (\(keys.map(String.init).joined(separator: ",")))"
    }
    if filter.withoutDoubts {
      conditions += """
         AND NOT EXISTS (SELECT 1 FROM doubts JOIN models m ON m.id = doubts.model_id
        JOIN datasets d ON d.id = doubts.dataset_id
        WHERE m.key = results.model AND d.key = results.dataset AND doubts.kind = results.kind)
        """
    }
    return conditions
  }

  /// About how many values there are of the chosen models and data sets.
  private func candidates(_ db: Database) throws -> Double {
    let all = try Double.fetchOne(db, sql: "SELECT max(key) FROM results") ?? 0
    func share(_ keys: [Int64]?, _ table: String) throws -> Double {
      guard let keys else { return 1 }
      let count = try Double.fetchOne(db, sql: "SELECT max(key) FROM \(table)") ?? 1
      return Double(keys.count) / max(count, 1)
    }
    return all * (try share(selection.models, "models"))
      * (try share(selection.datasets, "datasets"))
  }
}

extension SurveyRow {
  /// Everything about the results that are called `chosen`.
  static let selection = """
    SELECT chosen.key AS key, models.id AS model, models.name AS modelName, framework, branch,
      datasets.id AS dataset, datasets.name AS datasetName, metric, value, kind,
      sources.id AS source, authors_short, venue, sources.year AS year, doi, url, report,
      setting, split, note
    FROM chosen JOIN models ON models.key = model JOIN datasets ON datasets.key = dataset
      LEFT JOIN sources ON sources.key = source LEFT JOIN runs ON runs.key = run
    ORDER BY value DESC, chosen.model, chosen.dataset, kind, setting
    """

  /// The results of some keys.
  static func rows(of keys: some Collection<Int64>, _ db: Database) throws -> [Int64: SurveyRow] {
    guard !keys.isEmpty else { return [:] }
    let list = keys.map(String.init).joined(separator: ",")
    let rows = try Row.fetchAll(
      db, sql: "WITH chosen AS (SELECT * FROM results WHERE key IN (\(list))) " + selection)
    return Dictionary(
      try rows.map { ($0["key"], try SurveyRow($0, db)) }, uniquingKeysWith: { first, _ in first })
  }

  fileprivate init(_ row: Row, _ db: Database) throws {
    model = row["model"]
    modelName = row["modelName"]
    framework = row["framework"]
    branch = row["branch"]
    dataset = row["dataset"]
    datasetName = row["datasetName"]
    metric = row["metric"]
    value = row["value"]
    let kind: String = row["kind"]
    self.kind = SurveyResult.Kind(rawValue: kind) ?? .primary
    source = row["source"]
    if let id = source {
      var source = SurveySource()
      source.id = id
      source.authors = row["authors_short"]
      source.venue = row["venue"]
      source.year = row["year"]
      source.doi = row["doi"]
      source.url = row["url"]
      cited = source.short
      address = source.address
    } else {
      (cited, address) = (nil, nil)
    }
    report = row["report"]
    setting = row["setting"]
    split = row["split"]
    note = row["note"]
    let asking = try db.cachedStatement(
      sql: """
        SELECT text FROM doubts WHERE model_id = ? AND dataset_id = ? AND kind = ? ORDER BY code
        """)
    doubts = try String.fetchAll(asking, arguments: [model, dataset, kind])
  }
}
