// What nobody has published: cells of the table of models and data sets, and dimensions without evidence.

import GRDB

/// How much of the survey's table is filled.
public struct Coverage: Sendable, Equatable, Codable {
  /// What lines of the table stand for.
  public enum Line: String, Sendable, Codable, CaseIterable {
    case dataset
    case model
    case region
    case dimension
  }

  /// A line and in how many of its cells there is something, by column.
  public struct Row: Sendable, Equatable, Codable {
    public let id: String
    public let name: String
    public let filled: [Int]
    public let possible: [Int]

    public var missing: Int { zip(possible, filled).reduce(0) { $0 + $1.0 - $1.1 } }
  }

  public let line: Line
  public let columns: [String]
  /// The emptiest first.
  public let rows: [Row]

  public var filled: Int { rows.reduce(0) { $0 + $1.filled.reduce(0, +) } }
  public var possible: Int { rows.reduce(0) { $0 + $1.possible.reduce(0, +) } }

  /// As CSV.
  public var csv: String {
    let header = [line.rawValue, "name"] + columns.flatMap { [$0, "\($0)_of"] }
    return TableFiles.csv(
      header,
      rows.map { row in
        [row.id, row.name] + zip(row.filled, row.possible).flatMap { ["\($0)", "\($1)"] }
      })
  }
}

extension SurveyDatabase {
  /// Counts filled cells.
  ///
  /// - Parameters:
  ///   - line: what the lines stand for
  ///   - filter: which models and data sets there could be
  /// - Returns: the counts, the emptiest lines first
  /// - Throws: ``SurveyError``
  public func coverage(
    by line: Coverage.Line, filter: SurveyFilter = SurveyFilter()
  ) throws -> Coverage {
    try read { db in
      let scope = try Scope(filter, db)
      switch line {
      case .dataset, .region: return try scope.datasets(by: line, db)
      case .model: return try scope.models(db)
      case .dimension: return try scope.dimensions(db)
      }
    }
  }

  /// The models that have no value on a data set, or the data sets on which a model has none.
  ///
  /// - Parameters:
  ///   - property: `.dataset` or `.model`: what `name` is
  ///   - name: its id
  /// - Returns: ids of what is missing
  /// - Throws: ``SurveyError``
  public func missing(_ property: SurveyFilter.Property, _ name: String) throws -> [String] {
    var filter = SurveyFilter()
    filter[property] = [name]
    return try read { db in
      let scope = try Scope(filter, db)
      let (table, column, other) =
        property == .dataset ? ("models", "model", "dataset") : ("datasets", "dataset", "model")
      let keys = property == .dataset ? scope.datasetKeys : scope.modelKeys
      return try String.fetchAll(
        db,
        sql: """
          SELECT id FROM \(table) WHERE NOT EXISTS (SELECT 1 FROM results
            WHERE \(column) = \(table).key AND \(other) IN (\(keys)) AND kind <> 'measured')
          ORDER BY id
          """)
    }
  }

  private struct Scope {
    let modelKeys: String
    let datasetKeys: String
    let metric: String
    private let hasAllModels: Bool
    private let hasAllDatasets: Bool

    init(_ filter: SurveyFilter, _ db: Database) throws {
      let selection = try Selection(filter, db)
      func list(_ keys: [Int64]?, _ table: String) throws -> String {
        try (keys ?? Int64.fetchAll(db, sql: "SELECT key FROM \(table)"))
          .map(String.init).joined(separator: ",")
      }
      modelKeys = try list(selection.models, "models")
      datasetKeys = try list(selection.datasets, "datasets")
      metric = filter.metric
      hasAllModels = selection.models == nil
      hasAllDatasets = selection.datasets == nil
    }

    /// Models of each branch with a published value, and how many there are.
    private func cells(_ db: Database) throws -> (branches: [String: Int], values: [GRDB.Row]) {
      let counts = try GRDB.Row.fetchAll(
        db,
        sql: "SELECT branch, count(*) AS n FROM models WHERE key IN (\(modelKeys)) GROUP BY branch")
      let values = try GRDB.Row.fetchAll(
        db,
        sql: hasAllModels
          ? """
          SELECT dataset, branch, models AS n FROM dataset_cells
          WHERE metric = ? AND dataset IN (\(datasetKeys))
          """
          : """
          SELECT dataset, branch, count(*) AS n FROM (
            SELECT DISTINCT dataset, model FROM results
            WHERE metric = ? AND kind <> 'measured' AND model IN (\(modelKeys))
              AND dataset IN (\(datasetKeys)))
          JOIN models ON models.key = model GROUP BY dataset, branch
          """, arguments: [metric])
      return (
        Dictionary(uniqueKeysWithValues: counts.map { ($0["branch"], $0["n"]) }), values
      )
    }

    func datasets(by line: Coverage.Line, _ db: Database) throws -> Coverage {
      let branches = SurveyModel.Branch.allCases.map(\.rawValue)
      let (counts, values) = try cells(db)
      var filled: [Int64: [String: Int]] = [:]
      for row in values { filled[row["dataset"], default: [:]][row["branch"]] = row["n"] }
      let all = try GRDB.Row.fetchAll(
        db, sql: "SELECT key, id, name FROM datasets WHERE key IN (\(datasetKeys)) ORDER BY id")
      let regions = line == .region ? try Terms(of: "datasets", db).items : [:]
      var rows: [String: Coverage.Row] = [:]
      for row in all {
        let (key, id, name): (Int64, String, String) = (row["key"], row["id"], row["name"])
        let lines =
          line == .region
          ? (regions[key]?["region"] ?? ["not stated"]).map { ($0, $0) } : [(id, name)]
        for (line, title) in lines {
          let earlier = rows[line]
          rows[line] = Coverage.Row(
            id: line, name: title,
            filled: branches.enumerated().map {
              (earlier?.filled[$0.offset] ?? 0) + (filled[key]?[$0.element] ?? 0)
            },
            possible: branches.enumerated().map {
              (earlier?.possible[$0.offset] ?? 0) + (counts[$0.element] ?? 0)
            })
        }
      }
      return Coverage(line: line, columns: branches, rows: sorted(Array(rows.values)))
    }

    func models(_ db: Database) throws -> Coverage {
      let total =
        try Int.fetchOne(
          db, sql: "SELECT count(*) FROM datasets WHERE key IN (\(datasetKeys))") ?? 0
      let count =
        hasAllDatasets
        ? "ifnull((SELECT datasets FROM model_cells WHERE model = models.key AND metric = ?), 0)"
        : """
        (SELECT count(DISTINCT dataset) FROM results WHERE model = models.key AND metric = ?
          AND kind <> 'measured' AND dataset IN (\(datasetKeys)))
        """
      let rows = try GRDB.Row.fetchAll(
        db,
        sql: "SELECT id, name, \(count) AS n FROM models WHERE key IN (\(modelKeys))",
        arguments: [metric]
      ).map {
        Coverage.Row(id: $0["id"], name: $0["name"], filled: [$0["n"]], possible: [total])
      }
      return Coverage(line: .model, columns: ["datasets"], rows: sorted(rows))
    }

    func dimensions(_ db: Database) throws -> Coverage {
      let total =
        try Int.fetchOne(db, sql: "SELECT count(*) FROM models WHERE key IN (\(modelKeys))") ?? 0
      let rows = try Evidence.Item.allCases.map { item in
        let count = try Int.fetchOne(
          db,
          sql: """
            SELECT count(DISTINCT model_id) FROM evidence JOIN models ON id = model_id
            WHERE item = ? AND key IN (\(modelKeys))
            """, arguments: [item.rawValue])
        return Coverage.Row(
          id: item.rawValue, name: "\(item.dimension.rawValue): \(item.title)",
          filled: [count ?? 0], possible: [total])
      }
      return Coverage(line: .dimension, columns: ["models"], rows: rows)
    }

    private func sorted(_ rows: [Coverage.Row]) -> [Coverage.Row] {
      rows.sorted { ($1.missing, $0.id) < ($0.missing, $1.id) }
    }
  }
}
