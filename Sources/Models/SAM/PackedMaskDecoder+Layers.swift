// The layers of the packed mask decoder: attention with projections on the tokens' side, and enlargement.

import Layers
import Tensors

extension PackedMaskDecoder {
  struct Block: Sendable {
    let tokensToImage: TokensToImage
    let imageToTokens: ImageToTokens

    init(_ block: TwoWayTransformer.Block) throws {
      tokensToImage = try TokensToImage(block.tokensToImage)
      imageToTokens = try ImageToTokens(block.imageToTokens, norm: RowTransform(block.norm4))
    }
  }

  /// Attention of tokens to the image with the key's projection on the token's side.
  struct TokensToImage: Sendable {
    let attention: Attention
    let key: Tensor  // (heads, d, C)
    let value: Tensor  // (heads, d, C)

    init(_ attention: Attention) throws {
      self.attention = attention
      key = try attention.key.weight.separated(attention.heads)
      value = try attention.value.weight.separated(attention.heads)
    }

    /// One row of weights for each token and head, token by token: (B, N · heads, C). The key's bias
    /// adds the same to all scores of a token and changes nothing.
    func questions(_ tokens: Tensor) throws -> Tensor {
      let q = try attention.query(tokens).byHead(attention.heads)  // (B, heads, N, d)
      let scaled = try q * (1 / Double(q.size(3)).squareRoot())
      return try scaled.matmul(key).transposed(1, 2).flattened(from: 1, to: 2)
    }

    /// The attention's result (B, N, C) from the mean features (B, N · heads, C) that the looks found.
    func answer(_ found: Tensor) throws -> Tensor {
      let (batch, heads) = (found.size(0), attention.heads)
      let byHead = try found.reshaped(batch, -1, heads, found.size(2)).transposed(1, 2)
      let values = try byHead.matmul(value.transposed(1, 2)).transposed(1, 2)  // (B, N, heads, d)
      var mixed = try values.flattened(from: 2)
      if let bias = attention.value.bias { mixed = try mixed + bias }
      return try attention.output(mixed)
    }
  }

  /// Attention of the image to tokens, with query and output projections on the token's side.
  struct ImageToTokens: Sendable {
    let attention: Attention
    let norm: RowTransform
    let query: Tensor  // (heads, d, C)
    let output: Tensor  // (heads, d, C)

    /// The layers that one prompt's tokens become for the features.
    struct Answer: Sendable {
      let ask: PackedLinear
      let mix: PackedLinear
      let norm: RowTransform

      /// Adds it to `rows` of the features `x`, whose coded form is `keys`, and normalises them.
      func add(
        to x: Rows, _ rows: Range<Int>, keys: Rows, unit: MatrixUnit, _ scratch: Scratch
      ) {
        let scores = scratch.rows(.scores, count: rows.count, width: ask.outputs)
        ask(keys, 0..<rows.count, into: scores, scratch: scratch)
        scores.softmaxAmongTokens(unit: unit)
        mix(
          scores, 0..<rows.count, into: x, at: rows.lowerBound, adding: true, scratch: scratch)
        norm.apply(to: x, rows, unit: unit)
      }
    }

    init(_ attention: Attention, norm: RowTransform) throws {
      self.attention = attention
      self.norm = norm
      query = try attention.query.weight.separated(attention.heads)
      output = try attention.output.weight.transposed(0, 1).contiguous()
        .separated(attention.heads)
    }

    /// The answer for each of the objects whose tokens (B, N, C) are given.
    func answers(keys: Tensor, values: Tensor, unit: MatrixUnit) throws -> [Answer] {
      let heads = attention.heads
      let k = try attention.key(keys).byHead(heads)  // (B, heads, N, d)
      let scaled = try k * (1 / Double(k.size(3)).squareRoot())
      let asked = try scaled.matmul(query).transposed(1, 2).flattened(from: 1, to: 2)
      let offsets = try attention.query.bias.map { bias in
        try scaled.matmul(bias.reshaped(heads, -1, 1)).transposed(1, 2).flattened(from: 1)
      }
      let v = try attention.value(values).byHead(heads)
      let mixed = try v.matmul(output).transposed(1, 2).flattened(from: 1, to: 2)
      return try (0..<keys.size(0)).map { object in
        Answer(
          ask: try PackedLinear(
            weight: asked.select(object), bias: offsets?.select(object), unit: unit),
          mix: try PackedLinear(
            weight: mixed.select(object).transposed(0, 1).contiguous(),
            bias: attention.output.bias, unit: unit),
          norm: norm)
      }
    }
  }

  /// Four times as many pixels along each side, and the masks as products with them.
  struct Enlargement: Sendable {
    let first: PackedLinear
    let norm: RowTransform
    let second: PackedLinear
    let unit: MatrixUnit

    init(_ decoder: MaskDecoder, unit: MatrixUnit) throws {
      first = try PackedLinear(decoder.enlarge1, unit: unit)
      guard let channels = decoder.enlargeNorm as? ChannelNorm else {
        throw TensorError.mismatch("only SAM's own mask decoder has a fast path; use fp32")
      }
      norm = try RowTransform(channels.norm, then: .gelu)
      second = try PackedLinear(decoder.enlarge2, unit: unit)
      self.unit = unit
    }

    /// The scores (1, M, 4h, 4w) of M masks with `weights` (1, C / 8) each.
    func callAsFunction(_ x: RowMap, weights: [Tensor]) throws -> Tensor {
      guard !weights.isEmpty else { return try Tensor.zeros([1, 0, 4 * x.height, 4 * x.width]) }
      let product = try PackedLinear(
        weight: .concatenate(weights, axis: 0), bias: nil, unit: unit)
      let (inner, outer) = (first.outputs / 4, second.outputs / 4)
      let scores = Rows(count: 16 * x.rows.count, width: weights.count)
      Rows.inBlocks(x.rows.count, of: 48) { rows, scratch in
        let wide = scratch.rows(.wide, count: rows.count, width: 4 * inner)
        first(x.rows, rows, into: wide, at: 0, scratch: scratch)
        let quarters = wide.divided(by: 4)
        let wider = scratch.rows(.wider, count: quarters.count, width: 4 * outer)
        second(quarters, 0..<quarters.count, transformed: norm, into: wider, scratch: scratch)
        let sixteenths = wider.divided(by: 4)
        product(
          sixteenths, 0..<sixteenths.count, transformed: .gelu, into: scores,
          at: 16 * rows.lowerBound, scratch: scratch)
      }
      // Rows count pixel by pixel, in each the four of the first step, in each those of the second.
      return try scores.tensor([x.height, x.width, 2, 2, 2, 2, weights.count])
        .permuted(6, 0, 2, 4, 1, 3, 5)
        .reshaped(1, weights.count, 4 * x.height, 4 * x.width)
    }
  }
}

extension PackedLinear {
  /// A transposed convolution with kernel and stride 2: four outputs beside each other in every row.
  fileprivate init(_ convolution: TransposedConvolution, unit: MatrixUnit) throws {
    let outputs = convolution.weight.size(1)
    let weight = try convolution.weight.permuted(2, 3, 1, 0).contiguous()  // (2, 2, out, in)
    try self.init(
      weight: weight.floats(), outputs: 4 * outputs,
      bias: convolution.bias.map { bias in
        let values = try bias.floats()
        return values + values + values + values
      }, unit: unit)
  }
}

extension Tensor {
  /// A projection's weight (heads · d, C) as (heads, d, C).
  fileprivate func separated(_ heads: Int) throws -> Tensor {
    try reshaped(heads, -1, size(1))
  }

  /// Tokens (B, N, heads · d) as (B, heads, N, d).
  fileprivate func byHead(_ heads: Int) throws -> Tensor {
    try reshaped(size(0), size(1), heads, -1).transposed(1, 2)
  }
}
