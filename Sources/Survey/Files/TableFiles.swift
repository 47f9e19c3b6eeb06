// The survey as a folder of tables, one file for each kind of record (RFC 4180, UTF-8, `;` within lists).

import Foundation
import Tables

enum TableFiles {
  /// Reads a folder's tables, or a single one; tables that are missing are empty.
  static func read(_ path: String, into reader: inout RecordReader) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw SurveyError.notFound(path: path)
    }
    var visitor = Reading(
      reader: reader, folder: isFolder.boolValue ? path : nil,
      file: isFolder.boolValue ? nil : path)
    try SurveyContent.visit(&visitor)
    guard visitor.count > 0 else {
      throw SurveyError.cannotRead(
        path: path, reason: "it holds none of the survey's tables, such as results.csv")
    }
    reader = visitor.reader
  }

  private struct Reading: SurveyContent.Visitor {
    var reader: RecordReader
    let folder: String?
    let file: String?
    var count = 0

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) throws {
      let path: String
      if let file {
        guard TextFile.name(file) == "\(Record.table).csv" else { return }
        path = file
      } else {
        path = "\(folder ?? ".")/\(Record.table).csv"
        guard FileManager.default.fileExists(atPath: path) else { return }
      }
      count += 1
      TableFiles.read(type, try TextFile.read(path), file: TextFile.name(path), into: &reader)
    }
  }

  /// Reads the text of one table.
  static func read<Record: SurveyRecord>(
    _ type: Record.Type, _ text: String, file: String, into reader: inout RecordReader
  ) {
    let table: CSV
    do { table = try CSV(parsing: text) } catch {
      let line = (error as? CSV.Fault)?.line ?? 1
      return reader.report(Place(file: file, line: line).finding(.format, "\(error)"))
    }
    let place = Place(file: file, line: 1)
    if let twice = table.header.firstRepeated {
      return reader.report(place.finding(.columns, "there are two columns '\(twice)'"))
    }
    let known = Record.header
    if let other = table.header.first(where: { !known.contains($0) }) {
      return reader.report(
        place.finding(.columns, "'\(other)' is none of \(known.joined(separator: ", "))"))
    }
    let missing = known.filter { !table.header.contains($0) && !Record.newer.contains($0) }
    guard missing.isEmpty else {
      return reader.report(
        place.finding(.columns, "there is no column \(missing.joined(separator: ", "))"))
    }
    for row in table.rows {
      let fields = zip(table.header, row.fields.map(Cell.text))
      reader.add(
        type, Dictionary(uniqueKeysWithValues: fields), at: Place(file: file, line: row.line))
    }
  }

  /// Writes every table into a folder.
  static func write(_ content: SurveyContent, to folder: String) throws {
    var visitor = Writing(content: content, folder: folder)
    try SurveyContent.visit(&visitor)
  }

  private struct Writing: SurveyContent.Visitor {
    let content: SurveyContent
    let folder: String

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) throws {
      try TextFile.write(
        TableFiles.text(content[keyPath: Record.place]), to: "\(folder)/\(Record.table).csv")
    }
  }

  /// A table with its header.
  static func text<Record: SurveyRecord>(_ records: [Record]) -> String {
    csv(Record.header, records.map { $0.cells.map(\.text) })
  }

  /// Rows under a header.
  static func csv(_ header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map(CSV.line).joined(separator: "\n") + "\n"
  }
}

extension CSV.Fault {
  fileprivate var line: Int {
    switch self {
    case .noHeader: 1
    case .unterminatedQuote(let line), .textAfterQuote(let line),
      .wrongFieldCount(let line, _, _):
      line
    }
  }
}
