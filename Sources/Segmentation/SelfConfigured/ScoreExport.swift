// From scores on the prepared grid to labels on the file's, plane by plane as the scores arrive.

public import Planning
import Tensors

/// How scores become labels.
public enum LabelRule: Sendable, Equatable {
  /// The label of the largest score; one label per channel.
  case largest([Int32])
  /// Each channel is a region, painted where its probability exceeds ½, later ones over earlier ones.
  case regions([Int32])

  /// Channels of scores.
  public var channels: Int {
    switch self {
    case .largest(let labels), .regions(let labels): labels.count
    }
  }
}

/// Where the prepared array lies in the file.
public struct ExportGrid: Sendable, Equatable {
  /// Extents of the prepared array, in the network's axis order.
  public var prepared: [Int]
  public var preparedSpacing: [Double]
  /// The cropped box of the file's array, in the network's axis order.
  public var box: [Range<Int>]
  /// Extents of the file's array in the network's axis order.
  public var full: [Int]
  /// Spacing of the file in the network's axis order, in millimetres.
  public var spacing: [Double]
  /// Axis of the file (z, y, x) that became each axis of the network.
  public var transpose: [Int]

  public init(
    prepared: [Int], preparedSpacing: [Double], box: [Range<Int>], full: [Int], spacing: [Double],
    transpose: [Int]
  ) {
    self.prepared = prepared
    self.preparedSpacing = preparedSpacing
    self.box = box
    self.full = full
    self.spacing = spacing
    self.transpose = transpose
  }

  /// Where preparing put an image.
  public init(_ placement: Placement) {
    self.init(
      prepared: placement.preparedShape, preparedSpacing: placement.preparedSpacing,
      box: zip(placement.cropLower, placement.shapeAfterCrop).map { $0..<$0 + $1 },
      full: placement.shapeBeforeCrop, spacing: placement.spacing,
      transpose: placement.transposeForward)
  }
}

/// Takes planes of scores in order and writes labels; between planes it holds two planes per class.
///
/// As in nnU-Net the scores themselves are resampled, class by class, and decided upon afterwards.
public final class ScoreExport {
  private let rule: LabelRule
  let grid: ExportGrid
  private let planes: AxisSamples
  private let inPlane: LinearResampler
  /// The last two planes of scores, resampled in plane: (2, classes, H', W').
  private var ring: ScratchMemory
  private var nextOutput = 0
  /// Labels in the file's order, x fastest.
  private var labels: [Int32]
  private var probabilities: [[Float]]
  private let strides: [Int]

  /// - Parameters:
  ///   - grid: Where the prepared array lies.
  ///   - resampling: The plan's rule for scores.
  ///   - rule: How scores become labels.
  ///   - keepsProbabilities: Whether a full volume of probabilities is kept for each channel.
  /// - Throws: ``SelfConfiguredError/unsupportedResampling(order:)``,
  ///   ``SelfConfiguredError/noScratch(bytes:reason:)``.
  public init(
    _ grid: ExportGrid, resampling: ResamplingRule, rule: LabelRule,
    keepsProbabilities: Bool = false
  ) throws {
    self.grid = grid
    self.rule = rule
    let target = grid.box.map(\.count)
    let separate = GridChange.separateAxis(
      from: grid.preparedSpacing, to: grid.spacing, force: resampling.forceSeparateZ)
    let orders = (0..<3).map { $0 == separate ? resampling.orderZ : resampling.order }
    if let order = orders.first(where: { ![0, 1].contains($0) }) {
      throw SelfConfiguredError.unsupportedResampling(order: order)
    }
    planes = AxisSamples(from: grid.prepared[0], to: target[0], isLinear: orders[0] == 1)
    inPlane = try LinearResampler(
      from: [1] + grid.prepared[1...], to: [1] + target[1...], separateAxis: separate,
      order: resampling.order, orderAlongAxis: separate == nil ? 0 : resampling.orderZ)
    ring = try ScratchMemory(count: 2 * rule.channels * target[1] * target[2], limit: .max)
    let count = grid.full.reduce(1, *)
    labels = [Int32](repeating: 0, count: count)
    probabilities =
      keepsProbabilities
      ? (0..<rule.channels).map { channel in
        // Outside of the crop everything is background, and no region.
        if case .largest = rule, channel == 0 { return [Float](repeating: 1, count: count) }
        return [Float](repeating: 0, count: count)
      } : []
    strides = Self.strides(grid)
  }

  /// Takes the next planes.
  ///
  /// - Throws: `TensorError` when no thread count can be learnt.
  public func take(_ scores: ScorePlanes) throws {
    for plane in scores.planes {
      // A plane that lies between two samples of a coarser grid is never looked at.
      guard nextOutput < planes.count, planes.lower[nextOutput] <= plane else { continue }
      try resample(plane, of: scores)
      while nextOutput < planes.count, planes.upper[nextOutput] <= plane {
        try decide(nextOutput)
        nextOutput += 1
      }
    }
  }

  /// The labels, and the probabilities if they were asked for, x fastest.
  public func finish() -> (labels: [Int32], probabilities: [[Float]]) { (labels, probabilities) }

  /// Elements of the file's array from one index to the next, for each axis of the network.
  private static func strides(_ grid: ExportGrid) -> [Int] {
    var extents = [1, 1, 1]
    for (axis, fileAxis) in grid.transpose.enumerated() { extents[fileAxis] = grid.full[axis] }
    let fileStrides = [extents[1] * extents[2], extents[2], 1]
    return grid.transpose.map { fileStrides[$0] }
  }

  private func resample(_ plane: Int, of scores: ScorePlanes) throws {
    let inPlane = inPlane
    let area = inPlane.to[1] * inPlane.to[2]
    let slot = plane % 2
    // Safe because every class writes a part of its own and the scores are only read.
    nonisolated(unsafe) let target = ring.floats + slot * rule.channels * area
    nonisolated(unsafe) let channels = scores.channels
    let count = scores.extents[0] * scores.extents[1]
    let offset = (plane - scores.planes.lowerBound) * count
    _ = try concurrentMap(rule.channels) { channel in
      guard let source = channels[channel].baseAddress else { return }
      inPlane.planes(
        0..<1, of: UnsafeBufferPointer(start: source + offset, count: count),
        into: UnsafeMutableBufferPointer(start: target + channel * area, count: area))
    }
  }

  private func decide(_ output: Int) throws {
    let area = inPlane.to[1] * inPlane.to[2]
    let channels = rule.channels
    let planeSize = channels * area
    // Safe because every row writes labels and probabilities of its own.
    nonisolated(unsafe) let lower = ring.floats + planes.lower[output] % 2 * planeSize
    nonisolated(unsafe) let upper = ring.floats + planes.upper[output] % 2 * planeSize
    let (share, rule, width, strides, box) = (
      planes.share[output], rule, inPlane.to[2], strides, grid.box
    )
    let first =
      (output + box[0].lowerBound) * strides[0] + box[1].lowerBound * strides[1]
      + box[2].lowerBound * strides[2]
    let rows = inPlane.to[1]
    let keepsProbabilities = !probabilities.isEmpty
    var outputs: [UnsafeMutablePointer<Float>] = []
    for channel in probabilities.indices {
      // Stable because no array grows or is shared while the pointers are used below.
      probabilities[channel].withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { outputs.append(base) }
      }
    }
    nonisolated(unsafe) let probabilities = outputs
    try labels.withUnsafeMutableBufferPointer { labels in
      nonisolated(unsafe) let labels = labels
      _ = try concurrentMap(rows) { row in
        var line = [Float](repeating: 0, count: channels * width)
        line.withUnsafeMutableBufferPointer { line in
          for channel in 0..<channels {
            let place = channel * area + row * width
            for column in 0..<width {
              let value = lower[place + column]
              line[channel * width + column] = value + (upper[place + column] - value) * share
            }
          }
          for column in 0..<width {
            labels[first + row * strides[1] + column * strides[2]] =
              rule.label(line, column, width)
          }
          guard keepsProbabilities else { return }
          rule.makeProbabilities(line, width)
          for channel in 0..<channels {
            for column in 0..<width {
              probabilities[channel][first + row * strides[1] + column * strides[2]] =
                line[channel * width + column]
            }
          }
        }
      }
    }
  }
}
