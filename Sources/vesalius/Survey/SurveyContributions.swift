// `vesalius survey check`, `import`, `export` and `record`: how the survey grows, and how it leaves.

import ArgumentParser
import Foundation
import Survey

struct CheckSurvey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a contribution without taking it.",
    discussion: """
      A contributed paper is one YAML file (Documentation/survey.md shows one). Folders of tables, single \
      tables, .json and .bib are checked too. Every fault is named with file, line and rule.
      """)

  @Argument(help: "A file, or a folder of tables.")
  var path: String

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let findings = try SurveyFiles.check(path, known: try store.opened().content())
    if json {
      try Output.result(["findings": findings])
    } else if findings.isEmpty {
      try Output.result("\(path) keeps every rule")
    } else {
      try Output.result(findings.map(\.description).joined(separator: "\n"))
    }
    if !findings.isEmpty { throw SurveyError.refused(findings) }
  }
}

struct ImportSurvey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Add contributions to the database.",
    discussion: """
      Everything is checked first; one fault, and the database stays as it was. A database that does not \
      exist begins with the published survey, or with --empty as nothing.
      """)

  @Argument(help: "Folders of tables, single tables, .json, .bib or .yaml.")
  var paths: [String]

  @Flag(help: "Let records replace others of the same name.")
  var replace = false

  @Flag(help: "Begin a new database without the published survey.")
  var empty = false

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    do {
      let summary = try SurveyDatabase.importing(
        paths, into: store.path, begin: empty ? SurveyContent() : nil, replacing: replace)
      if json { return try Output.result(summary) }
      let counts = summary.tables.sorted { $0.key < $1.key }.map {
        "\($0.key): \($0.value.added) added, \($0.value.changed) changed, "
          + "\($0.value.unchanged) there already"
      }
      try Output.result((counts + ["in \(store.path)"]).joined(separator: "\n"))
    } catch SurveyError.refused(let findings) {
      for finding in findings.prefix(50).dropFirst() { Output.line(finding.description) }
      throw SurveyError.refused(findings)
    }
  }
}

struct ExportSurvey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the database as CSV, JSON or BibTeX, or as web pages.",
    discussion: """
      What is exported and imported again is exported the same, byte for byte. --site writes an explorer \
      that opens from disk: values, models, data sets, charts, taxonomy, with filters in the address.
      """)

  @Option(help: "csv (a folder; if left out), json or bibtex (the sources).", transform: word)
  var format = SurveyFormat.csv

  @Option(
    name: [.short, .long], help: ArgumentHelp("Where it goes.", valueName: "path"))
  var output: String?

  @Option(help: ArgumentHelp("Write the explorer into this folder.", valueName: "folder"))
  var site: String?

  @OptionGroup var store: SurveyStore

  func validate() throws {
    guard (output == nil) != (site == nil) else {
      throw ValidationError("name either --output or --site")
    }
    if output == "" || site == "" {
      throw ValidationError("a path is empty; check the variable behind it")
    }
  }

  func run() throws {
    let content = try store.opened().content()
    if let site {
      try SurveySite(
        content, prices: .assumed(),
        implementations: Dictionary(
          uniqueKeysWithValues: content.models.map { ($0.id, SurveyImplementation.pages($0.id)) })
      ).write(to: site)
      return try Output.result("\(site)/index.html")
    }
    let output = output ?? ""
    try SurveyFiles.write(content, as: format, to: output)
    try Output.result(output)
  }
}

struct RecordSurvey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Add the results of a comparison as measured values.",
    discussion: """
      Means over cases go in with the report they are from. They appear beside published values and are \
      never averaged with them. Participants that are no models of the survey are named and left out.
      """)

  @Argument(help: "The folder that `vesalius compare --out` wrote, or its report.html.")
  var report: String

  @Option(help: "The survey's id of the data set, where the study calls it otherwise.")
  var dataset: String?

  @Option(
    help: ArgumentHelp(
      "Which model of the survey a participant is; may be given several times.",
      valueName: "participant=id"))
  var model: [String] = []

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print one JSON object.")
  var json = false

  private func given() throws -> [String: String] {
    try Dictionary(
      model.map { text in
        guard let mark = text.lastIndex(of: "="), mark != text.startIndex,
          text.index(after: mark) != text.endIndex
        else { throw ValidationError("--model takes PARTICIPANT=ID, not '\(text)'") }
        return (String(text[..<mark]), String(text[text.index(after: mark)...]))
      }, uniquingKeysWith: { $1 })
  }

  func validate() throws { _ = try given() }

  func run() throws {
    let recording = try SurveyDatabase.recording(
      report, into: store.path, dataset: dataset, models: try given(),
      named: SurveyImplementation.surveyID)
    if json { return try Output.result(recording) }
    var lines = [
      recording.wasKnown
        ? "\(recording.run) was recorded before"
        : "\(recording.run): \(recording.values) measured values on \(recording.dataset)"
    ]
    if !recording.skipped.isEmpty {
      lines.append("no models of the survey: \(recording.skipped.joined(separator: ", "))")
    }
    try Output.result((lines + ["in \(store.path)"]).joined(separator: "\n"))
  }
}
