// Why predictions could not be compared with references, in one line each.

/// A reason that stops an evaluation.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// References without a prediction, by name.
  case missingPredictions([String])
  /// No prediction goes with any reference.
  case nothingToCompare(predictions: [String], references: [String])
  case sizesDiffer(case: String, prediction: SIMD3<Int>, reference: SIMD3<Int>)
  /// Two grids of equal size lie differently in space; the values are printed as met.
  case geometriesDiffer(case: String, property: String, prediction: String, reference: String)
  case unknownLabel(String, known: [String])
  case unknownEnding(path: String)
  case cannotWrite(path: String, reason: String)

  public var description: String {
    switch self {
    case .missingPredictions(let names):
      "\(names.count) of the references have no prediction: \(Self.list(names)). "
        + "Predict them, or pass --allow-missing to score the others alone."
    case .nothingToCompare(let predictions, let references):
      "No prediction goes with a reference: met \(Self.list(predictions)), "
        + "expected names like \(Self.list(references))."
    case .sizesDiffer(let name, let prediction, let reference):
      "\(name): the prediction has \(Self.size(prediction)) voxels, the reference "
        + "\(Self.size(reference)); both must lie on the same grid."
    case .geometriesDiffer(let name, let property, let prediction, let reference):
      "\(name): the \(property) of the prediction is \(prediction), of the reference \(reference); "
        + "write the prediction on the grid of the image."
    case .unknownLabel(let label, let known):
      "'\(label)' is neither a label value nor one of the names \(Self.list(known))."
    case .unknownEnding(let path):
      "The results can be written as .csv or .json, not as \(path)."
    case .cannotWrite(let path, let reason):
      "\(path) cannot be written: \(reason)"
    }
  }

  private static func size(_ size: SIMD3<Int>) -> String { "\(size.x) x \(size.y) x \(size.z)" }

  private static func list(_ names: [String]) -> String {
    guard !names.isEmpty else { return "none" }
    let shown = names.prefix(10).joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
