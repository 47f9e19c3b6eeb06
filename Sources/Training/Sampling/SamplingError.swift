// Why no patch could be cut or changed, in one line that says what was met and what was expected.

/// A fault of the cases or of the settings that patches are made by.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to train on.
  case noCases
  /// A setting outside the range in which it means something.
  case settingInvalid(name: String, met: String, expected: String)
  /// A case that does not fit the others or the plan.
  case caseUnfit(id: String, reason: String)
  /// The voxels of a case could not be read.
  case caseUnreadable(id: String, step: Int, reason: String)
  /// Batches were asked of a loader that had been stopped.
  case cancelled

  public var description: String {
    switch self {
    case .noCases:
      "There is no case to cut patches from; give at least one training case."
    case .settingInvalid(let name, let met, let expected):
      "The setting \(name) is \(met); expected \(expected)."
    case .caseUnfit(let id, let reason):
      "The case '\(id)' cannot be used: \(reason)."
    case .caseUnreadable(let id, let step, let reason):
      "The case '\(id)' could not be read for step \(step): \(reason)"
    case .cancelled:
      "The loader was stopped; make a new one from the step at which to go on."
    }
  }
}
