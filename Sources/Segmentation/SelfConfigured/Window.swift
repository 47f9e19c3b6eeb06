// One window of an image: what the network reads, mirrored on the way in.

/// A box of the patch's extents that may reach beyond the image.
struct Window {
  let start: [Int]
  let patch: [Int]
  let image: [Int]

  /// Voxels of the window along `axis` that lie in the image.
  func inside(_ axis: Int) -> Range<Int> {
    let first = max(0, -start[axis])
    return first..<max(first, min(patch[axis], image[axis] - start[axis]))
  }

  /// The channels' values in the window, row-major, one channel after the other; 0 beyond the image.
  /// Along `flipped` axes the last voxel comes first.
  func cut(_ channels: [[Float]], flipped: [Bool]) -> [Float] {
    let count = patch.reduce(1, *)
    let (planes, rows, columns) = (inside(0), inside(1), inside(2))
    return [Float](unsafeUninitializedCapacity: channels.count * count) { target, written in
      target.initialize(repeating: 0)
      written = channels.count * count
      for (channel, values) in channels.enumerated() {
        values.withUnsafeBufferPointer { values in
          for plane in planes {
            for row in rows {
              let source =
                ((start[0] + plane) * image[1] + start[1] + row) * image[2] + start[2]
              let line = place(plane, row, flipped) + channel * count
              for column in columns {
                target[line + (flipped[2] ? patch[2] - 1 - column : column)] =
                  values[source + column]
              }
            }
          }
        }
      }
    }
  }

  /// Where a row of the window begins in an array that is mirrored along `flipped`.
  func place(_ plane: Int, _ row: Int, _ flipped: [Bool]) -> Int {
    ((flipped[0] ? patch[0] - 1 - plane : plane) * patch[1]
      + (flipped[1] ? patch[1] - 1 - row : row)) * patch[2]
  }
}
