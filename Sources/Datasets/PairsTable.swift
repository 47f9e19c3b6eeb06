// pairs.csv: the layout for datasets whose files lie as their makers left them.

import Foundation
import Tables

enum PairsTable {
  /// Reads the cases that a table lists; paths are relative to the table.
  static func cases(in path: String) throws -> [DatasetCase] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DatasetError.notFound(path: path)
    }
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw DatasetError.malformed(path: path, reason: "it is not UTF-8 text")
    }
    let table: CSV
    do {
      table = try CSV(parsing: text)
    } catch let fault as CSV.Fault {
      throw DatasetError.malformed(path: path, reason: fault.description)
    }
    guard let image = table.header.firstIndex(of: "image") else {
      throw DatasetError.malformed(
        path: path,
        reason: "it has no column 'image', only \(table.header.joined(separator: ", "))")
    }
    guard Set(table.header).count == table.header.count else {
      throw DatasetError.malformed(path: path, reason: "two columns have the same name")
    }
    let label = table.header.firstIndex(of: "label")
    let stems = table.rows.map { ImageFile.stem(of: $0.fields[image]) }
    let idsAreStems = Set(stems).count == stems.count

    var known: [String: String] = [:]
    return try table.rows.enumerated().map { index, row in
      let file = row.fields[image]
      let id = idsAreStems ? stems[index] : withoutEnding(file)
      if let first = known[id] {
        throw DatasetError.ambiguous(name: id, first: first, second: file)
      }
      known[id] = file
      return DatasetCase(
        id: id, images: [try resolve(file, row, path)],
        label: try label.map { row.fields[$0] }.flatMap { $0.isEmpty ? nil : $0 }
          .map { try resolve($0, row, path) },
        attributes: attributes(of: row, header: table.header))
    }
  }

  private static func resolve(_ file: String, _ row: CSV.Row, _ table: String) throws -> String {
    let path = ImageFile.join(DatasetFolder.folder(of: table), file)
    guard !file.isEmpty, ImageFile.exists(path) else {
      throw DatasetError.missingFile(
        path: file.isEmpty ? "the image" : file, line: row.line, listedIn: table)
    }
    return path
  }

  private static func attributes(of row: CSV.Row, header: [String]) -> [String: String] {
    let columns = zip(header, row.fields).filter { column, value in
      column != "image" && column != "label" && !value.isEmpty
    }
    return Dictionary(columns) { first, _ in first }
  }

  private static func withoutEnding(_ path: String) -> String {
    String(path.dropLast(ImageFile.ending(of: path)?.count ?? 0))
  }
}
