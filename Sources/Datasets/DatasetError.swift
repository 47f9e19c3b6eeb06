// Why a dataset could not be read, in one line that says what was met and what was expected.

/// A fault of a dataset on disk.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  /// Nothing lies at the path.
  case notFound(path: String)
  /// The folder follows none of the known layouts.
  case unknownLayout(path: String)
  /// A file that the dataset consists of cannot be understood.
  case malformed(path: String, reason: String)
  /// A row of `pairs.csv` names a file that does not exist.
  case missingFile(path: String, line: Int, listedIn: String)
  /// Two files or rows would go by one name.
  case ambiguous(name: String, first: String, second: String)
  /// The cases cannot be divided as asked.
  case cannotSplit(reason: String)
  /// A file or folder cannot be written.
  case cannotWrite(path: String, reason: String)
  /// Image and mask of a case, or one case and the others, do not belong together.
  case mismatch(path: String, met: String, expected: String)

  public var description: String {
    switch self {
    case .notFound(let path):
      "\(path) does not exist."
    case .unknownLayout(let path):
      "\(path) is no dataset: expected a pairs.csv, imagesTr/ with dataset.json (nnU-Net), "
        + "or images/ with masks/ or labels/."
    case .malformed(let path, let reason):
      "\(path) cannot be read: \(reason)."
    case .missingFile(let path, let line, let listedIn):
      "\(listedIn), line \(line): \(path) does not exist."
    case .ambiguous(let name, let first, let second):
      "Both \(first) and \(second) go by the name '\(name)'; names must be unique."
    case .cannotSplit(let reason):
      "The cases cannot be split: \(reason)."
    case .cannotWrite(let path, let reason):
      "\(path) cannot be written: \(reason)."
    case .mismatch(let path, let met, let expected):
      "\(path) has \(met); expected \(expected)."
    }
  }
}
