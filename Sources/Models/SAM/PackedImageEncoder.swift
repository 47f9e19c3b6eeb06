// The fast path of SAM's image encoder: what lies between two attentions is done row by row in the cache.

import Layers
import Tensors
import Weights

/// `ImageEncoder` or `VisionTransformer` with weights packed for a matrix unit of this processor.
///
/// Padding of windows costs nothing but its part in attention: its queries are left out, and its keys
/// and values, which are the same everywhere, are those of the projection's bias.
struct PackedImageEncoder: ImageEmbedder {
  let patches: PackedImageConvolution
  /// The table of positions (1, H, W, C) for a grid of patches.
  let positions: @Sendable (_ grid: [Int]) throws -> Tensor
  let blocks: [Block]
  let neck: PackedNeck
  let unit: MatrixUnit

  init(_ encoder: ImageEncoder, unit: MatrixUnit) throws {
    patches = try PackedImageConvolution(encoder.patches, unit: unit)
    let table = encoder.positions
    positions = { _ in table }
    blocks = try encoder.blocks.map { try Block($0, unit: unit) }
    neck = try PackedNeck(encoder.neck, unit: unit)
    self.unit = unit
  }

  init(_ encoder: VisionTransformer, unit: MatrixUnit) throws {
    patches = try PackedImageConvolution(encoder.patches, unit: unit)
    positions = { try encoder.positions(on: $0).permuted(0, 2, 3, 1) }
    blocks = try encoder.blocks.map { try Block($0, unit: unit) }
    neck = try PackedNeck(encoder.neck, unit: unit)
    self.unit = unit
  }

  func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor {
    let image = try RowMap(x)
    let empty = patches.empty(for: image)
    let (grid, width) = (empty.height, patches.outputs)
    // The position table is there first and the patches are added to it.
    let x = try Rows(positions([grid, empty.width]), width: width)
    let map = RowMap(x, height: grid, width: empty.width)
    Rows.inBlocks(x.count, of: unit.rowsTogether) { rows, scratch in
      patches(image, rows, into: map, adding: true, scratch: scratch)
    }
    let qkv = Rows(count: x.count, width: 3 * width)
    let mixed = Rows(count: x.count, width: width)
    let size = unit.rowsTogether
    guard let first = blocks.first else { return try neck(map) }
    Rows.inBlocks(x.count, of: size) { rows, scratch in
      first.project(x, rows, into: qkv, scratch)
    }
    for (index, block) in blocks.enumerated() {
      block.attend(qkv, grid: grid, into: mixed)
      let next = index + 1 < blocks.count ? blocks[index + 1] : nil
      Rows.inBlocks(x.count, of: size) { rows, scratch in
        block.finish(mixed, rows, into: x, scratch)
        next?.project(x, rows, into: qkv, scratch)
      }
    }
    return try neck(map)
  }

  /// One block of the encoder, cut before its attention.
  struct Block: Sendable {
    let norm1: RowTransform
    let qkv: PackedLinear
    let attention: PackedAttention
    let window: Int?
    /// Queries, keys and values of a token of padding.
    let padding: Rows
    let projection: PackedLinear
    let mlp: PackedFeedForward

    init(_ block: ImageEncoder.Block, unit: MatrixUnit) throws {
      let from = block.attention
      norm1 = try RowTransform(block.norm1)
      qkv = try PackedLinear(from.qkv, unit: unit)
      window = block.window
      let width = from.qkv.weight.size(1)
      let side = (from.rows.size(0) + 1) / 2
      attention = try PackedAttention(
        heads: from.heads, headWidth: width / from.heads,
        scale: 1 / Double(width / from.heads).squareRoot(), layout: .joined,
        bias: PackedAttention.distances(
          rows: from.rows, columns: from.columns, side: side, unit: unit), unit: unit)
      padding = try Rows(from.qkv.bias ?? .zeros([3 * width]), width: 3 * width)
      projection = try PackedLinear(from.output, unit: unit)
      mlp = try PackedFeedForward(block.mlp, norm: block.norm2, unit: unit)
    }

    init(_ block: VisionTransformer.Block, unit: MatrixUnit) throws {
      let from = block.attention
      norm1 = try RowTransform(block.norm1)
      qkv = try PackedLinear(from.qkv, unit: unit)
      window = nil
      let width = from.qkv.weight.size(1)
      attention = PackedAttention(
        heads: from.heads, headWidth: width / from.heads,
        scale: 1 / Double(width / from.heads).squareRoot(), layout: .joined, bias: .none,
        unit: unit)
      padding = Rows(count: 0, width: 3 * width)
      projection = try PackedLinear(from.output, unit: unit)
      mlp = try PackedFeedForward(block.mlp, norm: block.norm2, unit: unit)
    }

    func project(_ x: Rows, _ rows: Range<Int>, into qkv: Rows, _ scratch: Scratch) {
      self.qkv(x, rows, transformed: norm1, into: qkv, scratch: scratch)
    }

    func attend(_ qkv: Rows, grid: Int, into mixed: Rows) {
      guard let window else { return attention(qkv, into: mixed) }
      attention(
        qkv, windows: TokenWindows(side: window, height: grid, width: grid), padding: padding,
        into: mixed)
    }

    /// What follows attention, added to the rows `x`.
    func finish(_ mixed: Rows, _ rows: Range<Int>, into x: Rows, _ scratch: Scratch) {
      projection(mixed, rows, into: x, adding: true, scratch: scratch)
      mlp.add(to: x, rows, scratch)
    }
  }
}
