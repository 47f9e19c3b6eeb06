// One training sample on its way from the case to the network.

/// An image of (C, spatial…) values with labels of (L, spatial…) on the same grid, both row-major.
public struct Patch: Sendable, Equatable {
  public var image: [Float]
  /// Channel 0 holds the labels, channel 1 those of a previous stage where there is one. −1 lies outside the
  /// image or its nonzero region.
  public var labels: [Int16]
  public var channels: Int
  public var labelChannels: Int
  /// Two or three extents.
  public var shape: [Int]
  /// The larger patch that this one was cut from, in voxels; transforms turn about its centre.
  public var enclosing: [Int]
  /// First voxel of this patch in ``enclosing``.
  public var offset: [Int]
  public var caseID: String
  /// Labels that were looked for in the case; `nil` stands for all labels of the dataset.
  public var annotatedLabels: [Int]?
  /// What the network's outputs are compared with, the finest first; empty before ``DeepSupervision``.
  public var targets: [Target] = []

  /// Labels on the grid of one output.
  public struct Target: Sendable, Equatable {
    public var labels: [Int16]
    public var shape: [Int]

    public init(labels: [Int16], shape: [Int]) {
      self.labels = labels
      self.shape = shape
    }
  }

  public init(
    image: [Float], labels: [Int16], shape: [Int], channels: Int = 1, labelChannels: Int = 1,
    caseID: String = "", annotatedLabels: [Int]? = nil
  ) {
    self.image = image
    self.labels = labels
    self.channels = channels
    self.labelChannels = labelChannels
    self.shape = shape
    enclosing = shape
    offset = Array(repeating: 0, count: shape.count)
    self.caseID = caseID
    self.annotatedLabels = annotatedLabels
  }

  /// Voxels of one channel.
  public var count: Int { shape.reduce(1, *) }
}

extension Patch {
  /// Three extents of any patch: a flat one has one plane.
  static func extents(_ shape: [Int]) -> [Int32] {
    Array(repeating: 1, count: max(0, 3 - shape.count)) + shape.map(Int32.init)
  }

  /// Lets a function change the values of one channel in place.
  mutating func withChannel<Result>(
    _ channel: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let range = channel * count..<(channel + 1) * count
    return try image.withUnsafeMutableBufferPointer {
      try body(UnsafeMutableBufferPointer(rebasing: $0[range]))
    }
  }
}
