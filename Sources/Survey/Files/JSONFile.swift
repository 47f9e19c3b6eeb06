// The survey as one JSON object: a list of objects for each table, with the names of the columns.

import Foundation

enum JSONFile {
  /// The version of this format; 1 is the only one.
  static let format = 1

  static func read(_ path: String, into reader: inout RecordReader) throws {
    let text = try TextFile.read(path)
    let file = TextFile.name(path)
    let whole: Whole
    do { whole = try JSONDecoder().decode(Whole.self, from: Data(text.utf8)) } catch {
      return reader.report(
        Place(file: file, line: line(of: error, in: text)).finding(.format, reason(error)))
    }
    guard whole.format == format else {
      return reader.report(
        Place(file: file, line: 1).finding(
          .format, "format \(whole.format) is not \(format); a later version has written it"))
    }
    var visitor = Reading(reader: reader, tables: whole.tables, lines: Lines(text), file: file)
    try SurveyContent.visit(&visitor)
    reader = visitor.reader
    for name in visitor.tables.keys.sorted() {
      reader.report(Place(file: file, line: 1).finding(.columns, "there is no table '\(name)'"))
    }
  }

  private struct Reading: SurveyContent.Visitor {
    var reader: RecordReader
    var tables: [String: [[String: Cell]]]
    let lines: Lines
    let file: String

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) {
      let records = tables.removeValue(forKey: Record.table) ?? []
      let lines = lines.ofObjects(in: Record.table)
      for (index, fields) in records.enumerated() {
        let line = index < lines.count ? lines[index] : 1
        reader.add(type, fields, at: Place(file: file, line: line))
      }
    }
  }

  /// A JSON object with one line for each record, so that versions can be compared line by line.
  static func text(_ content: SurveyContent) throws -> String {
    var visitor = Writing(content: content)
    try SurveyContent.visit(&visitor)
    return "{\n\"format\": \(format),\n" + visitor.parts.joined(separator: ",\n") + "\n}\n"
  }

  private struct Writing: SurveyContent.Visitor {
    let content: SurveyContent
    var parts: [String] = []

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.withoutEscapingSlashes]
      let records = try content[keyPath: Record.place].map { record in
        let fields = try zip(Record.header, record.cells).filter { $1 != .empty }.map {
          let name = String(decoding: try encoder.encode($0), as: UTF8.self)
          return "\(name): \(String(decoding: try encoder.encode($1), as: UTF8.self))"
        }
        return "  {" + fields.joined(separator: ", ") + "}"
      }
      parts.append(
        records.isEmpty
          ? "\"\(Record.table)\": []"
          : "\"\(Record.table)\": [\n" + records.joined(separator: ",\n") + "\n]")
    }
  }

  private struct Whole: Decodable {
    let format: Int
    let tables: [String: [[String: Cell]]]

    private struct Key: CodingKey {
      let stringValue: String
      let intValue: Int? = nil
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      format = try container.decode(Int.self, forKey: Key(stringValue: "format"))
      var tables: [String: [[String: Cell]]] = [:]
      for key in container.allKeys where key.stringValue != "format" {
        tables[key.stringValue] = try container.decode([[String: Cell]].self, forKey: key)
      }
      self.tables = tables
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another kind"
    default: "it is no JSON object of the survey"
    }
  }

  /// The line that a parser complains of, if it names one.
  private static func line(of error: any Error, in text: String) -> Int {
    guard case DecodingError.dataCorrupted(let context) = error,
      let said = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey]
        as? String,
      let match = said.firstMatch(of: /line ([0-9]+)/), let line = Int(match.1)
    else { return 1 }
    return line
  }
}

/// Where the objects of each table begin in a JSON text.
private struct Lines {
  private var byTable: [String: [Int]] = [:]

  init(_ text: String) {
    var (depth, line, table, name) = (0, 1, "", [UInt8]())
    var (isText, isEscaped) = (false, false)
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\n") { line += 1 }
      if isText {
        if !isEscaped, byte == UInt8(ascii: "\"") {
          isText = false
          if depth == 1 { table = String(decoding: name, as: UTF8.self) }
        } else if depth == 1 {
          name.append(byte)
        }
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): (isText, name) = (true, [])
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth == 2, byte == UInt8(ascii: "{") { byTable[table, default: []].append(line) }
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
  }

  func ofObjects(in table: String) -> [Int] { byTable[table] ?? [] }
}
