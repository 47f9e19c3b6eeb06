// An image as networks read it: channels on one grid, the outermost axis first.

/// Channels on one grid in array order, as nnU-Net handles images.
public struct ImageArray: Sendable, Equatable {
  /// One array of `count` values per channel, row-major over ``shape``.
  public var channels: [[Float]]
  /// Three extents: z, y, x as the file stores them, or in the plan's order after transposition.
  public var shape: [Int]
  /// Millimetres along the same axes.
  public var spacing: [Double]

  public init(channels: [[Float]], shape: [Int], spacing: [Double]) {
    self.channels = channels
    self.shape = shape
    self.spacing = spacing
  }

  /// Voxels of one channel.
  public var count: Int { shape.reduce(1, *) }
}

/// Labels on a grid in array order; 0 is background, −1 lies outside the cropped nonzero region.
public struct LabelArray: Sendable, Equatable {
  public var labels: [Int16]
  public var shape: [Int]
  public var spacing: [Double]

  public init(labels: [Int16], shape: [Int], spacing: [Double]) {
    self.labels = labels
    self.shape = shape
    self.spacing = spacing
  }
}
