// Why the survey could not be read or changed, in one line.

/// A fault of the survey's database or of what is put into it.
public enum SurveyError: Error, Equatable, CustomStringConvertible {
  /// A contribution breaks rules; nothing of it was taken.
  case refused([Finding])
  /// The file holds something else.
  case notASurvey(path: String, reason: String)
  /// A later version of the program has written it.
  case newer(path: String)
  /// Another process is writing.
  case busy(path: String)
  case notFound(path: String)
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  /// A question names something that is not in the survey.
  case unknown(what: String, name: String, near: [String])
  /// A question that has no answer.
  case noAnswer(String)
  /// A report of a comparison that holds nothing to record.
  case badReport(path: String, reason: String)

  public var description: String {
    switch self {
    case .refused(let findings):
      (findings.first?.description ?? "nothing to take")
        + (findings.count > 1 ? " (and \(findings.count - 1) more)" : "")
        + "; nothing was changed"
    case .notASurvey(let path, let reason): "\(path) is no survey database: \(reason)"
    case .newer(let path):
      "\(path) was written by a later version of vesalius; use that version, or another database"
    case .busy(let path):
      "\(path) is being written by another process; nothing was changed, try again when it is done"
    case .notFound(let path): "\(path) does not exist"
    case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .unknown(let what, let name, let near):
      "the survey has no \(what) '\(name)'"
        + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?")
    case .noAnswer(let reason): reason
    case .badReport(let path, let reason): "\(path) cannot be recorded: \(reason)"
    }
  }
}
