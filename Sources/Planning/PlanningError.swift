// Why a dataset could not be planned or a plan not be read.

/// A fault of a plan, a fingerprint, or the data that they are made from.
public enum PlanningError: Error, Equatable, CustomStringConvertible {
  /// A file cannot be read or written.
  case file(path: String, reason: String)
  /// A member of the file is absent or of another kind.
  case malformed(place: String, met: String, expected: String)
  /// The plan asks for something that is not built here.
  case unsupported(place: String, met: String, supported: String)
  /// A configuration that the plan does not have.
  case unknownConfiguration(String, known: [String])
  /// Configurations inherit from one another in a circle.
  case circularInheritance([String])

  public var description: String {
    switch self {
    case .file(let path, let reason):
      "\(path): \(reason)."
    case .malformed(let place, let met, let expected):
      "The plan has \(met) at '\(place)'; expected \(expected)."
    case .unsupported(let place, let met, let supported):
      "The plan asks for \(met) at '\(place)', which is not supported; supported: \(supported)."
    case .unknownConfiguration(let name, let known):
      "The plan has no configuration '\(name)'; it has \(known.joined(separator: ", "))."
    case .circularInheritance(let names):
      "The configurations \(names.joined(separator: " → ")) inherit from one another in a circle; "
        + "remove one 'inherits_from'."
    }
  }
}
