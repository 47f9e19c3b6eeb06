// Why a prompt could not be made or understood.

/// A misuse of prompts; the description is one line: what was met, what was expected, what to do.
public enum PromptsError: Error, Equatable, CustomStringConvertible {
  /// The number of pixels does not belong to the width and height.
  case pixelCount(met: Int, width: Int, height: Int)
  /// Prediction and truth lie on different grids, each as width × height.
  case sizesDiffer(prediction: String, truth: String)
  /// A word that names no level of prompting.
  case unknownLevel(String)

  public var description: String {
    switch self {
    case .pixelCount(let met, let width, let height):
      "a mask of \(met) pixels for a slice of \(width) × \(height); "
        + "give one value per pixel, row by row"
    case .sizesDiffer(let prediction, let truth):
      "the prediction has \(prediction) pixels, the truth \(truth); both must lie on the same grid"
    case .unknownLevel(let word):
      "“\(word)” is no level of prompting; known are \(PromptLevel.spellings)"
    }
  }
}
