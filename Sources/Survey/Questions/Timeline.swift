// How the field grew: models and values by year and branch, and who held the record of a data set when.

import GRDB

/// What came when.
public struct Timeline: Sendable, Equatable, Codable {
  /// A year of a branch.
  public struct Year: Sendable, Equatable, Codable {
    public let year: Int
    public let branch: String
    /// Models first published in the year.
    public let models: Int
    /// Published values of these models.
    public let values: Int
    /// The best of the values.
    public let best: Double?
  }

  /// A value that no earlier model reached.
  public struct Record: Sendable, Equatable, Codable {
    public let date: String
    public let row: SurveyRow
  }

  public let years: [Year]
  /// With a data set only: the records in the order in which models came.
  public let records: [Record]

  /// As CSV.
  public var csv: String {
    TableFiles.csv(
      ["year", "branch", "models", "values", "best"],
      years.map {
        ["\($0.year)", $0.branch, "\($0.models)", "\($0.values)", $0.best.map(Cell.text) ?? ""]
      })
  }
}

extension SurveyDatabase {
  /// Models and values by year.
  ///
  /// - Parameters:
  ///   - filter: which models and data sets; with a single data set its records are told too
  ///   - kind: which values
  /// - Returns: years and records
  /// - Throws: ``SurveyError``
  public func timeline(
    _ filter: SurveyFilter = SurveyFilter(), kind: SurveyResult.Kind = .best
  ) throws -> Timeline {
    try read { db in
      let selection = try Selection(filter, db)
      func condition(_ column: String, _ keys: [Int64]?) -> String {
        keys.map { "\(column) IN (\($0.map(String.init).joined(separator: ",")))" } ?? "true"
      }
      let totals =
        selection.datasets == nil
        ? "SELECT model, n, best FROM model_totals WHERE metric = ? AND kind = ?"
        : """
        SELECT model, count(*) AS n, max(value) AS best FROM results
        WHERE metric = ? AND kind = ? AND \(condition("dataset", selection.datasets))
        GROUP BY model
        """
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT year, branch, count(*) AS models, sum(ifnull(n, 0)) AS n, max(best) AS best
          FROM models LEFT JOIN (\(totals)) ON model = key
          WHERE year IS NOT NULL AND \(condition("key", selection.models))
          GROUP BY year, branch ORDER BY year, branch
          """, arguments: [filter.metric, kind.rawValue])
      let years = rows.map {
        Timeline.Year(
          year: $0["year"], branch: $0["branch"], models: $0["models"], values: $0["n"],
          best: $0["best"])
      }
      guard let datasets = selection.datasets, datasets.count == 1 else {
        return Timeline(years: years, records: [])
      }
      let found = try Row.fetchAll(
        db,
        sql: """
          SELECT results.key AS key, ifnull(first_date, last_date) AS date, value
          FROM results JOIN models ON models.key = model
          WHERE dataset = ? AND metric = ? AND kind = ? AND date IS NOT NULL
            AND \(condition("model", selection.models))
          ORDER BY date, value DESC, model
          """, arguments: [datasets[0], filter.metric, kind.rawValue])
      return Timeline(years: years, records: try Self.records(found, db))
    }
  }

  private static func records(_ found: [Row], _ db: Database) throws -> [Timeline.Record] {
    var best = -1.0
    let kept = found.filter { row in
      let value: Double = row["value"]
      defer { best = max(best, value) }
      return value > best
    }
    let rows = try SurveyRow.rows(of: kept.map { $0["key"] as Int64 }, db)
    return kept.compactMap { row in
      rows[row["key"]].map { Timeline.Record(date: row["date"], row: $0) }
    }
  }
}
