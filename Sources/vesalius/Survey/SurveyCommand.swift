// `vesalius survey`: the published literature as a database that can be asked, extended and measured against.

import ArgumentParser
import Foundation
import Survey

struct SurveyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey", abstract: "Ask the published literature, and add to it.",
    discussion: """
      The survey arXiv 2506.10825 ships with the program: models, data sets, Dice values and their \
      sources, with the doubts that its curators noted. Values are per cent. See Documentation/survey.md.
      """,
    subcommands: [
      QuerySurvey.self, ShowSurvey.self, CompareSurvey.self, SurveyGaps.self, SurveyTimeline.self,
      SurveyHeadlines.self, CheckSurvey.self, ImportSurvey.self, ExportSurvey.self,
      RecordSurvey.self,
    ])
}

/// Which database is asked or changed.
struct SurveyStore: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database; if left out, that of VESALIUS_SURVEY, else survey.sqlite in the user's folder.",
      valueName: "file"))
  var database: String?

  /// The file that is meant, whether or not it exists.
  var path: String {
    if let database { return database }
    let named = ProcessInfo.processInfo.environment["VESALIUS_SURVEY"] ?? ""
    if !named.isEmpty { return named }
    let folder =
      FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask).first
      ?? URL(fileURLWithPath: ".")
    return folder.appendingPathComponent("vesalius/survey.sqlite").path
  }

  /// The database to ask; the published survey where nobody has made one.
  func opened() throws -> SurveyDatabase {
    guard database == nil, !FileManager.default.fileExists(atPath: path) else {
      return try SurveyDatabase.open(path, for: .reading)
    }
    return try SurveyDatabase.published()
  }

  func validate() throws {
    if database?.isEmpty == true {
      throw ValidationError("--database is empty; check the variable behind it")
    }
  }
}
