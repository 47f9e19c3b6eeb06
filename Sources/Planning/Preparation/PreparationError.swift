// Why an image could not be prepared or a prepared case not be read, in one line that says what to do.

/// A fault met while images are prepared for a network.
public enum PreparationError: Error, Equatable, CustomStringConvertible {
  /// The plan asks for a resampling that is not known.
  case unsupportedResampling(function: String, order: Int)
  /// An image whose parts do not belong together.
  case malformedImage(reason: String)
  case channelCount(met: Int, expected: Int)
  /// Labels on another grid than their image.
  case gridsDiffer(image: [Int], labels: [Int])
  /// CT normalisation of a channel of whose intensities the plan says nothing.
  case noIntensities(channel: Int)
  /// A channel that cannot be one of an 8-bit colour image.
  case notColour(channel: Int, low: Float, high: Float)
  /// Labels that the dataset does not name.
  case unknownLabels(met: [Int], expected: [Int])
  /// A case of a dataset that could not be prepared.
  case failedCase(id: String, reason: String)
  /// A prepared case that is not what was written.
  case damaged(path: String, reason: String)
  case missing(path: String)
  case diskFull(path: String, bytes: Int)
  case cannotWrite(path: String, reason: String)

  public var description: String {
    switch self {
    case .unsupportedResampling(let function, let order):
      "The plan resamples by \(function) of order \(order); expected "
        + "resample_data_or_seg_to_shape of order 0, 1 or 3 (labels and scores: 0 or 1)."
    case .malformedImage(let reason):
      "The image cannot be prepared: \(reason)."
    case .channelCount(let met, let expected):
      "The image has \(met) channels where the plan expects \(expected)."
    case .gridsDiffer(let image, let labels):
      "The labels have \(Self.text(labels)) voxels and their image \(Self.text(image)); "
        + "give labels on the grid of the image."
    case .noIntensities(let channel):
      "The plan says nothing of the intensities of channel \(channel), which CTNormalization "
        + "needs; plan again."
    case .notColour(let channel, let low, let high):
      "Channel \(channel) has values from \(low) to \(high) where RGBTo01Normalization expects "
        + "0 to 255; choose another normalisation in the plan."
    case .unknownLabels(let met, let expected):
      "The labels hold \(Self.list(met)), which dataset.json does not name "
        + "(it has \(Self.list(expected))); correct the file or dataset.json."
    case .failedCase(let id, let reason):
      "Case \(id): \(reason)"
    case .damaged(let path, let reason):
      "\(path) is damaged: \(reason); prepare the dataset again, this file will be rebuilt."
    case .missing(let path):
      "\(path) does not exist; prepare the dataset first."
    case .diskFull(let path, let bytes):
      "\(path) cannot be written: the disk is full (\(bytes) bytes were needed at least); "
        + "make room or choose another folder and start again, finished cases are kept."
    case .cannotWrite(let path, let reason):
      "\(path) cannot be written: \(reason)."
    }
  }

  private static func text(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "×")
  }

  private static func list(_ labels: [Int]) -> String {
    labels.sorted().map(String.init).joined(separator: ", ")
  }
}
