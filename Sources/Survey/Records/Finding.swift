// What is wrong with a contribution: the file, the line, the rule, and what was met.

/// The rules that contributions to the survey keep.
public enum Rule: String, Sendable, Codable, CaseIterable {
  case utf8 = "utf-8"
  case format
  case columns
  case required
  case text
  case list
  case number
  case range
  case fraction
  case choice
  case date
  case address
  case doi
  case identifier
  case unique
  case knownModel = "known-model"
  case knownDataset = "known-dataset"
  case knownSource = "known-source"
  case knownRun = "known-run"
  case knownResult = "known-result"
  case knownAffiliation = "known-affiliation"
  case taxonomy
  case measured
  case conflict
}

/// A rule that a line of a file breaks.
public struct Finding: Sendable, Equatable, Codable, CustomStringConvertible {
  public let file: String
  /// From 1.
  public let line: Int
  public let rule: Rule
  public let text: String

  public var description: String { "\(file), line \(line), \(rule.rawValue): \(text)" }
}

/// Where a record was read.
struct Place: Sendable, Equatable {
  let file: String
  let line: Int

  func finding(_ rule: Rule, _ text: String) -> Finding {
    Finding(file: file, line: line, rule: rule, text: text)
  }
}
