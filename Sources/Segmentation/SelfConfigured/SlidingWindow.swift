// Prediction of a whole image window by window, in a band of planes instead of a buffer of all scores.

public import Planning
public import Tensors

/// Moves a network over an image and hands out its scores plane by plane.
///
/// Windows advance along the first axis. Planes that no later window reaches are finished, handed out and
/// forgotten, so that at most one patch's depth of scores is held. Weighted sums are float32.
public struct SlidingWindow: Sendable {
  /// From an image (1, C, spatial…) of the patch's extents to scores (1, classes, spatial…).
  public typealias Network = (Tensor) throws -> Tensor

  /// Voxels of a window: three numbers, or two for a network that reads slices of the first axis.
  public var patch: [Int]
  /// Largest distance of neighbouring windows, in patches.
  public var step: Double
  /// Axes of the patch along which mirrored images are predicted too; all combinations are averaged.
  public var mirrorAxes: [Int]
  /// Whether the middle of a window counts more than its border.
  public var isGaussian: Bool
  /// Bytes of scores in memory; a larger band lies in an unnamed file in the temporary folder.
  public var bandLimit: Int

  public init(
    patch: [Int], step: Double = 0.5, mirrorAxes: [Int] = [], isGaussian: Bool = true,
    bandLimit: Int = 1 << 31
  ) {
    self.patch = patch
    self.step = step
    self.mirrorAxes = mirrorAxes
    self.isGaussian = isGaussian
    self.bandLimit = bandLimit
  }

  /// Predicts `image`; scores are averaged over `networks`, as nnU-Net averages the folds' logits.
  ///
  /// - Parameters:
  ///   - image: Prepared channels (D, H, W).
  ///   - classes: Channels of the networks' output.
  ///   - networks: One or more networks for the same patch.
  ///   - progress: Is told the finished fraction after each window.
  ///   - emit: Receives finished planes in order and without gaps; the buffers are lent for the call.
  /// - Throws: `SegmentationError.notNumbers` for scores that are NaN, `SelfConfiguredError`,
  ///   `CancellationError` when the task is cancelled, whatever a network or `emit` throws.
  public func run(
    _ image: ImageArray, classes: Int, networks: [Network],
    progress: (Double) -> Void = { _ in }, emit: (ScorePlanes) throws -> Void
  ) throws {
    try check(image, networks)
    let isFlat = patch.count == 2
    let patch = isFlat ? [1] + self.patch : self.patch
    let shape = image.shape
    let grid = WindowGrid(shape: isFlat ? [1] + shape.dropFirst() : shape, patch: patch, step: step)
    let firsts = isFlat ? Array(0..<shape[0]) : grid.starts[0]
    let total = Double(firsts.count * grid.starts[1].count * grid.starts[2].count)
    let weights =
      isGaussian
      ? WindowGrid.importance(self.patch) : [Float](repeating: 1, count: patch.reduce(1, *))
    let band = try ScoreBand(
      classes: classes, patch: patch, shape: shape, weights: weights, limit: bandLimit)
    let flips = Self.flips(of: mirrorAxes.map { isFlat ? $0 + 1 : $0 })
    let share = 1 / Float(flips.count * networks.count)

    var finished = 0.0
    for (index, z) in firsts.enumerated() {
      for y in grid.starts[1] {
        for x in grid.starts[2] {
          try Task.checkCancellation()
          let window = Window(start: [z, y, x], patch: patch, image: shape)
          for flip in flips {
            let values = window.cut(image.channels, flipped: flip)
            let input = try Tensor(values, shape: [1, image.channels.count] + self.patch)
            for network in networks {
              let scores = try network(input)
              guard scores.shape == [1, classes] + self.patch else {
                throw SelfConfiguredError.wrongScores(
                  met: scores.shape, expected: [1, classes] + self.patch)
              }
              try band.add(scores.floats(), of: window, flipped: flip, share: share)
            }
          }
          band.count(window)
          finished += 1
          progress(finished / total)
        }
      }
      let next = index + 1 < firsts.count ? firsts[index + 1] : shape[0]
      try band.emit(upTo: min(max(next, 0), shape[0]), emit)
    }
  }

  private func check(_ image: ImageArray, _ networks: [Network]) throws {
    guard image.shape.count == 3, image.channels.allSatisfy({ $0.count == image.count }),
      image.count > 0, !networks.isEmpty, (2...3).contains(patch.count),
      patch.allSatisfy({ $0 > 0 }), mirrorAxes.allSatisfy(patch.indices.contains),
      step > 0, step <= 1
    else {
      throw SelfConfiguredError.badWindow(
        "an image \(image.shape), a patch \(patch), mirroring along \(mirrorAxes), steps of \(step) "
          + "and \(networks.count) networks do not go together")
    }
  }

  /// All combinations of mirrored axes, none first.
  private static func flips(of axes: [Int]) -> [[Bool]] {
    let axes = Set(axes).sorted()
    return (0..<1 << axes.count).map { bits in
      var flip = [false, false, false]
      for (bit, axis) in axes.enumerated() where bits >> bit & 1 == 1 { flip[axis] = true }
      return flip
    }
  }
}

/// Finished scores of consecutive planes of the first axis.
public struct ScorePlanes {
  public let planes: Range<Int>
  /// Rows and columns of a plane.
  public let extents: [Int]
  /// For each class the scores of all planes, row-major; valid only during the call.
  public let channels: [UnsafeBufferPointer<Float>]
}
