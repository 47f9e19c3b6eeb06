// The fast path of SAM's mask decoder: the few tokens' projections are moved off the many image features.

import Layers
import Tensors

/// `MaskDecoder` whose image side runs on a matrix unit.
///
/// A token's score for a feature is q · (W k), which equals (Wᵀ q) · k: projecting seven tokens costs
/// next to nothing, projecting 4096 features is what the reference spends half of its time on. The same
/// holds for values and for the way back. Features pass by three times, and each time all that is row by
/// row is done at once: the last look's answer, its normalisation, and the scores of the next look.
struct PackedMaskDecoder: Sendable {
  let reference: MaskDecoder
  let blocks: [Block]
  let final: TokensToImage
  let positions: Rows  // (h · w, C)
  let enlarge: Enlargement
  let unit: MatrixUnit
  static let heads = 8

  init(_ decoder: MaskDecoder, positions: Tensor, unit: MatrixUnit) throws {
    reference = decoder
    blocks = try decoder.transformer.blocks.map { try Block($0) }
    final = try TokensToImage(decoder.transformer.final)
    self.positions = try RowMap(positions).rows
    enlarge = try Enlargement(decoder, unit: unit)
    self.unit = unit
  }

  /// Answers one prompt after the other; `chosen` picks, from the predicted overlaps of an object's
  /// masks, those that are made.
  func callAsFunction(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, masks: Range<Int>,
    choosing chosen: ([Float]) -> [Int]
  ) throws -> [(overlaps: [Float], chosen: [Int], logits: Tensor)] {
    try (0..<prompts.dense.size(0)).map { object in
      let sparse = try prompts.sparse.slice(object..<object + 1, axis: 0)
      let dense = try prompts.dense.slice(object..<object + 1, axis: 0)
      let source = try RowMap(image.features + dense)
      let tokens = try transformed(reference.tokens(with: sparse), image: source.rows)
      let overlaps = try reference.overlapHead(tokens.select(0, axis: 1)).slice(masks, axis: 1)
        .floats()
      let kept = chosen(overlaps)
      let weights = try kept.map { mask in
        try reference.heads[masks.lowerBound + mask](
          tokens.select(masks.lowerBound + mask + 1, axis: 1))
      }
      return (overlaps, kept, try enlarge(source, weights: weights))
    }
  }

  /// The tokens (1, N, C) after both have looked at each other; `image` is changed.
  private func transformed(_ tokens: Tensor, image x: Rows) throws -> Tensor {
    let code = tokens
    var tokens = tokens
    var answer: ImageToTokens.Answer?
    for (block, packed) in zip(reference.transformer.blocks, blocks) {
      tokens = try block.afterOwnLook(tokens, code: code)
      let found = try look(
        packed.tokensToImage, tokens + code, at: x, after: answer, tokens: tokens)
      tokens = try block.norm2(tokens + found)
      tokens = try block.norm3(tokens + block.mlp(tokens))
      answer = try packed.imageToTokens.answer(keys: tokens + code, values: tokens, unit: unit)
    }
    let found = try look(final, tokens + code, at: x, after: answer, tokens: tokens)
    return try reference.transformer.finalNorm(tokens + found)
  }

  /// What the tokens find in the image, once the image has taken the answer to its own last look.
  private func look(
    _ attention: TokensToImage, _ queries: Tensor, at x: Rows, after answer: ImageToTokens.Answer?,
    tokens: Tensor
  ) throws -> Tensor {
    let count = tokens.size(1)
    let ask = try PackedLinear(weight: attention.questions(queries), bias: nil, unit: unit)
    let size = 256
    let collection = RowCollection(
      columns: Self.heads * count, width: x.width, pieces: (x.count + size - 1) / size, unit: unit)
    Rows.inBlocks(x.count, of: size) { rows, scratch in
      let keys = scratch.rows(.keys, count: rows.count, width: x.width)
      keys.set(toSumOf: x, positions, rows, unit: unit)
      let scores = scratch.rows(.scores, count: rows.count, width: Self.heads * count)
      if let answer {
        answer.ask(keys, 0..<rows.count, into: scores, scratch: scratch)
        scores.softmaxAmongTokens(unit: unit)
        answer.mix(
          scores, 0..<rows.count, into: x, at: rows.lowerBound, adding: true, scratch: scratch)
        answer.norm.apply(to: x, rows, unit: unit)
        keys.set(toSumOf: x, positions, rows, unit: unit)
      }
      ask(keys, 0..<rows.count, into: scores, scratch: scratch)
      collection.add(scores, x, rows, piece: rows.lowerBound / size)
    }
    return try attention.answer(collection.merged(), tokens: count)
  }
}

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

    /// One row of weights for each token and head, token by token: (N · heads, C). The key's bias adds
    /// the same to all scores of a token and changes nothing.
    func questions(_ tokens: Tensor) throws -> Tensor {
      let q = try attention.query(tokens).byHead(attention.heads)  // (heads, N, d)
      let scaled = try q * (1 / Double(q.size(2)).squareRoot())
      return try scaled.matmul(key).transposed(0, 1).reshaped(-1, key.size(2))
    }

    /// The attention's result (1, N, C) from the mean features (N · heads, C) that the looks found.
    func answer(_ found: Tensor, tokens: Int) throws -> Tensor {
      let byHead = try found.reshaped(tokens, attention.heads, -1).transposed(0, 1)  // (heads, N, C)
      let values = try byHead.matmul(value.transposed(1, 2)).transposed(0, 1)  // (N, heads, d)
      var mixed = try values.reshaped(1, tokens, -1)
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
    }

    init(_ attention: Attention, norm: RowTransform) throws {
      self.attention = attention
      self.norm = norm
      query = try attention.query.weight.separated(attention.heads)
      output = try attention.output.weight.transposed(0, 1).contiguous()
        .separated(attention.heads)
    }

    func answer(keys: Tensor, values: Tensor, unit: MatrixUnit) throws -> Answer {
      let heads = attention.heads
      let k = try attention.key(keys).byHead(heads)  // (heads, N, d)
      let scaled = try k * (1 / Double(k.size(2)).squareRoot())
      let asked = try scaled.matmul(query).transposed(0, 1).reshaped(-1, query.size(2))
      let offsets = try attention.query.bias.map { bias in
        try scaled.matmul(bias.reshaped(heads, -1, 1)).transposed(0, 1).reshaped(-1).floats()
      }
      let v = try attention.value(values).byHead(heads)
      let mixed = try v.matmul(output).transposed(0, 1).reshaped(-1, output.size(2))  // (N · heads, C)
      return Answer(
        ask: try PackedLinear(
          weight: asked.floats(), outputs: asked.size(0), bias: offsets, unit: unit),
        mix: try PackedLinear(
          weight: mixed.transposed(0, 1).contiguous(), bias: attention.output.bias, unit: unit),
        norm: norm)
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

  /// Tokens (1, N, heads · d) as (heads, N, d).
  fileprivate func byHead(_ heads: Int) throws -> Tensor {
    try reshaped(size(1), heads, -1).transposed(0, 1)
  }
}
