// Everything in the database as plain records, in the order in which they are exported.

import GRDB

extension SurveyDatabase {
  /// All records.
  ///
  /// - Throws: ``SurveyError``
  public func content() throws -> SurveyContent { try read(Self.content) }

  static func content(_ db: Database) throws -> SurveyContent {
    var visitor = Reading(db: db)
    try SurveyContent.visit(&visitor)
    return visitor.content
  }

  private struct Reading: SurveyContent.Visitor {
    let db: Database
    var content = SurveyContent()

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) throws {
      let lists = Record.columns.filter(\.isList).map(\.name)
      let terms = try lists.isEmpty ? [:] : Terms(of: Record.table, db).items
      let rows = try Row.fetchCursor(db, sql: Record.selection)
      while let row = try rows.next() {
        var record = Record()
        for column in Record.columns {
          let cell =
            column.isList
            ? terms[row["key"]]?[column.name].map(Cell.list) ?? .empty
            : Cell(row[column.name] as DatabaseValue)
          try? column.set(&record, cell)
        }
        content[keyPath: Record.place].append(record)
      }
    }
  }

  /// The lists of all rows of a table, by key and field.
  struct Terms {
    private(set) var items: [Int64: [String: [String]]] = [:]

    init(of table: String, _ db: Database) throws {
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT owner, field, value FROM \(table.dropLast())_terms
          ORDER BY owner, field, position
          """)
      while let row = try rows.next() {
        items[row["owner"], default: [:]][row["field"], default: []].append(row["value"])
      }
    }
  }
}

extension Cell {
  init(_ value: DatabaseValue) {
    switch value.storage {
    case .int64(let number): self = .number(Double(number))
    case .double(let number): self = .number(number)
    case .string(let text): self = .text(text)
    default: self = .empty
    }
  }
}

extension SurveyRecord {
  /// All rows with the columns of the record, in its order.
  fileprivate static var selection: String {
    let kinds = "instr('primary best measured', ifnull(kind, ''))"
    return switch Self.table {
    case SurveyResult.table:
      """
      SELECT models.id AS model_id, datasets.id AS dataset_id, metric, value, kind,
        sources.id AS source_id, runs.id AS run_id, setting, split, note
      FROM results JOIN models ON models.key = model JOIN datasets ON datasets.key = dataset
        LEFT JOIN sources ON sources.key = source LEFT JOIN runs ON runs.key = run
      ORDER BY models.id, datasets.id, metric, \(kinds), run_id, setting
      """
    case Doubt.table:
      """
      SELECT * FROM doubts ORDER BY ifnull(model_id, ''), ifnull(dataset_id, ''), \(kinds),
        ifnull(source_id, ''), code, text
      """
    case Evidence.table: "SELECT * FROM evidence ORDER BY model_id, item, statement"
    case Affiliation.table: "SELECT * FROM affiliations ORDER BY name"
    default: "SELECT * FROM \(Self.table) ORDER BY id"
    }
  }
}
