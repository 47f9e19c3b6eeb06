// `vesalius survey query`: published and measured values, filtered, the largest first.

import ArgumentParser
import Foundation
import Survey

struct QuerySurvey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "List values, the largest first.",
    discussion: """
      Options given several times are alternatives, different options narrow each other. A value marked ? \
      is in doubt; --json and --csv say why. Measured values stand beside published ones.
      """)

  @OptionGroup var filters: SurveyFilterOptions

  @Option(
    help: "primary (of the model's own paper), best (of any paper) or measured; all if left out.",
    transform: word)
  var kind: [SurveyResult.Kind] = []

  @Option(help: "Rows of a page, 1 to 10000.")
  var rows = 50

  @Option(help: "Which page, from 1.")
  var page = 1

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print CSV.")
  var csv = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...10_000).contains(rows), (1...1_000_000).contains(page) else {
      throw ValidationError("--rows takes 1 to 10000, and --page counts from 1")
    }
    if csv, json { throw ValidationError("--csv and --json exclude each other") }
  }

  func run() throws {
    var filter = try filters.filter()
    if !kind.isEmpty { filter.kinds = SurveyResult.Kind.allCases.filter(kind.contains) }
    let found = try store.opened().query(filter, limit: rows, offset: (page - 1) * rows)
    if json { return try Output.result(found) }
    if csv { return try Output.result(found.csv.trimmingCharacters(in: .newlines)) }
    guard !found.rows.isEmpty else { return try Output.result("no value fits") }
    try Output.result(
      table(
        ["VALUE", "MODEL", "DATA SET", "KIND", "BRANCH", "SOURCE"],
        found.rows.map { row in
          [
            SurveyText.value(row), row.modelName, row.datasetName, row.kind.rawValue, row.branch,
            SurveyText.source(row),
          ]
        }))
    let marked = found.rows.count { !$0.doubts.isEmpty }
    if marked > 0 { try Output.result("? \(marked) in doubt; --json says why") }
    if found.hasMore { try Output.result("more: --page \(page + 1)") }
  }
}

/// How values and sources read in a table.
enum SurveyText {
  static func value(_ row: SurveyRow) -> String {
    String(format: "%.2f", row.value) + (row.doubts.isEmpty ? "" : " ?")
  }

  static func source(_ row: SurveyRow) -> String {
    if row.kind == .measured {
      return [row.setting, row.split, row.report].compactMap(\.self).joined(separator: "; ")
    }
    return (row.cited ?? "no source") + (row.note.map { " (\($0))" } ?? "")
  }
}
