// Why a metric could not be computed.

/// A misuse that makes a metric meaningless.
public enum MetricsError: Error, Equatable, CustomStringConvertible {
  /// Prediction and reference do not describe the same voxels.
  case lengthsDiffer(prediction: Int, reference: Int)

  public var description: String {
    switch self {
    case .lengthsDiffer(let prediction, let reference):
      "The prediction has \(prediction) voxels, the reference \(reference); "
        + "both must lie on the same grid."
    }
  }
}
