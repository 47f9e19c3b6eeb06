// A grid of tokens cut into square windows, and put together again.

import Tensors

/// The windows of (B, H, W, C), after zeros have been added at the bottom and right where they do not
/// divide it. The zeros take part in attention, as the official networks were trained.
struct Windows {
  /// One window after the other, row by row.
  let tiles: Tensor  // (B · rows · columns, side, side, C)
  private let shape: [Int]
  private let side: Int
  private let rows: Int
  private let columns: Int

  init(of x: Tensor, side: Int) throws {
    let (height, width) = (x.size(1), x.size(2))
    shape = x.shape
    self.side = side
    rows = (height + side - 1) / side
    columns = (width + side - 1) / side
    let (below, right) = (rows * side - height, columns * side - width)
    let padded = below + right == 0 ? x : try x.padded([(0, 0), (0, right), (0, below)])
    tiles =
      try padded
      .reshaped(x.size(0), rows, side, columns, side, x.size(3))
      .permuted(0, 1, 3, 2, 4, 5)
      .reshaped(-1, side, side, x.size(3))
  }

  /// The grid of these windows' new contents, without what was added.
  func joined(_ tiles: Tensor) throws -> Tensor {
    try tiles
      .reshaped(shape[0], rows, columns, side, side, -1)
      .permuted(0, 1, 3, 2, 4, 5)
      .reshaped(shape[0], rows * side, columns * side, -1)
      .slice(0..<shape[1], axis: 1)
      .slice(0..<shape[2], axis: 2)  // (B, H, W, C)
  }
}
