// Why an image could not be made, in one line that says what was met and what was expected.

/// A fault in what was asked of a generator.
public enum SynthesisError: Error, Equatable, CustomStringConvertible {
  /// A number lies outside the range in which the generator works.
  case badSize(met: String, expected: String)
  /// A label found no voxel, however often the scene was drawn.
  case labelsDoNotFit(kind: String, missing: [String], size: String)
  /// The folder for the result is taken.
  case folderInUse(path: String)
  /// There are no label maps or images to work from.
  case nothingToStartFrom(path: String, expected: String)
  /// A file to work from is not what it should be.
  case unusable(path: String, met: String, expected: String)

  public var description: String {
    switch self {
    case .badSize(let met, let expected):
      "\(met) cannot be made: expected \(expected)."
    case .labelsDoNotFit(let kind, let missing, let size):
      "\(kind) images of \(size) voxels have no room for \(missing.joined(separator: ", ")): "
        + "ask for a larger size."
    case .folderInUse(let path):
      "\(path) holds other files already: give a folder that is new or empty."
    case .nothingToStartFrom(let path, let expected):
      "\(path) holds nothing to start from: expected \(expected)."
    case .unusable(let path, let met, let expected):
      "\(path) has \(met); expected \(expected)."
    }
  }
}
