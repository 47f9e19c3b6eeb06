// Moving parts of arrays: boxes cut out, axes in another order.

import Foundation

/// A box of an array, copied row by row.
func cut<Element: BitwiseCopyable>(
  _ values: [Element], lower: [Int], size: [Int], shape: [Int]
) -> [Element] {
  let count = size.reduce(1, *)
  return [Element](unsafeUninitializedCapacity: count) { out, written in
    values.withUnsafeBufferPointer { values in
      guard let from = values.baseAddress, var to = out.baseAddress else { return }
      for z in lower[0]..<lower[0] + size[0] {
        for y in lower[1]..<lower[1] + size[1] {
          to.initialize(from: from + (z * shape[1] + y) * shape[2] + lower[2], count: size[2])
          to += size[2]
        }
      }
    }
    written = count
  }
}

/// An array with its axes in another order: axis `order[i]` becomes axis i.
func transposed<Element: BitwiseCopyable>(
  _ values: [Element], shape: [Int], order: [Int]
) -> [Element] {
  if order == [0, 1, 2] { return values }
  let strides = [shape[1] * shape[2], shape[2], 1]
  let size = order.map { shape[$0] }
  let steps = order.map { strides[$0] }
  return [Element](unsafeUninitializedCapacity: values.count) { out, written in
    values.withUnsafeBufferPointer { values in
      var place = 0
      for z in 0..<size[0] {
        for y in 0..<size[1] {
          var source = z * steps[0] + y * steps[1]
          for _ in 0..<size[2] {
            out[place] = values[source]
            place += 1
            source += steps[2]
          }
        }
      }
    }
    written = values.count
  }
}
