// Scores on another grid, a few planes at a time, so that no one ever has to hold all classes at full size.

import CKernels
import Foundation

/// Resamples one channel linearly and gives the planes of the result that are asked for.
///
/// A value of this type may be used by several threads at once. Source: as ``SplineResampling``; linear
/// interpolation never leaves the range of its input.
public struct LinearResampler: Sendable {
  /// Voxels before and after, three numbers each.
  public let from: [Int]
  public let to: [Int]
  private let axes: [LinearTaps]
  private let weights: [[Float]]

  /// - Parameters:
  ///   - from: Voxels of the channel.
  ///   - to: Voxels of the result.
  ///   - separateAxis: The axis along which the nearest slice is taken if `orderAlongAxis` is 0.
  ///   - order: 0 nearest or 1 linear.
  ///   - orderAlongAxis: The same for `separateAxis`.
  /// - Throws: ``PreparationError/unsupportedResampling(function:order:)`` for other orders.
  public init(
    from: [Int], to: [Int], separateAxis: Int? = nil, order: Int = 1, orderAlongAxis: Int = 0
  ) throws {
    for order in [order, orderAlongAxis] where ![0, 1].contains(order) {
      throw PreparationError.unsupportedResampling(function: "planes", order: order)
    }
    self.from = from
    self.to = to
    axes = (0..<3).map { axis in
      (axis == separateAxis ? orderAlongAxis : order) == 0
        ? LinearTaps(nearest: from[axis], to[axis]) : LinearTaps(from[axis], to[axis])
    }
    weights = axes.map { $0.weights.map(Float.init) }
  }

  /// Writes planes `range` of the result, counted along the first axis.
  ///
  /// - Parameters:
  ///   - range: Within 0 ..< `to[0]`.
  ///   - channel: Values row-major over `from`.
  ///   - target: Receives `range.count` planes of `to[1]` × `to[2]` values.
  public func planes(
    _ range: Range<Int>, of channel: UnsafeBufferPointer<Float>,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= to[0], "planes outside the result")
    precondition(channel.count == from.reduce(1, *), "a channel of another shape")
    let size = to[1] * to[2]
    precondition(target.count >= range.count * size, "too small a buffer for the planes")
    guard let source = channel.baseAddress, var out = target.baseAddress else { return }
    let shape = from.map(Int32.init)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: (from[1] + 1) * from[2]) { scratch in
      for plane in range {
        let sources = Array(axes[0].sources[2 * plane..<2 * plane + 2])
        let planeWeights = Array(weights[0][2 * plane..<2 * plane + 2])
        vk_resample_plane(
          source, shape, sources, planeWeights, axes[1].sources, weights[1], Int32(to[1]),
          axes[2].sources, weights[2], Int32(to[2]), out, scratch.baseAddress)
        out += size
      }
    }
  }
}
