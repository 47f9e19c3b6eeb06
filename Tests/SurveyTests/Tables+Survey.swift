// The survey's tables as the tests read them: plain rows of text, by no code of the module under test.

import Foundation
import Tables
import TestSupport

@testable import Survey

/// Rows of a table by the names of its columns.
func plainRows(_ table: String) throws -> [[String: String]] {
  let path = Repository.path("Sources/Survey/Seed/\(table).csv")
  let csv = try CSV(parsing: String(contentsOfFile: path, encoding: .utf8))
  return csv.rows.map { Dictionary(uniqueKeysWithValues: zip(csv.header, $0.fields)) }
}

extension [String: String] {
  subscript(text name: String) -> String { self[name] ?? "" }
  subscript(list name: String) -> [String] {
    self[text: name].split(separator: ";").map(String.init)
  }
}

/// What many tests ask, made once.
enum Published {
  static let content = Result { try SurveyContent.published() }
  static let database = Result { try SurveyDatabase.published() }
  /// The bytes of a database file with the published survey.
  private static let file = Result {
    try Temporary.withFolder { folder in
      _ = try SurveyDatabase.importing(
        ["\(seedFolder)/affiliations.csv"], into: "\(folder)/survey.sqlite")
      return try Data(contentsOf: URL(fileURLWithPath: "\(folder)/survey.sqlite"))
    }
  }

  /// Writes a database with the published survey into a folder.
  static func database(in folder: String) throws -> String {
    let path = "\(folder)/survey.sqlite"
    try file.get().write(to: URL(fileURLWithPath: path))
    return path
  }
}

/// The folder of the tables that ship.
let seedFolder = Repository.path("Sources/Survey/Seed")

let seedTables = [
  "affiliations", "sources", "models", "datasets", "results", "doubts", "evidence",
]
