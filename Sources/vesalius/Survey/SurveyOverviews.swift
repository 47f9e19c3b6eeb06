// `vesalius survey gaps`, `timeline` and `headlines`: the field from afar.

import ArgumentParser
import Foundation
import Survey

struct SurveyGaps: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gaps", abstract: "Show which values nobody has published.",
    discussion: """
      Cells are models with a published value, of all models of a branch; the emptiest lines come first. \
      With a single --model or --dataset its missing partners are listed.
      """)

  @Option(
    help:
      "dataset (if left out), model, region, or dimension (regulation, privacy, budget, trust).",
    transform: word)
  var by = Coverage.Line.dataset

  @OptionGroup var filters: SurveyFilterOptions

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print CSV.")
  var csv = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let database = try store.opened()
    let filter = try filters.filter()
    let coverage = try database.coverage(by: by, filter: filter)
    if json { return try Output.result(coverage) }
    if csv { return try Output.result(coverage.csv.trimmingCharacters(in: .newlines)) }
    for (property, other) in [(SurveyFilter.Property.model, "data sets"), (.dataset, "models")] {
      guard filter[property].count == 1, let name = filter[property].first else { continue }
      let missing = try database.missing(property, name)
      return try Output.result(
        "\(missing.count) \(other) without a published value of \(name):\n"
          + missing.joined(separator: "\n"))
    }
    try Output.result(
      table(
        [by.rawValue.uppercased()] + coverage.columns.map { $0.uppercased() } + ["MISSING"],
        coverage.rows.map { row in
          [row.name] + zip(row.filled, row.possible).map { "\($0) of \($1)" }
            + ["\(row.missing)"]
        }))
    try Output.result("\(coverage.filled) of \(coverage.possible) cells are filled")
  }
}

struct SurveyTimeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timeline", abstract: "Show models and values by year and branch.",
    discussion: "With a single --dataset, also which model raised its best value when.")

  @Option(help: "primary, best (if left out) or measured.", transform: word)
  var kind = SurveyResult.Kind.best

  @OptionGroup var filters: SurveyFilterOptions

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print CSV.")
  var csv = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let timeline = try store.opened().timeline(try filters.filter(), kind: kind)
    if json { return try Output.result(timeline) }
    if csv { return try Output.result(timeline.csv.trimmingCharacters(in: .newlines)) }
    try Output.result(
      table(
        ["YEAR", "BRANCH", "MODELS", "VALUES", "BEST"],
        timeline.years.map {
          [
            "\($0.year)", $0.branch, "\($0.models)", "\($0.values)",
            $0.best.map { String(format: "%.2f", $0) } ?? "–",
          ]
        }))
    guard !timeline.records.isEmpty else { return }
    try Output.result(
      "\n"
        + table(
          ["DATE", "BEST SO FAR", "MODEL", "BRANCH"],
          timeline.records.map {
            [$0.date, SurveyText.value($0.row), $0.row.modelName, $0.row.branch]
          }))
    try Output.result(
      "Dates are those of the models; their values may have been published later, by others.")
  }
}

struct SurveyHeadlines: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headlines", abstract: "Print the survey in a few figures.")

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let headlines = try store.opened().headlines()
    if json { try Output.result(headlines) } else { try Output.result(headlines.text) }
  }
}
