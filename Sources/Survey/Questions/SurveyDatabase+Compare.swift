// Finds the best value of each of two groups of models on every data set.

import GRDB

extension SurveyDatabase {
  /// Compares two groups of models by their best values.
  ///
  /// Values that are marked as fractions take no part, nor do data sets that are parts of others.
  ///
  /// - Parameters:
  ///   - first: a framework, a branch, or a model
  ///   - second: another
  ///   - grouping: what data sets are put together by
  ///   - kind: which values
  ///   - filter: which data sets, which metric, and whether values in doubt take part
  /// - Returns: pairs, summaries and warnings
  /// - Throws: ``SurveyError``
  public func compare(
    _ first: String, _ second: String, by grouping: SurveyComparison.Grouping = .dataset,
    kind: SurveyResult.Kind = .best, filter: SurveyFilter = SurveyFilter()
  ) throws -> SurveyComparison {
    try read { db in
      let sides = try [Side(first, db), Side(second, db)]
      guard Set(sides[0].models).isDisjoint(with: sides[1].models) else {
        throw SurveyError.noAnswer(
          "\(first) and \(second) have models in common; compare groups that have none")
      }
      let selection = try Selection(filter, db)
      let search = try BestSearch(filter, selection, kind, db)
      let chosen = try sides.map { try search.best(among: $0.models, db) }
      let rows = try SurveyRow.rows(of: chosen.flatMap(\.values), db)
      let terms = try Terms(of: "datasets", db).items
      let pairs = chosen[0].compactMap { dataset, key -> SurveyComparison.Pair? in
        guard let a = rows[key], let b = chosen[1][dataset].flatMap({ rows[$0] }) else {
          return nil
        }
        let lists = terms[dataset] ?? [:]
        return SurveyComparison.Pair(
          dataset: a.dataset, datasetName: a.datasetName,
          organs: lists["main_structure"] ?? [], regions: lists["region"] ?? [], first: a,
          second: b)
      }
      return SurveyComparison(
        first: sides[0].title, second: sides[1].title, kind: kind, metric: filter.metric,
        models: try sides.map { try search.count(among: $0.models, db) }, pairs: pairs,
        by: grouping, remarks: search.remarks)
    }
  }

  /// A group of models.
  struct Side {
    let title: String
    let models: [Int64]

    init(_ name: String, _ db: Database) throws {
      let wanted = name.lowercased()
      for column in ["framework", "branch", "id"] {
        let found = try Int64.fetchAll(
          db, sql: "SELECT key FROM models WHERE \(column) = ?", arguments: [wanted])
        if !found.isEmpty {
          (title, models) = (wanted, found)
          return
        }
      }
      let known =
        SurveyModel.Framework.allCases.map(\.rawValue) + SurveyModel.Branch.allCases.map(\.rawValue)
        + (try String.fetchAll(db, sql: "SELECT id FROM models"))
      throw SurveyError.unknown(
        what: "framework, branch or model", name: name,
        near: Nearness.closest(to: name, in: known))
    }
  }
}

/// Walks the values of each data set from the top to the first of a group of models.
struct BestSearch {
  private let metric: String
  private let kind: SurveyResult.Kind
  private let datasets: String
  private let excluded: String
  /// What was left out, in sentences.
  let remarks: [String]

  init(
    _ filter: SurveyFilter, _ selection: Selection, _ kind: SurveyResult.Kind, _ db: Database
  ) throws {
    metric = filter.metric
    self.kind = kind
    let parts = try Int64.fetchAll(
      db,
      sql: """
        SELECT key FROM datasets WHERE id IN (SELECT dataset_id FROM doubts WHERE code = ?)
        """, arguments: [Doubt.part])
    let codes = filter.withoutDoubts ? "" : "AND code = '\(Doubt.fraction)'"
    let doubtful = try Int64.fetchAll(
      db,
      sql: """
        SELECT results.key FROM doubts JOIN models ON models.id = model_id
          JOIN datasets ON datasets.id = dataset_id
          JOIN results ON model = models.key AND dataset = datasets.key
            AND results.kind = doubts.kind
        WHERE results.kind = ? AND metric = ? \(codes)
        """, arguments: [kind.rawValue, filter.metric])
    excluded = doubtful.map(String.init).joined(separator: ",")
    let kept = try (selection.datasets ?? Int64.fetchAll(db, sql: "SELECT key FROM datasets"))
      .filter { !parts.contains($0) }
    datasets = kept.map(String.init).joined(separator: ",")
    remarks =
      parts.isEmpty
      ? []
      : [
        "\(parts.count) data sets that are parts of others are left out, so that no image counts "
          + "twice."
      ]
  }

  /// Up to this many models it is faster to look at their values than to walk those of a data set.
  private static let few = 20

  /// For each data set the key of the largest value.
  func best(among models: [Int64], _ db: Database) throws -> [Int64: Int64] {
    let sql =
      models.count <= Self.few
      ? """
      SELECT dataset, key AS result, max(value) FROM (
        SELECT dataset, key, value FROM results INDEXED BY results_by_cell
        WHERE metric = ? AND kind = ? AND dataset IN (\(datasets)) AND \(condition(models))
        ORDER BY model)
      GROUP BY dataset
      """
      : """
      SELECT d.key AS dataset, (
        SELECT key FROM results INDEXED BY results_by_dataset
        WHERE dataset = d.key AND metric = ? AND kind = ? AND \(condition(models))
        ORDER BY value DESC, model LIMIT 1) AS result
      FROM datasets d WHERE d.key IN (\(datasets))
      """
    let rows = try Row.fetchAll(db, sql: sql, arguments: [metric, kind.rawValue])
    return Dictionary(
      rows.compactMap { row in (row["result"] as Int64?).map { (row["dataset"], $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// How many of the models have a value at all.
  func count(among models: [Int64], _ db: Database) throws -> Int {
    try Int.fetchOne(
      db,
      sql: """
        SELECT count(*) FROM models m WHERE m.key IN (\(list(models))) AND EXISTS (
          SELECT 1 FROM results INDEXED BY results_by_cell
          WHERE model = m.key AND dataset IN (\(datasets)) AND metric = ? AND kind = ?
            AND \(condition([])))
        """, arguments: [metric, kind.rawValue]) ?? 0
  }

  private func condition(_ models: [Int64]) -> String {
    (models.isEmpty ? "true" : "model IN (\(list(models)))")
      + (excluded.isEmpty ? "" : " AND results.key NOT IN (\(excluded))")
  }

  private func list(_ keys: [Int64]) -> String { keys.map(String.init).joined(separator: ",") }
}
