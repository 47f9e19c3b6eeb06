// Moving voxels when axes change order or direction, in tiles that stay in the cache.

/// How to walk the old voxels in the order of the new ones.
struct MoveLayout {
  let size: SIMD3<Int>
  /// Old voxel that becomes the new voxel (0, 0, 0).
  let start: Int
  /// Old voxels per step along each new axis; negative when it runs backwards.
  let strides: SIMD3<Int>
  let channels: Int

  init(_ move: AxisMove, size old: SIMD3<Int>, channels: Int) {
    let oldStrides = [1, old.x, old.x * old.y]
    var size = SIMD3<Int>.zero
    var strides = SIMD3<Int>.zero
    var start = 0
    for axis in 0..<3 {
      let source = move.source[axis]
      size[axis] = old[source]
      strides[axis] = move.flipped[axis] ? -oldStrides[source] : oldStrides[source]
      if move.flipped[axis] { start += (old[source] - 1) * oldStrides[source] }
    }
    self.size = size
    self.start = start
    self.strides = strides
    self.channels = channels
  }
}

extension Array where Element: VoxelScalar {
  func moved(_ layout: MoveLayout) -> [Element] {
    withUnsafeBufferPointer { source in
      Array(unsafeUninitializedCapacity: count) { target, written in
        if let from = source.baseAddress, let to = target.baseAddress {
          move(from, to, layout)
        }
        written = source.count
      }
    }
  }

  private func move(
    _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, _ layout: MoveLayout
  ) {
    let (size, strides, channels) = (layout.size, layout.strides, layout.channels)
    // Tiles over new x and y keep both the rows written and the lines read in the cache; z is free
    // unless the old x axis became new z, when it takes y's place.
    let tile = 32
    let fastIsZ = abs(strides.z) == 1
    let (middle, outer) = fastIsZ ? (2, 1) : (1, 2)
    let newStrides = [1, size.x, size.x * size.y]
    for slow in 0..<size[outer] {
      for middleStart in Swift.stride(from: 0, to: size[middle], by: tile) {
        for xStart in Swift.stride(from: 0, to: size.x, by: tile) {
          let xEnd = Swift.min(xStart + tile, size.x)
          for row in middleStart..<Swift.min(middleStart + tile, size[middle]) {
            var old =
              layout.start + slow * strides[outer] + row * strides[middle] + xStart * strides.x
            var new = slow * newStrides[outer] + row * newStrides[middle] + xStart
            if channels == 1 {
              for _ in xStart..<xEnd {
                (to + new).initialize(to: from[old])
                new += 1
                old += strides.x
              }
            } else {
              for _ in xStart..<xEnd {
                (to + new * channels).initialize(from: from + old * channels, count: channels)
                new += 1
                old += strides.x
              }
            }
          }
        }
      }
    }
  }
}
