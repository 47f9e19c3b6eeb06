// Why a study cannot begin or go on, in one line each.

/// A reason that stops a study.
public enum StudyError: Error, Equatable, CustomStringConvertible {
  case badProtocol(path: String, reason: String)
  /// Everything that was found before anything ran; each with its file and a remedy.
  case problems([Problem])
  /// The folder holds the results of another protocol.
  case otherProtocol(folder: String, entry: String)
  /// A table that the protocol names.
  case badTable(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  /// What an entrant's own process could not do.
  case entrantFailed(name: String, reason: String)

  public var description: String {
    switch self {
    case .badProtocol(let path, let reason): "\(path) is no protocol: \(reason)"
    case .problems(let problems):
      "nothing was run, because of \(problems.count) problem\(problems.count == 1 ? "" : "s"): "
        + problems.map(\.description).joined(separator: " | ")
    case .otherProtocol(let folder, let entry):
      "\(folder) holds a study with other '\(entry)'; choose another --out, or go on with "
        + "--protocol \(folder)/protocol.yaml"
    case .badTable(let path, let reason): "\(path) cannot be used: \(reason)"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .entrantFailed(let name, let reason): "\(name) cannot take part: \(reason)"
    }
  }
}

/// Something that would spoil a study, found before it starts.
public struct Problem: Codable, Sendable, Hashable, CustomStringConvertible {
  /// The file, case or entrant that it is about.
  public let subject: String
  public let met: String
  public let remedy: String

  public init(_ subject: String, _ met: String, remedy: String) {
    self.subject = subject
    self.met = met
    self.remedy = remedy
  }

  public var description: String { "\(subject): \(met); \(remedy)" }
}
