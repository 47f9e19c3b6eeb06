// What can go wrong below a tensor, told in one line each.

/// A failure of the tensor engine.
public enum TensorError: Error, Equatable, CustomStringConvertible {
  /// libtorch could not be opened.
  case engineMissing(path: String, reason: String)
  /// An operation was refused, e.g. because shapes do not fit.
  case failed(operation: String, message: String)
  /// The machine has not enough memory for a result.
  case outOfMemory(operation: String, message: String)
  /// Values were asked for in another type than the tensor holds, or another number than its shape has.
  case mismatch(String)

  public var description: String {
    switch self {
    case .engineMissing(let path, let reason):
      "libtorch cannot be opened through \(path): \(reason.firstLine); "
        + "run scripts/bootstrap, then build again"
    case .failed(let operation, let message):
      "tensor operation \(operation) failed: \(message.firstLine)"
    case .outOfMemory(let operation, let message):
      "not enough memory in \(operation): \(message.firstLine); use a smaller image or tile"
    case .mismatch(let text): text
    }
  }
}

extension String {
  fileprivate var firstLine: String {
    String(split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true).first ?? "")
  }
}
