// Which voxels of a line a resampled line reads, with which weights: half-pixel centres, ends continued.

import CKernels
import Foundation

/// Where the centre of each of `count` new voxels lies on a line of `length` old ones, in old voxels.
private func centres(_ length: Int, _ count: Int) -> [Double] {
  let step = Double(length) / Double(count)
  return (0..<count).map { (Double($0) + 0.5) * step - 0.5 }
}

/// The old voxel nearest to each new one; of two equally near the later.
func nearestVoxels(_ length: Int, _ count: Int) -> [Int32] {
  centres(length, count).map { centre in
    Int32((min(max(centre, 0), Double(length - 1)) + 0.5).rounded(.down))
  }
}

/// The two old voxels around each new one and their weights.
public struct LinearTaps: Sendable {
  /// Two per new voxel.
  public private(set) var sources: [Int32] = []
  /// Two per new voxel, which add up to 1.
  public private(set) var weights: [Double] = []

  /// A line of `length` voxels on one of `count`.
  public init(_ length: Int, _ count: Int) {
    for centre in centres(length, count) {
      let place = min(max(centre, 0), Double(length - 1))
      let first = place.rounded(.down)
      sources += [Int32(first), Int32(min(Int(first) + 1, length - 1))]
      let weight = 1 - (place - first)
      weights += [weight, 1 - weight]
    }
  }

  /// Both taps on one old voxel each.
  public init(nearest length: Int, _ count: Int) {
    for source in nearestVoxels(length, count) {
      sources += [source, source]
      weights += [1, 0]
    }
  }
}

/// A line's linear or cubic map in the form that the kernel reads.
struct LineMap: Sendable {
  let length: Int
  let count: Int
  /// 2 or 4.
  let taps: Int
  private(set) var starts: [Int32] = []
  private(set) var weights: [Double] = []

  /// `order` is 1 or 3.
  init(_ length: Int, _ count: Int, order: Int) {
    self.length = length
    self.count = count
    taps = order + 1
    for centre in centres(length, count) {
      if order == 1 {
        let place = min(max(centre, 0), Double(length - 1))
        let first = place.rounded(.down)
        starts.append(Int32(first))
        weights += [1 - (place - first), place - first]
      } else {
        let place = centre + Double(VK_SPLINE_PADDING)
        let knot = place.rounded(.down)
        starts.append(Int32(knot) - 1)
        weights += Self.cubicWeights(place - knot)
      }
    }
  }

  /// Doubles that the kernel needs for the lines that it works on together.
  var scratch: Int { (length + 2 * Int(VK_SPLINE_PADDING) + 1) * Int(VK_LINE_LANES) }

  func withKernelMap(_ body: (UnsafePointer<vk_line_map>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      weights.withUnsafeBufferPointer { weights in
        var map = vk_line_map(
          taps: Int32(taps), length: Int32(length), result: Int32(count),
          starts: starts.baseAddress, weights: weights.baseAddress)
        withUnsafePointer(to: &map, body)
      }
    }
  }

  /// The cubic B-spline at the four knots around a point that lies `x` behind the second.
  private static func cubicWeights(_ x: Double) -> [Double] {
    let z = 1 - x
    let first = z * z * z / 6
    let second = (x * x * (x - 2) * 3 + 4) / 6
    let third = (z * z * (z - 2) * 3 + 4) / 6
    return [first, second, third, 1 - first - second - third]
  }
}
