// A set of voxels with one bit each, which is what borders and distances are computed from.

internal import CKernels

/// A set of the voxels of a small grid; every row begins with a new word.
final class VoxelSet: @unchecked Sendable {
  // Safe because threads write rows of their own, and nothing writes once a set has been made.
  let grid: vk_grid
  let words: UnsafeMutablePointer<UInt64>
  private let wordCount: Int

  /// No voxel at all.
  init(_ grid: vk_grid) {
    self.grid = grid
    wordCount = grid.rowCount * Int(grid.words)
    words = .allocate(capacity: max(1, wordCount))
    words.initialize(repeating: 0, count: wordCount)
  }

  /// The voxels of a box that have a label.
  convenience init(_ labels: [Int32], _ label: Int32, in box: Box, of image: Grid) {
    let window = box.window(in: image)
    self.init(window.grid)
    labels.withUnsafeBufferPointer { labels in
      nonisolated(unsafe) let labels = labels
      inRows { rows in
        withUnsafePointer(to: window) { window in
          vk_label_bits(labels.baseAddress, label, window, rows.first, rows.last, words)
        }
      }
    }
  }

  /// The voxels whose bytes are zero, or all others.
  convenience init(bytes: UnsafeRawBufferPointer, zeros: Bool, of image: Grid) {
    let window = Box.whole(image).window(in: image)
    nonisolated(unsafe) let bytes = bytes.bindMemory(to: UInt8.self)
    self.init(window.grid)
    inRows { rows in
      withUnsafePointer(to: window) { window in
        vk_byte_bits(bytes.baseAddress, zeros, window, rows.first, rows.last, words)
      }
    }
  }

  deinit { words.deallocate() }

  var count: Int { Int(vk_count_common(words, words, Int64(wordCount))) }

  /// How many voxels two sets on one grid have in common.
  func count(commonWith other: VoxelSet) -> Int {
    Int(vk_count_common(words, other.words, Int64(wordCount)))
  }

  var isEmpty: Bool { !(0..<wordCount).contains { words[$0] != 0 } }

  /// Voxels with a face neighbour outside the set; beyond the grid is outside.
  func border(isPlanar: Bool) -> VoxelSet {
    let border = VoxelSet(grid)
    inRows { rows in
      withUnsafePointer(to: grid) { grid in
        _ = vk_border_bits(grid, words, isPlanar, rows.first, rows.last, border.words)
      }
    }
    return border
  }

  /// Corners of voxels that touch the set and its outside, on a grid with one more of each axis.
  func corners(isPlanar: Bool) -> VoxelSet {
    let more = SIMD3(1, 1, isPlanar ? 0 : 1)
    let corners = VoxelSet(vk_grid(size: grid.size &+ more))
    corners.inRows { rows in
      withUnsafePointer(to: grid) { grid in
        withUnsafePointer(to: corners.grid) { cornerGrid in
          _ = vk_corner_bits(
            grid, words, isPlanar, cornerGrid, rows.first, rows.last, corners.words)
        }
      }
    }
    return corners
  }

  /// The set without its outermost voxels, by face, edge and corner.
  func eroded(isPlanar: Bool) -> VoxelSet {
    let eroded = VoxelSet(grid)
    inRows { rows in
      withUnsafePointer(to: grid) { grid in
        vk_erode_bits(grid, words, isPlanar, rows.first, rows.last, eroded.words)
      }
    }
    return eroded
  }

  /// The set without the voxels of another.
  func subtracting(_ other: VoxelSet) -> VoxelSet {
    let rest = VoxelSet(grid)
    for i in 0..<wordCount { rest.words[i] = words[i] & ~other.words[i] }
    return rest
  }

  /// Whether a voxel of row `row`, counted over all planes, is in the set.
  func contains(column: Int, row: Int) -> Bool {
    words[row * Int(grid.words) + column / 64] >> UInt64(column % 64) & 1 == 1
  }

  /// The voxels whose place, counted over the whole grid, fits.
  func filtered(_ fits: @Sendable (Int) -> Bool) -> VoxelSet {
    let kept = VoxelSet(grid)
    let columns = Int(grid.columns)
    inRows { rows in
      for row in Int(rows.first)..<Int(rows.last) {
        for x in 0..<columns where contains(column: x, row: row) && fits(row * columns + x) {
          kept.insert(column: x, row: row)
        }
      }
    }
    return kept
  }

  func insert(_ x: Int, _ y: Int, _ z: Int) { insert(column: x, row: z * Int(grid.rows) + y) }

  private func insert(column: Int, row: Int) {
    words[row * Int(grid.words) + column / 64] |= 1 << UInt64(column % 64)
  }

  /// Visits the voxels in the order of the grid.
  func forEach(_ body: (_ x: Int, _ y: Int, _ z: Int) -> Void) {
    for row in 0..<grid.rowCount {
      for word in 0..<Int(grid.words) {
        var left = words[row * Int(grid.words) + word]
        while left != 0 {
          body(
            word * 64 + left.trailingZeroBitCount, row % Int(grid.rows), row / Int(grid.rows))
          left &= left - 1
        }
      }
    }
  }

  /// Shares the rows of the grid among all cores.
  func inRows(_ body: @Sendable ((first: Int64, last: Int64)) -> Void) {
    inPieces(grid.rowCount, grain: grain) { rows in
      body((Int64(rows.lowerBound), Int64(rows.upperBound)))
    }
  }

  /// What `body` gives for pieces of the rows, in order.
  func mapRows<Value: Sendable>(_ body: @Sendable (Range<Int>) -> Value) -> [Value] {
    mapPieces(grid.rowCount, grain: grain, body)
  }

  /// Rows that are worth a thread's while.
  private var grain: Int { max(1, 32_768 / max(1, Int(grid.columns))) }
}
