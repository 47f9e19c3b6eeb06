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
  /// Not even the smallest patch fits.
  case memoryTooSmall(configuration: String, gigabytes: Double)
  /// A file of a case does not go with the others or with the description.
  case mismatch(path: String, met: String, expected: String)
  /// No case has any foreground, so that nothing can be learned.
  case noForeground(cases: Int)

  public var description: String {
    switch self {
    case .file(let path, let reason):
      "\(path): \(reason)."
    case .malformed(let place, let met, let expected):
      "'\(place)' is \(met); expected \(expected)."
    case .unsupported(let place, let met, let supported):
      "The plan asks for \(met) at '\(place)', which is not supported; supported: \(supported)."
    case .unknownConfiguration(let name, let known):
      "The plan has no configuration '\(name)'; it has \(known.joined(separator: ", "))."
    case .circularInheritance(let names):
      "The configurations \(names.joined(separator: " → ")) inherit from one another in a circle; "
        + "remove one 'inherits_from'."
    case .memoryTooSmall(let configuration, let gigabytes):
      "Not even the smallest patch of \(configuration) fits in \(gigabytes) GB or in the budget; "
        + "allow more."
    case .mismatch(let path, let met, let expected):
      "\(path) has \(met); expected \(expected)."
    case .noForeground(let cases):
      "None of the \(cases) cases has any labelled voxel; check that the masks are the right ones."
    }
  }
}

extension PlanningError {
  /// Calls `body` and tells of which file its faults are.
  static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch PlanningError.file(_, let reason) {
      throw PlanningError.file(path: path, reason: reason)
    } catch let fault as PlanningError {
      throw PlanningError.file(path: path, reason: String(fault.description.dropLast()))
    }
  }
}
