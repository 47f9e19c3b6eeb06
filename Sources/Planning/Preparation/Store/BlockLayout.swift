// How a prepared case is cut into blocks that are compressed one by one.

import Foundation

/// A grid of blocks over a grid of voxels; blocks at the upper borders hold what is left.
struct BlockLayout: Sendable, Equatable {
  /// Voxels along each axis.
  let shape: [Int]
  /// Voxels of a whole block.
  let block: [Int]
  let channels: Int
  let hasLabels: Bool
  /// Blocks along each axis.
  let blocks: [Int]

  init(shape: [Int], block: [Int], channels: Int, hasLabels: Bool) {
    self.shape = shape
    self.block = block
    self.channels = channels
    self.hasLabels = hasLabels
    blocks = zip(shape, block).map { ($0 + $1 - 1) / $1 }
  }

  /// Small blocks along the axes of a patch, so that a patch reads little beyond itself.
  static func blockShape(patchSize: [Int]) -> [Int] {
    patchSize.count == 2 ? [1] + patchSize.map { min($0, 128) } : patchSize.map { min($0, 32) }
  }

  var count: Int { blocks.reduce(1, *) }

  func place(of index: Int) -> [Int] {
    [index / (blocks[1] * blocks[2]), index / blocks[2] % blocks[1], index % blocks[2]]
  }

  func index(_ place: [Int]) -> Int { (place[0] * blocks[1] + place[1]) * blocks[2] + place[2] }

  func lower(of place: [Int]) -> [Int] { zip(place, block).map { $0 * $1 } }

  func size(of place: [Int]) -> [Int] {
    (0..<3).map { min(block[$0], shape[$0] - place[$0] * block[$0]) }
  }

  /// Bytes of a block before compression.
  func bytes(of place: [Int]) -> Int {
    size(of: place).reduce(1, *)
      * (channels * MemoryLayout<Float>.size + (hasLabels ? MemoryLayout<Int16>.size : 0))
  }
}
