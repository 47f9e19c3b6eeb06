// The columns of a record, declared once: tables, JSON, YAML and the database are all read and written by them.

/// A rule that a field breaks.
struct CellFault: Error {
  let rule: Rule
  let text: String
}

/// One column: its name, how it is read off a record, and how it is checked and put into one.
struct Column<Record>: Sendable {
  let name: String
  let isRequired: Bool
  let isList: Bool
  let get: @Sendable (Record) -> Cell
  let set: @Sendable (inout Record, Cell) throws -> Void

  typealias Path<Value> = any WritableKeyPath<Record, Value> & Sendable

  /// Text that must be there, further limited by `check`.
  static func text(
    _ name: String, _ path: Path<String>,
    check: @escaping @Sendable (String) throws -> Void = { _ in }
  ) -> Column {
    Column(name: name, isRequired: true, isList: false) {
      .text($0[keyPath: path])
    } set: {
      let text = try TextRule.plain($1)
      try check(text)
      $0[keyPath: path] = text
    }
  }

  /// Text that may be missing.
  static func optional(
    _ name: String, _ path: Path<String?>,
    check: @escaping @Sendable (String) throws -> Void = { _ in }
  ) -> Column {
    Column(name: name, isRequired: false, isList: false) {
      $0[keyPath: path].map(Cell.text) ?? .empty
    } set: {
      guard $1 != .empty else {
        $0[keyPath: path] = nil
        return
      }
      let text = try TextRule.plain($1)
      try check(text)
      $0[keyPath: path] = text
    }
  }

  /// One of the words of an enumeration.
  static func choice<Word: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ path: Path<Word>
  ) -> Column where Word.RawValue == String {
    let words = Dictionary(
      Word.allCases.map { ($0.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
    let list = Word.allCases.map(\.rawValue).joined(separator: ", ")
    return choice(name, path, words, list) { $0.rawValue }
  }

  private static func choice<Word: Sendable>(
    _ name: String, _ path: Path<Word>, _ words: [String: Word], _ list: String,
    text: @escaping @Sendable (Word) -> String
  ) -> Column {
    Column(name: name, isRequired: true, isList: false) {
      .text(text($0[keyPath: path]))
    } set: {
      let text = try TextRule.plain($1)
      guard let word = words[text] else {
        throw CellFault(rule: .choice, text: "'\(text)' is none of \(list)")
      }
      $0[keyPath: path] = word
    }
  }

  /// A number within a range, which may be missing.
  static func number(
    _ name: String, _ path: Path<Double?>, in range: ClosedRange<Double>
  ) -> Column {
    Column(name: name, isRequired: false, isList: false) {
      $0[keyPath: path].map(Cell.number) ?? .empty
    } set: {
      $0[keyPath: path] = try $1 == .empty ? nil : TextRule.number($1, in: range)
    }
  }

  /// A number within a range that must be there.
  static func number(
    _ name: String, _ path: Path<Double>, in range: ClosedRange<Double>
  ) -> Column {
    Column(name: name, isRequired: true, isList: false) {
      .number($0[keyPath: path])
    } set: {
      $0[keyPath: path] = try TextRule.number($1, in: range)
    }
  }

  /// A whole number within a range, which may be missing.
  static func count(_ name: String, _ path: Path<Int?>, in range: ClosedRange<Int>) -> Column {
    Column(name: name, isRequired: false, isList: false) {
      $0[keyPath: path].map { .number(Double($0)) } ?? .empty
    } set: {
      guard $1 != .empty else {
        $0[keyPath: path] = nil
        return
      }
      let value = try TextRule.number(
        $1, in: Double(range.lowerBound)...Double(range.upperBound))
      guard let whole = Int(exactly: value) else {
        throw CellFault(rule: .number, text: "\($1.text) is no whole number")
      }
      $0[keyPath: path] = whole
    }
  }

  /// Texts in an order that is kept, none twice.
  static func list(
    _ name: String, _ path: Path<[String]>,
    check: @escaping @Sendable (String) throws -> Void = { _ in }
  ) -> Column {
    Column(name: name, isRequired: false, isList: true) {
      $0[keyPath: path].isEmpty ? .empty : .list($0[keyPath: path])
    } set: {
      let items = try TextRule.list($1)
      for item in items { try check(item) }
      $0[keyPath: path] = items
    }
  }
}

/// What a survey table is made of.
protocol SurveyRecord: Sendable, Equatable {
  /// The name of the table, and of its file.
  static var table: String { get }
  static var columns: [Column<Self>] { get }
  /// Columns that older tables lack.
  static var newer: Set<String> { get }
  /// What no two records share.
  var key: [String] { get }
  /// Where the records of this kind lie.
  static var place: any WritableKeyPath<SurveyContent, [Self]> & Sendable { get }
  init()
}

extension SurveyRecord {
  static var newer: Set<String> { [] }
  static var header: [String] { columns.map(\.name) }
  var cells: [Cell] { Self.columns.map { $0.get(self) } }
  /// The key in words.
  var name: String { key.filter { !$0.isEmpty }.joined(separator: ", ") }
}
