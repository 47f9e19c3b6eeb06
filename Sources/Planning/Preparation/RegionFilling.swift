// Filling holes of a region: zeros that the border cannot reach through faces of voxels become ones.

/// Floods the outside of a region from the border, run by run.
enum RegionFilling {
  private static let outside: UInt8 = 2

  /// - Parameters:
  ///   - region: 0 outside and in holes, 1 in the region; holes become 1.
  ///   - shape: Three extents; the region is row-major over them.
  static func fillHoles(_ region: inout [UInt8], shape: [Int]) {
    region.withUnsafeMutableBufferPointer { region in
      var flood = Flood(region: region, shape: shape)
      flood.fromBorder()
      for index in region.indices { region[index] = region[index] == outside ? 0 : 1 }
    }
  }

  private struct Flood {
    let region: UnsafeMutableBufferPointer<UInt8>
    let shape: [Int]
    var waiting: [Int] = []

    mutating func fromBorder() {
      let (depth, height, width) = (shape[0], shape[1], shape[2])
      for z in 0..<depth {
        for y in 0..<height {
          let row = (z * height + y) * width
          let isBorder = z == 0 || y == 0 || z == depth - 1 || y == height - 1
          if isBorder {
            for x in 0..<width where region[row + x] == 0 { spread(from: row + x) }
          } else {
            if region[row] == 0 { spread(from: row) }
            if region[row + width - 1] == 0 { spread(from: row + width - 1) }
          }
        }
      }
    }

    private mutating func spread(from seed: Int) {
      waiting.append(seed)
      while let voxel = waiting.popLast() {
        guard region[voxel] == 0 else { continue }
        let x = voxel % shape[2]
        var first = voxel
        while first > voxel - x, region[first - 1] == 0 { first -= 1 }
        var last = voxel
        let end = voxel - x + shape[2] - 1
        while last < end, region[last + 1] == 0 { last += 1 }
        for index in first...last { region[index] = outside }
        let y = voxel / shape[2] % shape[1]
        let z = voxel / shape[2] / shape[1]
        let plane = shape[1] * shape[2]
        if y > 0 { queue(first - shape[2]...last - shape[2]) }
        if y < shape[1] - 1 { queue(first + shape[2]...last + shape[2]) }
        if z > 0 { queue(first - plane...last - plane) }
        if z < shape[0] - 1 { queue(first + plane...last + plane) }
      }
    }

    /// One voxel of every run of zeros.
    private mutating func queue(_ row: ClosedRange<Int>) {
      var isInRun = false
      for index in row {
        let isFree = region[index] == 0
        if isFree && !isInRun { waiting.append(index) }
        isInRun = isFree
      }
    }
  }
}
