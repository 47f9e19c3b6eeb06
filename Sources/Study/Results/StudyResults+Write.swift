// The files of a finished study, and what its command prints.

import Foundation
import Report

extension StudyResults {
  /// What a study found, in brief.
  public struct Outcome: Sendable, Encodable {
    public struct Files: Sendable, Encodable {
      public let report: String
      public let markdown: String
      public let scores: String
      public let costs: String
      public let json: String
      public let `protocol`: String
    }

    /// Plain sentences, the most important first.
    public let findings: [String]
    /// Participants and cases without an answer, with the reason.
    public let failures: [String]
    /// What weakens the figures.
    public let warnings: [String]
    public let files: Files

    /// For people.
    public var text: String {
      (findings + warnings.map { "Mind: \($0)" } + [
        "", "Report: \(files.report)", "Scores: \(files.scores)",
      ])
      .joined(separator: "\n")
    }
  }

  /// Writes scores, costs, JSON, report, tables and figures into the folder of the study.
  ///
  /// - Parameters:
  ///   - folder: that of the study
  ///   - version: of the program, for the report
  ///   - command: how it was called, for the report
  /// - Returns: what the command prints
  /// - Throws: ``StudyError``, and what reading the pictures' images throws
  public func write(
    to folder: StudyFolder, version: String, command: [String]
  ) throws -> Outcome {
    // Scores first: whatever else fails, they are there.
    try StudyFolder.write(Data(csv().utf8), to: folder.results)
    try StudyFolder.write(Data(costsCSV().utf8), to: folder.costs)
    try StudyFolder.write(json(), to: folder.json)
    let mapping = ReportMapping(
      results: self, analysis: try StudyAnalysis(self), version: version, command: command,
      published: plan.published, folder: folder)
    let content = try mapping.content()
    let files = ReportFiles(content)
    for file in files.tables() {
      try StudyFolder.write(Data(file.text.utf8), to: "\(folder.path)/tables/\(file.name)")
    }
    for file in files.figures() {
      try StudyFolder.write(Data(file.text.utf8), to: "\(folder.path)/figures/\(file.name)")
    }
    try StudyFolder.write(Data(MarkdownReport(content).markdown().utf8), to: folder.markdown)
    try StudyFolder.write(Data(HTMLReport(content).html().utf8), to: folder.report)
    return Outcome(
      findings: content.findings, failures: failures(),
      warnings: content.warnings.filter { $0.kind != .power && $0.kind != .failedCases }.map(
        \.text),
      files: Outcome.Files(
        report: folder.report, markdown: folder.markdown, scores: folder.results,
        costs: folder.costs, json: folder.json, protocol: folder.protocolFile))
  }

  /// A line for each reason that cost a participant cases.
  private func failures() -> [String] {
    contenders.flatMap { contender -> [String] in
      let own = records(of: contender).compactMap { item, record in
        record.failure(at: contender.level).map { (item.id, $0) }
      }
      let reasons = Dictionary(grouping: own, by: \.1)
      return reasons.sorted { $0.key < $1.key }.map { reason, cases in
        cases.count == plan.cases.count
          ? "\(contender.name) failed on every case: \(reason)"
          : "\(contender.name) failed on \(DatasetReading.list(cases.map(\.0))): \(reason)"
      }
    }
  }
}
