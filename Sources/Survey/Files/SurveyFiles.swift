// Contributions by what they are: folders of tables, JSON, BibTeX, or the YAML file of a paper.

import Foundation

/// A form in which the survey leaves and enters.
public enum SurveyFormat: String, Sendable, CaseIterable {
  /// A folder with a table for each kind of record.
  case csv
  /// One object with everything.
  case json
  /// The sources alone.
  case bibtex
}

/// Reading and writing the survey's files.
public enum SurveyFiles {
  /// Checks files against the rules and against what the survey holds; nothing is changed.
  ///
  /// - Parameters:
  ///   - path: a folder of tables, one table, `.json`, `.bib`, or `.yaml`
  ///   - known: what is there already
  /// - Returns: every fault; none if the files may be imported
  /// - Throws: ``SurveyError`` if there is nothing to check
  public static func check(_ path: String, known: SurveyContent) throws -> [Finding] {
    var reader = RecordReader()
    do { try read(path, into: &reader) } catch SurveyError.refused(let findings) {
      return findings
    }
    // What refers to a faulty record would only repeat its fault.
    guard reader.findings.isEmpty else { return reader.findings }
    return Consistency.findings(in: reader.draft, known: known)
  }

  /// Reads files that break no rule of their fields.
  static func draft(_ path: String) throws -> Draft {
    var reader = RecordReader()
    try read(path, into: &reader)
    return try reader.finished()
  }

  private static func read(_ path: String, into reader: inout RecordReader) throws {
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "json": try JSONFile.read(path, into: &reader)
    case "bib", "bibtex": try BibTeX.read(path, into: &reader)
    case "yaml", "yml": try PaperFile.read(path, into: &reader)
    default: try TableFiles.read(path, into: &reader)
    }
  }

  /// Writes the survey.
  ///
  /// - Parameters:
  ///   - content: what is written
  ///   - format: how
  ///   - path: a folder for tables, else a file
  /// - Throws: ``SurveyError``
  public static func write(
    _ content: SurveyContent, as format: SurveyFormat, to path: String
  ) throws {
    switch format {
    case .csv: try TableFiles.write(content, to: path)
    case .json: try TextFile.write(JSONFile.text(content), to: path)
    case .bibtex: try TextFile.write(BibTeX.text(content.sources), to: path)
    }
  }
}
