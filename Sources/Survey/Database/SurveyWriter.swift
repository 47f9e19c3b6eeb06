// Puts records into the tables of the database, within one transaction.

import GRDB

struct SurveyWriter {
  let db: Database

  /// Adds records; those that are there already, by their keys, are replaced.
  func insert(_ content: SurveyContent) throws {
    var visitor = Inserting(db: db, content: content)
    try SurveyContent.visit(&visitor)
    try renewSearch()
    try db.execute(sql: Schema.totals)
    try db.execute(sql: "PRAGMA optimize")
  }

  private struct Inserting: SurveyContent.Visitor {
    let db: Database
    let content: SurveyContent

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) throws {
      let records = content[keyPath: Record.place]
      if type == SurveyResult.self { return try SurveyWriter.insert(content.results, db) }
      let columns = Record.columns.filter { !$0.isList }
      let names = columns.map(\.name)
      let statement = try db.makeStatement(
        sql: SurveyWriter.sql(Record.table, names, values: names.map { _ in "?" }, Record.unique))
      for record in records {
        try statement.execute(arguments: StatementArguments(columns.map { $0.get(record).value }))
      }
      try SurveyWriter.insertTerms(records, db)
    }
  }

  /// An insertion that becomes an update where the unique columns are there already.
  private static func sql(
    _ table: String, _ names: [String], values: [String], _ unique: String
  ) -> String {
    let changes = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    return """
      INSERT INTO \(table) (\(names.joined(separator: ", ")))
      VALUES (\(values.joined(separator: ", ")))
      ON CONFLICT (\(unique)) DO UPDATE SET \(changes)
      """
  }

  private static func insert(_ results: [SurveyResult], _ db: Database) throws {
    let statement = try db.makeStatement(
      sql: sql(
        "results",
        [
          "model", "dataset", "metric", "value", "kind", "source", "run", "setting", "split",
          "note",
        ],
        values: [
          "(SELECT key FROM models WHERE id = ?)", "(SELECT key FROM datasets WHERE id = ?)", "?",
          "?", "?", "(SELECT key FROM sources WHERE id = ?)",
          "(SELECT key FROM runs WHERE id = ?)", "?", "?", "?",
        ], SurveyResult.unique))
    for result in results {
      try statement.execute(arguments: StatementArguments(result.cells.map(\.value)))
    }
  }

  private static func insertTerms<Record: SurveyRecord>(
    _ records: [Record], _ db: Database
  ) throws {
    let lists = Record.columns.filter(\.isList)
    guard !lists.isEmpty else { return }
    let table = String(Record.table.dropLast()) + "_terms"
    let find = try db.makeStatement(sql: "SELECT key FROM \(Record.table) WHERE id = ?")
    let clear = try db.makeStatement(sql: "DELETE FROM \(table) WHERE owner = ?")
    let add = try db.makeStatement(sql: "INSERT INTO \(table) VALUES (?, ?, ?, ?)")
    for record in records {
      guard let key = try Int64.fetchOne(find, arguments: [record.key[0]]) else { continue }
      try clear.execute(arguments: [key])
      var terms = lists.map { ($0.name, $0.get(record).items) }
      if let model = record as? SurveyModel { terms.append(("backbones", model.backbones)) }
      for (field, items) in terms {
        for (position, item) in items.enumerated() {
          try add.execute(arguments: [key, field, position, item])
        }
      }
    }
  }

  /// Writes anew what words are looked for in.
  private func renewSearch() throws {
    func terms(of table: String, _ condition: String) -> String {
      """
      ifnull((SELECT group_concat(value, ' ') FROM \(table)_terms \
      WHERE owner = \(table)s.key AND \(condition)), '')
      """
    }
    try db.execute(
      sql: """
        DELETE FROM search;
        INSERT INTO search SELECT 'model', id, id || ' ' || name || ' ' || ifnull(title, '')
          || ' ' || ifnull(adaptation, '') || ' ' || \(terms(of: "model", "true")) FROM models;
        INSERT INTO search SELECT 'dataset', id, id || ' ' || name || ' ' || ifnull(full_name, '')
          || ' ' || \(terms(of: "dataset", "field <> 'links'")) FROM datasets;
        INSERT INTO search SELECT 'source', id, id || ' ' || authors_short || ' ' || title
          || ' ' || ifnull(venue, '') || ' ' || ifnull(year, '') FROM sources;
        """)
  }
}

extension SurveyRecord {
  /// The columns, as the database knows them, that no two rows share.
  static var unique: String {
    switch Self.table {
    case Affiliation.table: "name"
    case SurveyResult.table: "model, dataset, metric, kind, ifnull(run, 0), ifnull(setting, '')"
    case Doubt.table:
      "ifnull(model_id, ''), ifnull(dataset_id, ''), ifnull(kind, ''), ifnull(source_id, ''), code"
    case Evidence.table: "model_id, item, statement"
    default: "id"
    }
  }
}

extension Cell {
  fileprivate var items: [String] {
    if case .list(let items) = self { items } else { [] }
  }

  /// As the database keeps it.
  fileprivate var value: DatabaseValue {
    switch self {
    case .empty, .list: .null
    case .text(let text): text.databaseValue
    case .number(let value): Int64(exactly: value)?.databaseValue ?? value.databaseValue
    }
  }
}
