// The random walker: what a few seeds and the edges of the image tell, without any training.
// L. Grady, Random walks for image segmentation, IEEE TPAMI 28 (2006) 1768–1783.

import CEigen
import Prompts

/// Each pixel goes to the side whose seeds a random walker from it reaches first; strong edges hold it back.
///
/// The probabilities solve a sparse linear system exactly (Cholesky). How prompts become seeds stands in the
/// guide, Documentation/models/baselines.md.
public struct RandomWalker: Baseline {
  public static let id = "baseline/random-walker"
  public static let title = "Random walker"
  public static let summary =
    "gives each pixel to the seeds that a random walker held back by edges reaches first"
  public static let source = "L. Grady, IEEE TPAMI 28 (2006) 1768–1783"
  public static let need = BaselineNeed.prompts

  /// How much an edge holds the walker back; scikit-image's default, for values from 0 to 1.
  public var beta = 130.0
  /// About so many pixels are walked; a larger area is averaged over square blocks first.
  public var workingPixels = 65_536
  /// Size of the ellipse of seeds in the middle of a box, of the largest ellipse in it.
  public var core = 0.4
  /// Radius of the disc of seeds that a click or stroke makes, of the longer side of the image.
  public var brush = 0.005
  /// The least and the greatest distance at which a click inside keeps the edge of the image from being
  /// background, of its longer side; between them it is twice the distance of the click from the edge.
  public var frameGap = 0.05...0.25

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    try probabilities(input).map { $0 > 0.5 ? 1 : 0 }
  }

  /// The probability of the object at each pixel of the slice, row by row; 0 beyond the part that is walked.
  ///
  /// - Throws: ``BaselinesError/missing(id:needed:)`` without a click or stroke inside or a box, and others
  public func probabilities(_ input: BaselineInput) throws -> [Float] {
    let image = input.image
    try image.requireOneSlice(for: id)
    try image.requireNumbers()
    let seeds = try WalkerSeeds(input, self)
    let blocks = WalkerBlocks(image, seeds)
    let found = try Self.walk(
      blocks.values, channels: blocks.channels, width: blocks.width, height: blocks.height,
      seeds: blocks.seeds, beta: beta)
    var result = [Float](repeating: 0, count: image.grey.count)
    blocks.spread(found, over: seeds, into: &result, width: image.width)
    return result
  }

  /// The probability of the object at each pixel of a small image.
  ///
  /// The weight of an edge is `exp(−β Σ difference² / (10 σ √channels)) + 1e-10`, with σ over all
  /// values, as scikit-image normalises β.
  ///
  /// - Parameters:
  ///   - values: row by row, channels interleaved
  ///   - channels: values of each pixel
  ///   - width: pixels of a row
  ///   - height: rows
  ///   - seeds: one per pixel, 1 on the object, 2 beside it, 0 elsewhere; at least one
  ///   - beta: how much an edge holds the walker back
  /// - Returns: one value in 0…1 per pixel
  /// - Throws: ``BaselinesError/failed(id:message:)``, ``BaselinesError/valueCount(met:expected:)``
  static func walk(
    _ values: [Float], channels: Int, width: Int, height: Int, seeds: [UInt8], beta: Double
  ) throws -> [Double] {
    guard values.count == width * height * channels, seeds.count == width * height else {
      throw BaselinesError.valueCount(
        met: values.count, expected: "\(channels) × \(width) × \(height)")
    }
    var probabilities = [Double](repeating: 0, count: seeds.count)
    let status = values.withUnsafeBufferPointer { values in
      seeds.withUnsafeBufferPointer { seeds in
        var grid = ceigen_grid(
          width: Int32(clamping: width), height: Int32(clamping: height),
          channels: Int32(clamping: channels), image: values.baseAddress, seeds: seeds.baseAddress)
        return ceigen_random_walker(&grid, beta, &probabilities)
      }
    }
    guard status == 0 else {
      throw BaselinesError.failed(id: id, message: String(cString: ceigen_last_error()))
    }
    return probabilities
  }
}
