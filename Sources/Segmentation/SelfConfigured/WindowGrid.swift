// Where the windows of a sliding-window prediction lie and how much each of their voxels counts.

import Foundation

/// The windows of one image, by nnU-Net v2's rules.
///
/// Axes are array order: z, y, x, or y, x where the network reads slices. An image smaller than the patch
/// lies in the middle of it, so that starts can be negative; what lies outside reads as 0.
public struct WindowGrid: Sendable, Equatable {
  /// Voxels of a window along each axis.
  public let patch: [Int]
  /// First voxel of the windows along each axis, ascending.
  public let starts: [[Int]]

  /// Windows at most `step` patches apart, spread evenly over `shape`.
  ///
  /// Source: Isensee et al., Nature Methods 2021, supplementary note on inference; nnunetv2 2.8.
  public init(shape: [Int], patch: [Int], step: Double = 0.5) {
    self.patch = patch
    starts = zip(shape, patch).map { extent, patch in
      let padded = max(extent, patch)
      let before = (padded - extent) / 2
      let room = padded - patch
      let count = Int((Double(room) / (Double(patch) * step)).rounded(.up)) + 1
      let distance = count > 1 ? Double(room) / Double(count - 1) : 0
      return (0..<count).map {
        Int((distance * Double($0)).rounded(.toNearestOrEven)) - before
      }
    }
  }

  /// Number of windows.
  public var count: Int { starts.map(\.count).reduce(1, *) }

  /// Importance of each voxel of a window, row-major: a Gaussian of an eighth of the patch around voxel
  /// patch / 2, at most 10.
  ///
  /// nnU-Net keeps the importance in half precision, which is visible far from the centre; ours has the
  /// same values. Where half precision has zeros, the smallest other value stands.
  public static func importance(_ patch: [Int]) -> [Float] {
    var weights: [Double] = [10]
    for extent in patch {
      let profile = (0..<extent).map { index in
        let distance = Double(index - extent / 2) / (Double(extent) / 8)
        return exp(-0.5 * distance * distance)
      }
      weights = weights.flatMap { weight in profile.map { weight * $0 } }
    }
    let halves = weights.map(halfPrecision)
    let smallest = halves.filter { $0 > 0 }.min() ?? 1
    return halves.map { $0 > 0 ? $0 : smallest }
  }

  /// A value of at most 10 rounded to IEEE half precision; `Float16` is missing on Intel Macs.
  private static func halfPrecision(_ value: Double) -> Float {
    let single = Float(value)
    let quantum = scalbn(Float(1), max(Int(single.exponent), -14) - 10)
    return single == 0 ? 0 : (single / quantum).rounded(.toNearestOrEven) * quantum
  }
}
