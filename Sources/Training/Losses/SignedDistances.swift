// Exact signed Euclidean distances of all voxels of a patch to the border of a mask.

internal import CKernels

enum SignedDistances {
  /// Positive outside the mask: to its nearest voxel; inside: 1 − the distance to the nearest voxel outside.
  /// `nil` if all voxels or none lie in the mask.
  ///
  /// Source: Kervadec et al. 2019, the distance maps of their reference implementation.
  static func of(_ mask: [UInt8], extents: [Int]) -> [Float]? {
    let members = mask.count { $0 != 0 }
    guard members > 0, members < mask.count else { return nil }
    let outside = squared(to: mask, value: true, extents: extents)
    let inside = squared(to: mask, value: false, extents: extents)
    return zip(outside, inside).map { away, depth in
      depth > 0 ? Float(1 - depth.squareRoot()) : Float(away.squareRoot())
    }
  }

  /// Squared distances to the nearest voxel that is in the mask, or that is not.
  private static func squared(to mask: [UInt8], value: Bool, extents: [Int]) -> [Double] {
    let width = extents.last ?? 1
    let height = extents.count > 1 ? extents[extents.count - 2] : 1
    let depth = extents.dropLast(2).reduce(1, *)
    let longest = max(height, depth)
    let scratch = UnsafeMutablePointer<Double>.allocate(
      capacity: Int(vk_distance_scratch(Int32(longest))))
    defer { scratch.deallocate() }
    return [Double](unsafeUninitializedCapacity: mask.count) { out, used in
      used = mask.count
      guard let base = out.baseAddress else { return }
      mask.withUnsafeBufferPointer { mask in
        for row in 0..<height * depth { alongRow(mask, row * width, width, value, base) }
      }
      for plane in 0..<depth where height > 1 {
        vk_distance_lines(
          base + plane * height * width, Int64(width), Int32(height), Int32(width), 1, scratch)
      }
      if depth > 1 {
        vk_distance_lines(
          base, Int64(height * width), Int32(depth), Int32(height * width), 1, scratch)
      }
    }
  }

  /// Squared distances within one row, infinite where it has no such voxel.
  private static func alongRow(
    _ mask: UnsafeBufferPointer<UInt8>, _ start: Int, _ width: Int, _ value: Bool,
    _ out: UnsafeMutablePointer<Double>
  ) {
    var steps = Double.infinity
    for voxel in start..<start + width {
      steps = (mask[voxel] != 0) == value ? 0 : steps + 1
      out[voxel] = steps
    }
    steps = .infinity
    for voxel in (start..<start + width).reversed() {
      steps = out[voxel] == 0 ? 0 : steps + 1
      let way = min(steps, out[voxel])
      out[voxel] = way * way
    }
  }
}
