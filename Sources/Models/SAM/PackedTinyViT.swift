// The fast path of TinyViT: channels innermost from the first convolution to the last.

import Layers
import Tensors
import Weights

/// `TinyViT` with weights packed for a matrix unit, batch normalisation folded into convolutions.
struct PackedTinyViT: ImageEmbedder {
  let stem: [PackedImageConvolution]
  let first: [Bottleneck]
  let stages: [[Block]]
  let mergers: [Bottleneck]
  let neck: PackedNeck
  let unit: MatrixUnit

  init(_ encoder: TinyViT, unit: MatrixUnit) throws {
    stem = try [encoder.stem1, encoder.stem2].map { try PackedImageConvolution($0, unit: unit) }
    first = try encoder.first.map { try Bottleneck($0.parts, addsInput: true, unit: unit) }
    stages = try encoder.stages.map { try $0.map { try Block($0, unit: unit) } }
    mergers = try encoder.mergers.map { try Bottleneck($0.parts, addsInput: false, unit: unit) }
    neck = try PackedNeck(encoder.neck, unit: unit)
    self.unit = unit
  }

  func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor {
    var x = try RowMap(x)
    for (index, convolution) in stem.enumerated() {
      let (from, to) = (x, convolution.empty(for: x))
      Rows.inBlocks(to.rows.count, of: unit.rowsTogether) { rows, scratch in
        convolution(from, rows, into: to, scratch: scratch)
        if index == 0 { RowTransform.gelu.apply(to: to.rows, rows, unit: unit) }
      }
      x = to
    }
    for bottleneck in first { x = bottleneck(x) }
    x = mergers[0](x)
    for (index, blocks) in stages.enumerated() {
      for block in blocks { x = try block(x) }
      if index + 1 < mergers.count { x = mergers[index + 1](x) }
    }
    return try neck(x)
  }

  /// A 1×1 convolution, one of each channel by itself, and another 1×1; between them GELU.
  struct Bottleneck: Sendable {
    let expand: PackedImageConvolution
    let filter: PackedDepthwiseConvolution
    let reduce: PackedImageConvolution
    /// The input is added to the result and GELU follows; else neither.
    let addsInput: Bool
    let unit: MatrixUnit

    init(
      _ parts: (NormedConvolution, NormedConvolution, NormedConvolution), addsInput: Bool,
      unit: MatrixUnit
    ) throws {
      expand = try PackedImageConvolution(parts.0, unit: unit)
      filter = try PackedDepthwiseConvolution(parts.1)
      reduce = try PackedImageConvolution(parts.2, unit: unit)
      self.addsInput = addsInput
      self.unit = unit
    }

    func callAsFunction(_ x: RowMap) -> RowMap {
      let wide = expand.empty(for: x)
      let filtered = filter.empty(for: wide)
      let result = addsInput ? x : reduce.empty(for: filtered)
      Rows.inBlocks(wide.rows.count, of: unit.rowsTogether) { rows, scratch in
        expand(x, rows, into: wide, scratch: scratch)
        RowTransform.gelu.apply(to: wide.rows, rows, unit: unit)
      }
      Rows.inBlocks(filtered.rows.count, of: unit.rowsTogether) { rows, scratch in
        filter(wide, rows, into: filtered, then: .gelu, unit: unit)
        reduce(filtered, rows, into: result, adding: addsInput, scratch: scratch)
        if addsInput { RowTransform.gelu.apply(to: result.rows, rows, unit: unit) }
      }
      return result
    }
  }

  /// Attention within windows, a convolution of each channel by itself, and a perceptron.
  struct Block: Sendable {
    let norm: RowTransform
    let qkv: PackedLinear
    let attention: PackedAttention
    let window: Int
    /// Queries, keys and values of a token of padding, which is zero before the normalisation.
    let padding: Rows
    let projection: PackedLinear
    let local: PackedDepthwiseConvolution
    let mlp: PackedFeedForward
    let unit: MatrixUnit

    init(_ block: TinyViT.Block, unit: MatrixUnit) throws {
      let from = block.attention
      let (width, d) = (from.qkv.weight.size(1), WindowAttention.headWidth)
      norm = try RowTransform(from.norm)
      qkv = try PackedLinear(from.qkv, unit: unit)
      window = block.window
      attention = PackedAttention(
        heads: width / d, headWidth: d, scale: 1 / Double(d).squareRoot(), layout: .byHead,
        bias: .table(try PackedAttention.Table(from.bias())), unit: unit)
      padding = try Rows(from.qkv(from.norm(.zeros([1, width]))), width: 3 * width)
      projection = try PackedLinear(from.output, unit: unit)
      local = try PackedDepthwiseConvolution(block.local)
      mlp = try PackedFeedForward(block.mlp, norm: block.norm, unit: unit)
      self.unit = unit
    }

    func callAsFunction(_ x: RowMap) throws -> RowMap {
      let (count, width) = (x.rows.count, x.rows.width)
      let projected = Rows(count: count, width: 3 * width)
      let mixed = Rows(count: count, width: width)
      Rows.inBlocks(count, of: unit.rowsTogether) { rows, scratch in
        qkv(x.rows, rows, transformed: norm, into: projected, scratch: scratch)
      }
      attention(
        projected, windows: TokenWindows(side: window, height: x.height, width: x.width),
        padding: padding, into: mixed)
      Rows.inBlocks(count, of: unit.rowsTogether) { rows, scratch in
        projection(mixed, rows, into: x.rows, adding: true, scratch: scratch)
      }
      let result = local.empty(for: x)
      Rows.inBlocks(count, of: unit.rowsTogether) { rows, scratch in
        local(x, rows, into: result, then: .none, unit: unit)
        mlp.add(to: result.rows, rows, scratch)
      }
      return result
    }
  }
}
