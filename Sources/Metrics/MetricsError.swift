// Why a metric could not be computed.

/// A misuse that makes a metric meaningless.
public enum MetricsError: Error, Equatable, CustomStringConvertible {
  /// Prediction and reference do not describe the same voxels.
  case lengthsDiffer(prediction: Int, reference: Int)
  /// A size is negative or larger than can be counted.
  case sizeInvalid(SIMD3<Int>)
  /// The voxels do not fill a grid of this size.
  case sizeDiffers(voxels: Int, size: SIMD3<Int>)
  /// Voxels need an extent above zero along each axis.
  case spacingInvalid(SIMD3<Double>)
  /// A choice of definition outside the range in which it means something.
  case optionInvalid(name: String, met: String, expected: String)
  /// A value that is no probability.
  case notAProbability(Float, voxel: Int)
  /// A metric that no one has defined here.
  case unknownMetric(String, known: [String])
  /// A metric that this evaluator does not compute.
  case notComputed(metric: String)
  /// A percentile is a number in 0…100.
  case percentileInvalid(Double)
  /// A tolerance or a width in mm or voxels is a finite number from zero on.
  case distanceInvalid(Double)

  public var description: String {
    switch self {
    case .lengthsDiffer(let prediction, let reference):
      "The prediction has \(prediction) voxels, the reference \(reference); "
        + "both must lie on the same grid."
    case .sizeInvalid(let size):
      "\(size.x) × \(size.y) × \(size.z) is no size of an image; "
        + "give the number of voxels along x, y and z."
    case .sizeDiffers(let voxels, let size):
      "\(voxels) voxels do not make a grid of \(size.x) × \(size.y) × \(size.z); "
        + "give the size of the image that the labels belong to."
    case .spacingInvalid(let spacing):
      "A spacing of \(spacing.x) × \(spacing.y) × \(spacing.z) mm is not usable; "
        + "each axis needs a finite number above zero."
    case .optionInvalid(let name, let met, let expected):
      "The option \(name) is \(met); expected \(expected)."
    case .notAProbability(let value, let voxel):
      "The probability of voxel \(voxel) is \(value); "
        + "give values in 0…1, so apply the sigmoid or softmax first."
    case .unknownMetric(let name, let known):
      "There is no metric '\(name)'; known are " + known.joined(separator: ", ") + "."
    case .notComputed(let metric):
      "The metric '\(metric)' is described but not computed here; leave it out."
    case .percentileInvalid(let percentile):
      "\(percentile) is no percentile; give a number from 0 to 100."
    case .distanceInvalid(let distance):
      "\(distance) is no distance; give a finite number from 0 on."
    }
  }
}
