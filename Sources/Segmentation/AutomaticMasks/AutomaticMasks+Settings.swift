// How densely and how strictly everything is segmented.

extension AutomaticMasks {
  /// Numbers of the search; the defaults are those of the reference implementation, made for SAM ViT-H.
  public struct Settings: Sendable, Codable, Hashable {
    /// Points along each side of the grid.
    public var pointsPerSide = 32
    /// Points that are decoded together; more need more memory.
    public var pointsPerBatch = 64
    /// The predicted overlap that a mask must exceed; 0 lets all pass.
    public var predictedIoUThreshold = 0.88
    /// The stability that a mask must reach.
    public var stabilityThreshold = 0.95
    /// How far the thresholds of the stricter and the laxer mask lie from the mask's own, as logits.
    public var stabilityOffset = 1.0
    /// Of masks of one crop whose boxes overlap by more than this the best stays.
    public var boxOverlapThreshold = 0.7
    /// How often the image is looked at again in crops: layer n has 2ⁿ × 2ⁿ.
    public var cropLayers = 0
    /// Of masks of several crops whose boxes overlap by more than this that of the smallest crop stays.
    public var cropOverlapThreshold = 0.7
    /// The overlap of crops of the first layer as a share of the image's shorter side.
    public var cropOverlapRatio = 512.0 / 1500
    /// By how much the points along each side are divided with each layer of crops.
    public var cropPointsDownscale = 1
    /// Holes and islands of fewer pixels are removed; 0 keeps all.
    public var smallestRegion = 0

    public init() {}

    /// Points along each side in crops of layer `layer`.
    func pointsPerSide(ofLayer layer: Int) -> Int {
      (0..<layer).reduce(pointsPerSide) { points, _ in points / cropPointsDownscale }
    }

    /// - Throws: ``SegmentationError/unusable(_:)``, one line that names the number and its range.
    public func check() throws {
      try require("points per side", pointsPerSide, 1...1024)
      try require("points per batch", pointsPerBatch, 1...4096)
      try require("the threshold of the predicted overlap", predictedIoUThreshold, 0...1)
      try require("the threshold of the stability", stabilityThreshold, 0...1)
      try require("the offset of the stability", stabilityOffset, 0...100)
      try require("the threshold of overlapping boxes", boxOverlapThreshold, 0...1)
      try require("layers of crops", cropLayers, 0...4)
      try require("the threshold of boxes of several crops", cropOverlapThreshold, 0...1)
      try require("the overlap of crops", cropOverlapRatio, 0...0.99)
      try require("the divisor of points in crops", cropPointsDownscale, 1...1024)
      try require("the smallest region", smallestRegion, 0...Int(Int32.max))
      guard pointsPerSide(ofLayer: cropLayers) >= 1 else {
        throw SegmentationError.unusable(
          "\(pointsPerSide) points per side, divided by \(cropPointsDownscale) with each of "
            + "\(cropLayers) layers of crops, leave none; take more points or a smaller divisor")
      }
    }

    private func require<Number: Comparable>(
      _ name: String, _ value: Number, _ range: ClosedRange<Number>
    ) throws {
      guard range.contains(value) else {
        throw SegmentationError.unusable(
          "\(name) lies between \(range.lowerBound) and \(range.upperBound), not \(value)")
      }
    }
  }
}
