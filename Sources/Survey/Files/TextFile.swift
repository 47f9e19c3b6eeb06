// Reads a file as text and says on which line it is none.

import Foundation

enum TextFile {
  /// No table of a literature is larger.
  static let largest = 1 << 30

  /// - Throws: ``SurveyError``; broken UTF-8 is a finding with its line
  static func read(_ path: String) throws -> String {
    guard FileManager.default.fileExists(atPath: path) else {
      throw SurveyError.notFound(path: path)
    }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw SurveyError.cannotRead(path: path, reason: error.localizedDescription)
    }
    guard data.count <= largest else {
      throw SurveyError.cannotRead(path: path, reason: "it is larger than 1 GiB")
    }
    if let text = String(bytes: data, encoding: .utf8) { return text }
    throw SurveyError.refused([
      Place(file: name(path), line: brokenLine(Array(data)))
        .finding(.utf8, "the line is not UTF-8; save the file in that encoding")
    ])
  }

  /// The name without folders, by which findings call a file.
  static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

  /// The first line that is not UTF-8.
  private static func brokenLine(_ bytes: [UInt8]) -> Int {
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where String(validating: line, as: UTF8.self) == nil {
      return index + 1
    }
    return 1
  }

  /// Writes text aside and moves it into place; folders on the way are made.
  static func write(_ text: String, to path: String) throws {
    let file = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file, options: .atomic)
    } catch {
      throw SurveyError.cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}
