// Images on another grid by splines, axis by axis, with the numbers that nnU-Net gets from scikit-image.

import CKernels
import Foundation

/// Resamples arrays of one shape to another by nearest, linear or cubic interpolation.
///
/// The centres of the outer voxels keep half a voxel's distance from the border, values beyond the border
/// continue the outermost voxels, and results stay within the values of the input (of each slice, where
/// slices are resampled one by one). There is no smoothing before voxels become larger.
/// Source: skimage.transform.resize with mode edge as nnU-Net v2 calls it (scikit-image 0.26, SciPy 1.17);
/// cubic B-splines after Unser, Aldroubi, Eden, IEEE TPAMI 13, 1991.
public struct SplineResampling: Sendable {
  public let change: GridChange
  /// 0 nearest, 1 linear, 3 cubic.
  public let order: Int
  /// The same for the axis that is resampled by itself.
  public let orderAlongAxis: Int
  public let threads: Int

  /// - Parameters:
  ///   - change: Shapes before and after.
  ///   - order: 0, 1 or 3.
  ///   - orderAlongAxis: 0, 1 or 3, for `change.separateAxis` alone.
  ///   - threads: The result is the same for any number; all cores if left out.
  /// - Throws: ``PreparationError/unsupportedResampling(function:order:)`` for other orders.
  public init(
    _ change: GridChange, order: Int = 3, orderAlongAxis: Int = 0, threads: Int? = nil
  ) throws {
    for order in [order, orderAlongAxis] where ![0, 1, 3].contains(order) {
      throw PreparationError.unsupportedResampling(function: "splines", order: order)
    }
    self.change = change
    self.order = order
    self.orderAlongAxis = orderAlongAxis
    self.threads = threads ?? allCores
  }

  /// One channel on the new grid.
  ///
  /// - Parameter values: Row-major over `change.from`.
  /// - Returns: Row-major over `change.to`.
  public func callAsFunction(_ values: [Float]) -> [Float] {
    if change.from == change.to { return values }
    var grid = Slab(values: values, shape: change.from, threads: threads)
    let separate = change.separateAxis
    func alongSeparateAxis() {
      guard let separate else { return }
      grid.resample(separate, to: change.to[separate], order: orderAlongAxis, bounds: nil)
    }
    // Slices that nothing will read need no work.
    let picksFirst =
      separate.map { orderAlongAxis == 0 && change.to[$0] < change.from[$0] } ?? false
    if picksFirst { alongSeparateAxis() }
    let plane = (0..<3).filter { $0 != separate && change.from[$0] != change.to[$0] }
    if order == 0 || plane.isEmpty {
      for axis in plane { grid.resample(axis, to: change.to[axis], order: order, bounds: nil) }
    } else {
      let bounds = grid.bounds(ofSlicesAlong: separate)
      // Axes that shrink most go first and leave less to do for the others.
      let ratio = { (axis: Int) in Double(change.to[axis]) / Double(change.from[axis]) }
      let sorted = plane.sorted { (ratio($0), $0) < (ratio($1), $1) }
      for (place, axis) in sorted.enumerated() {
        let isLast = place == sorted.count - 1 && separate == nil
        grid.resample(
          axis, to: change.to[axis], order: order, bounds: isLast ? bounds.whole : nil)
      }
      if let separate { grid.clip(slicesAlong: separate, to: bounds) }
    }
    if !picksFirst { alongSeparateAxis() }
    return grid.values
  }
}

/// The least and greatest value of each slice.
private struct SliceBounds {
  var low: [Float]
  var high: [Float]

  var whole: ClosedRange<Float>? {
    guard let low = low.min(), let high = high.max(), low <= high else { return nil }
    return low...high
  }
}

/// An array on its way from one shape to another.
private struct Slab {
  var values: [Float]
  var shape: [Int]
  let threads: Int

  private func layout(_ axis: Int) -> (outer: Int, inner: Int) {
    (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
  }

  /// Without an axis the array is one slice.
  func bounds(ofSlicesAlong axis: Int?) -> SliceBounds {
    let count = axis.map { shape[$0] } ?? 1
    let (outer, inner) = axis.map(layout) ?? (1, values.count)
    var bounds = SliceBounds(
      low: Array(repeating: 0, count: count), high: Array(repeating: 0, count: count))
    vk_slice_bounds(values, Int64(outer), Int64(count), Int64(inner), &bounds.low, &bounds.high)
    return bounds
  }

  mutating func clip(slicesAlong axis: Int, to bounds: SliceBounds) {
    let (outer, inner) = layout(axis)
    vk_clip_slices(
      &values, Int64(outer), Int64(shape[axis]), Int64(inner), bounds.low, bounds.high)
  }

  mutating func resample(_ axis: Int, to count: Int, order: Int, bounds: ClosedRange<Float>?) {
    guard shape[axis] != count else { return }
    values = order == 0 ? picked(axis, count) : interpolated(axis, count, order, bounds)
    shape[axis] = count
  }

  private func picked(_ axis: Int, _ count: Int) -> [Float] {
    let (outer, inner) = layout(axis)
    let length = shape[axis]
    let sources = nearestVoxels(length, count)
    return [Float](unsafeUninitializedCapacity: outer * count * inner) { out, written in
      values.withUnsafeBufferPointer { values in
        guard let to = out.baseAddress, let from = values.baseAddress else { return }
        for block in 0..<outer {
          for (place, source) in sources.enumerated() {
            (to + (block * count + place) * inner).initialize(
              from: from + (block * length + Int(source)) * inner, count: inner)
          }
        }
      }
      written = outer * count * inner
    }
  }

  private func interpolated(
    _ axis: Int, _ count: Int, _ order: Int, _ bounds: ClosedRange<Float>?
  ) -> [Float] {
    let (outer, inner) = layout(axis)
    let length = shape[axis]
    let map = LineMap(length, count, order: order)
    let lanes = Int(VK_LINE_LANES)
    let low = bounds?.lowerBound ?? -.infinity
    let high = bounds?.upperBound ?? .infinity
    // Along the innermost axis the lines lie one behind another, else side by side.
    let isInnermost = inner == 1
    let rows = isInnermost ? 1 : outer
    let lines = isInnermost ? outer : inner
    let blocks = (lines + lanes - 1) / lanes
    return [Float](unsafeUninitializedCapacity: outer * count * inner) { out, written in
      values.withUnsafeBufferPointer { values in
        guard let target = out.baseAddress, let source = values.baseAddress else { return }
        nonisolated(unsafe) let from = source
        nonisolated(unsafe) let to = target
        divided(rows * blocks, threads: threads) { range in
          let scratch = UnsafeMutablePointer<Double>.allocate(capacity: map.scratch)
          defer { scratch.deallocate() }
          map.withKernelMap { kernel in
            for block in range {
              let (row, first) = (block / blocks, block % blocks * lanes)
              let used = Int32(min(lanes, lines - first))
              if isInnermost {
                vk_resample_lines(
                  kernel, from + first * length, 1, Int64(length), used, to + first * count, 1,
                  Int64(count), low, high, scratch)
              } else {
                vk_resample_lines(
                  kernel, from + row * length * inner + first, Int64(inner), 1, used,
                  to + row * count * inner + first, Int64(inner), 1, low, high, scratch)
              }
            }
          }
        }
      }
      written = outer * count * inner
    }
  }
}
