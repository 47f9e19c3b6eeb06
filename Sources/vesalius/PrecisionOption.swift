// --precision, as several commands read it.

import ArgumentParser
import Models
import Tensors

enum PrecisionOption {
  /// Reads "auto" or the name of a precision.
  static func choice(_ name: String) throws -> PrecisionChoice {
    name == "auto" ? .automatic : .exactly(try precision(name))
  }

  static func precision(_ name: String) throws -> Precision {
    guard let precision = Precision(rawValue: name) else {
      let known = Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("expected a precision (\(known)), not '\(name)'")
    }
    return precision
  }
}
