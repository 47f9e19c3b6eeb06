// Label maps on another grid: every label by itself, so that no value between two labels appears.

import CKernels
import Foundation

/// Resamples label maps of one shape to another.
///
/// With order 1 the indicator of each label is interpolated linearly and the greatest wins; of equals the
/// label of the nearest voxel if it is among them, else the smallest. This is what nnU-Net v2 does with
/// batchgenerators 0.25.5 (`resize_segmentation`), to the last bit of the sums that decide a tie.
public struct LabelResampling: Sendable {
  public let change: GridChange
  /// 0 nearest, 1 linear.
  public let order: Int
  /// The same for the axis that is resampled by itself.
  public let orderAlongAxis: Int
  public let threads: Int

  /// - Parameters:
  ///   - change: Shapes before and after.
  ///   - order: 0 or 1.
  ///   - orderAlongAxis: 0 or 1, for `change.separateAxis` alone.
  ///   - threads: The result is the same for any number; all cores if left out.
  /// - Throws: ``PreparationError/unsupportedResampling(function:order:)`` for other orders.
  public init(
    _ change: GridChange, order: Int = 1, orderAlongAxis: Int = 0, threads: Int? = nil
  ) throws {
    for order in [order, orderAlongAxis] where ![0, 1].contains(order) {
      throw PreparationError.unsupportedResampling(function: "indicators", order: order)
    }
    self.change = change
    self.order = order
    self.orderAlongAxis = orderAlongAxis
    self.threads = threads ?? allCores
  }

  /// - Parameter labels: Row-major over `change.from`.
  /// - Returns: Row-major over `change.to`.
  public func callAsFunction(_ labels: [Int16]) -> [Int16] {
    if change.from == change.to { return labels }
    guard let axis = change.separateAxis, orderAlongAxis == 1 else {
      return resampled(labels, to: change.to)
    }
    var plane = change.to
    plane[axis] = change.from[axis]
    return mixed(resampled(labels, to: plane), plane, along: axis)
  }

  private func resampled(_ labels: [Int16], to shape: [Int]) -> [Int16] {
    let tables = LabelTables(from: change.from, to: shape) { axis in
      order == 0 || axis == change.separateAxis
    }
    let from = change.from.map(Int32.init)
    let to = shape.map(Int32.init)
    let count = shape.reduce(1, *)
    return [Int16](unsafeUninitializedCapacity: count) { out, written in
      labels.withUnsafeBufferPointer { labels in
        guard let target = out.baseAddress, let source = labels.baseAddress else { return }
        nonisolated(unsafe) let old = source
        nonisolated(unsafe) let new = target
        divided(shape[0], threads: threads) { planes in
          tables.withKernelAxes { axes in
            vk_resample_labels(
              old, from, axes, new, to, Int32(planes.lowerBound), Int32(planes.upperBound))
          }
        }
      }
      written = count
    }
  }

  /// Slices between slices: a label needs more than half, and of two voxels with half each neither wins.
  private func mixed(_ labels: [Int16], _ shape: [Int], along axis: Int) -> [Int16] {
    let (length, count) = (shape[axis], change.to[axis])
    if length == count { return labels }
    let taps = LinearTaps(length, count)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    var result = [Int16](repeating: 0, count: outer * count * inner)
    for block in 0..<outer {
      for place in 0..<count {
        let first = (block * length + Int(taps.sources[2 * place])) * inner
        let second = (block * length + Int(taps.sources[2 * place + 1])) * inner
        let weight = taps.weights[2 * place]
        let target = (block * count + place) * inner
        for voxel in 0..<inner {
          let pair = (labels[first + voxel], labels[second + voxel])
          if pair.0 == pair.1 || weight > 0.5 {
            result[target + voxel] = pair.0
          } else if weight < 0.5 {
            result[target + voxel] = pair.1
          }
        }
      }
    }
    return result
  }
}

/// Sources and weights of all three axes, one behind another.
private struct LabelTables: Sendable {
  private var taps: [Int] = []
  private var counts: [Int] = []
  private var sources: [Int32] = []
  private var weights: [Double] = []
  private var nearest: [Int32] = []

  init(from: [Int], to: [Int], isNearest: (Int) -> Bool) {
    for axis in 0..<3 {
      let near = nearestVoxels(from[axis], to[axis])
      counts.append(to[axis])
      nearest += near
      if isNearest(axis) {
        taps.append(1)
        sources += near
        weights += Array(repeating: 1, count: to[axis])
      } else {
        let pairs = LinearTaps(from[axis], to[axis])
        taps.append(2)
        sources += pairs.sources
        weights += pairs.weights
      }
    }
  }

  func withKernelAxes(_ body: (UnsafePointer<vk_label_axis>) -> Void) {
    sources.withUnsafeBufferPointer { sources in
      weights.withUnsafeBufferPointer { weights in
        nearest.withUnsafeBufferPointer { nearest in
          var axes: [vk_label_axis] = []
          var (pair, single) = (0, 0)
          for axis in 0..<3 {
            axes.append(
              vk_label_axis(
                taps: Int32(taps[axis]), sources: sources.baseAddress.map { $0 + pair },
                weights: weights.baseAddress.map { $0 + pair },
                nearest: nearest.baseAddress.map { $0 + single }))
            pair += taps[axis] * counts[axis]
            single += counts[axis]
          }
          axes.withUnsafeBufferPointer { if let first = $0.baseAddress { body(first) } }
        }
      }
    }
  }
}
