// How an image becomes a network's input, as data that stands beside the weights.

/// The way from a file to a dense network's input, and from its output to a mask.
public struct Preparation: Sendable, Codable, Hashable {
  /// Which channels the network reads.
  public enum Channels: String, Sendable, Codable {
    case grey
    case rgb
  }

  /// How intensities are scaled.
  public enum Normalisation: Sendable, Codable, Hashable {
    /// Divided by 255 (by the largest value of the type for 16-bit images).
    case unitRange
    /// (x − mean) / (standard deviation + 10⁻⁶) over the image.
    case zeroMeanUnitVariance
    /// (x − mean) / standard deviation over the image, cut at ± the limit; zeros where all is equal.
    case standardised(limit: Double)
    /// (x − min) / (max − min) over the image.
    case minMax
    /// (x − q₁) / (q₂ − q₁) with the quantiles at the two fractions; values beyond them are kept.
    case quantiles(Double, Double)
  }

  /// Which size the network wants.
  public enum Sizing: Sendable, Codable, Hashable {
    /// Resized to height × width, and the result back.
    case fixed(height: Int, width: Int)
    /// Padded at the far edges by reflection to a multiple, and the result cropped.
    case multiple(of: Int)
    /// Any size as it is.
    case any
  }

  /// Leaves out the empty surroundings: the box of all values above `threshold` after normalisation,
  /// grown by `margin` voxels.
  public struct Crop: Sendable, Codable, Hashable {
    public let threshold: Double
    public let margin: Int
  }

  /// How scores become labels.
  public enum Decision: Sendable, Codable, Hashable {
    /// One class per pixel: the largest score.
    case argmax
    /// One score per pixel: foreground where its logistic function exceeds the threshold.
    case threshold(Double)
  }

  public var channels: Channels = .grey
  public var normalisation: Normalisation
  public var sizing: Sizing = .any
  /// Bright backgrounds (mean above the middle of the range) are inverted first.
  public var invertsBrightImages = false
  /// Axes of the network's input as the letters towards which x, y and z point; `nil` keeps the file's.
  public var orientation: String? = nil
  /// Voxel size in mm on every axis; `nil` keeps the file's.
  public var spacing: Double? = nil
  public var crop: Crop? = nil
  public var decision: Decision
}
