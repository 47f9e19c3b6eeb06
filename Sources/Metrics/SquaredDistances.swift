// Squared Euclidean distances of all voxels of a grid to a set, axis by axis.
// Felzenszwalb and Huttenlocher, Theory of Computing 8 (2012) 415.

internal import CKernels

/// The squared distance in mm² of each voxel of a grid, by centres, to the nearest one of a set; infinite
/// when the set is empty.
final class SquaredDistances: @unchecked Sendable {
  // Safe because nothing writes after initialisation.
  let values: UnsafeMutablePointer<Double>

  init(to set: VoxelSet, spacing: SIMD3<Double>) {
    values = .allocate(capacity: max(1, set.grid.voxelCount))
    Self.write(to: set, spacing: spacing, values)
  }

  deinit { values.deallocate() }

  /// Writes one value for each voxel, x fastest.
  static func write(
    to set: VoxelSet, spacing: SIMD3<Double>, _ values: UnsafeMutablePointer<Double>
  ) {
    nonisolated(unsafe) let values = values
    let size = set.grid.size
    set.inRows { rows in
      withUnsafePointer(to: set.grid) { grid in
        vk_distance_rows(grid, set.words, spacing.x, rows.first, rows.last, values)
      }
    }
    let plane = size.x * size.y
    if size.y > 1 {
      // Columns are shared too, for images of a single slice.
      let blocks = (size.x + 63) / 64
      lines(size.z * blocks, length: size.y) { index, scratch in
        let first = index % blocks * 64
        vk_distance_lines(
          values + index / blocks * plane + first, Int64(size.x), Int32(size.y),
          Int32(min(64, size.x - first)), spacing.y, scratch)
      }
    }
    if size.z > 1 {
      lines(size.y, length: size.z) { row, scratch in
        vk_distance_lines(
          values + row * size.x, Int64(plane), Int32(size.z), Int32(size.x), spacing.z, scratch)
      }
    }
  }

  private static func lines(
    _ count: Int, length: Int, _ body: @Sendable (Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    inPieces(count, grain: max(1, 512 / length)) { indices in
      let scratch = UnsafeMutablePointer<Double>.allocate(
        capacity: Int(vk_distance_scratch(Int32(length))))
      defer { scratch.deallocate() }
      for index in indices { body(index, scratch) }
    }
  }
}
