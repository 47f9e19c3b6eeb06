// Attention over a square grid of tokens that knows how many rows and columns lie between two of them.

import Layers
import Tensors
import Weights

/// Multi-head self-attention with relative positions, decomposed into a table for rows and one for
/// columns that all heads share.
struct GridAttention: Layer {
  let qkv: Linear
  let output: Linear
  let rows: Tensor  // (2 · side − 1, d)
  let columns: Tensor  // (2 · side − 1, d)
  let heads: Int
  /// Entry of the tables for each query and key coordinate: their difference plus side − 1.
  private let offsets: Tensor  // (side, side), int64

  init(_ w: Weights, width: Int, heads: Int, side: Int) throws {
    qkv = try Linear(w / "qkv", from: width, to: 3 * width)
    output = try Linear(w / "proj", from: width, to: width)
    rows = try w("rel_pos_h", [2 * side - 1, width / heads])
    columns = try w("rel_pos_w", [2 * side - 1, width / heads])
    self.heads = heads
    offsets = try Self.offsets(side: side).to(rows.device)
  }

  /// The same attention over a smaller grid: only the smaller distances occur.
  init(_ attention: GridAttention, side: Int) throws {
    let centre = attention.rows.size(0) / 2
    let occurring = centre - side + 1..<centre + side
    qkv = attention.qkv
    output = attention.output
    rows = try attention.rows.slice(occurring, axis: 0).contiguous()
    columns = try attention.columns.slice(occurring, axis: 0).contiguous()
    heads = attention.heads
    offsets = try Self.offsets(side: side).to(rows.device)
  }

  private static func offsets(side: Int) throws -> Tensor {
    let differences = (0..<side).flatMap { query in
      (0..<side).map { key in Int64(query - key + side - 1) }
    }
    return try Tensor(differences, shape: [side, side])
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let (batch, side, width) = (x.size(0), x.size(1), x.size(3))
    let parts = try qkv(x)  // (B, H, W, 3C)
      .reshaped(batch, side * side, 3, heads, width / heads)
      .permuted(2, 0, 3, 1, 4)  // (3, B, heads, N, d)
    let q = try parts.select(0)
    let mixed = try Tensor.attention(
      q, parts.select(1), parts.select(2), mask: bias(q, side: side),
      scale: 1 / Double(width / heads).squareRoot())  // (B, heads, N, d)
    return try output(mixed.transposed(1, 2).reshaped(batch, side, side, width))
  }

  /// What a key's row and column add to its score: the product of the query with two table entries.
  private func bias(_ q: Tensor, side: Int) throws -> Tensor {
    let grid = try q.reshaped(-1, side, side, q.size(3))  // (B · heads, H, W, d)
    let byRow = try rows.embedding(offsets).transposed(1, 2)  // (H, d, H of the key)
    let byColumn = try columns.embedding(offsets).transposed(1, 2)  // (W, d, W of the key)
    let vertical = try grid.matmul(byRow)  // (B · heads, H, W, H of the key)
    let horizontal = try grid.transposed(1, 2).matmul(byColumn).transposed(1, 2)
    let sum = try vertical.unsqueezed(4) + horizontal.unsqueezed(3)
    return try sum.reshaped(q.size(0), heads, side * side, side * side)
  }
}
