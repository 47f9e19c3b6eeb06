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

  /// What one prompt is answered.
  struct Answer: Sendable {
    let overlaps: [Float]
    /// Masks that were made, of those that were asked for.
    let chosen: [Int]
    let logits: Tensor  // (1, chosen, 4h, 4w)
  }

  /// Answers all prompts; `chosen` picks, from the predicted overlaps of an object's masks, those that
  /// are made.
  func callAsFunction(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, masks: Range<Int>,
    choosing chosen: @Sendable ([Float]) -> [Int]
  ) throws -> [Answer] {
    let count = prompts.dense.size(0)
    @Sendable func source(_ object: Int) throws -> RowMap {
      try RowMap(image.features + prompts.dense.slice(object..<object + 1, axis: 0))
    }
    let shared = prompts.isDenseShared ? try source(0) : nil
    // Few objects at a time, because each changes the features in its own way; while one group's tokens
    // are computed, another's features keep the other cores busy.
    let size = 8
    return try concurrentMap((count + size - 1) / size) { group in
      let objects = group * size..<min((group + 1) * size, count)
      let views = try objects.map { View(source: try shared ?? source($0)) }
      return try inference {
        try answers(
          views, prompts.sparse.slice(objects, axis: 0), isShared: shared != nil, masks: masks,
          choosing: chosen)
      }
    }.flatMap(\.self)
  }

  private func answers(
    _ views: [View], _ sparse: Tensor, isShared: Bool, masks: Range<Int>,
    choosing chosen: ([Float]) -> [Int]
  ) throws -> [Answer] {
    let tokens = try transformed(reference.tokens(with: sparse), views, isShared: isShared)
    let overlaps = try reference.overlapHead(tokens.select(0, axis: 1)).slice(masks, axis: 1)
      .floats()
    return try views.enumerated().map { object, view in
      let own = Array(overlaps[object * masks.count..<(object + 1) * masks.count])
      let kept = chosen(own)
      let weights = try kept.map { mask in
        try reference.heads[masks.lowerBound + mask](
          tokens.slice(object..<object + 1, axis: 0)
            .select(masks.lowerBound + mask + 1, axis: 1))
      }
      return Answer(
        overlaps: own, chosen: kept, logits: try enlarge(view.map, weights: weights))
    }
  }

  /// The features as one object sees them: first the image's, later its own.
  private final class View: @unchecked Sendable {
    // Safe because threads write disjoint rows, and `prepare` is called before they start.
    let source: RowMap
    private(set) var own: Rows?

    init(source: RowMap) { self.source = source }

    var map: RowMap {
      RowMap(own ?? source.rows, height: source.height, width: source.width)
    }

    /// Makes room for features of its own.
    func prepare() -> Bool {
      if own != nil { return false }
      own = Rows(count: source.rows.count, width: source.rows.width)
      return true
    }
  }

  /// The tokens (B, N, C) after they and the features have looked at each other.
  private func transformed(_ tokens: Tensor, _ views: [View], isShared: Bool) throws -> Tensor {
    let code = tokens
    var tokens = tokens
    var answers: [ImageToTokens.Answer] = []
    for (block, packed) in zip(reference.transformer.blocks, blocks) {
      tokens = try block.afterOwnLook(tokens, code: code)
      let found = try look(packed.tokensToImage, tokens + code, views, answers, isShared)
      tokens = try block.norm2(tokens + found)
      tokens = try block.norm3(tokens + block.mlp(tokens))
      answers = try packed.imageToTokens.answers(keys: tokens + code, values: tokens, unit: unit)
    }
    let found = try look(final, tokens + code, views, answers, isShared)
    return try reference.transformer.finalNorm(tokens + found)
  }

  /// What the tokens find in the features, once these have taken the answers to their own last look.
  private func look(
    _ attention: TokensToImage, _ tokens: Tensor, _ views: [View],
    _ answers: [ImageToTokens.Answer], _ isShared: Bool
  ) throws -> Tensor {
    let questions = try attention.questions(tokens)  // (B, N · heads, C)
    // Before the first answer all objects see the same features and can ask together.
    let asking =
      answers.isEmpty && isShared
      ? [try questions.flattened(from: 0, to: 1)]
      : try (0..<views.count).map { try questions.select($0) }
    let asks = try asking.map { try PackedLinear(weight: $0, bias: nil, unit: unit) }
    let isFirst = answers.isEmpty ? [] : views.map { $0.prepare() }
    let (size, width) = (256, questions.size(2))
    let pieces = (views[0].source.rows.count + size - 1) / size
    let collections = asks.map {
      RowCollection(columns: $0.outputs, width: width, pieces: pieces, unit: unit)
    }
    Rows.inBlocks(asks.count * pieces, of: 1) { task, scratch in
      let (object, piece) = (task.lowerBound / pieces, task.lowerBound % pieces)
      let view = views[object]
      let x = view.own ?? view.source.rows
      let rows = piece * size..<min((piece + 1) * size, x.count)
      let keys = scratch.rows(.keys, count: rows.count, width: width)
      if !answers.isEmpty {
        if isFirst[object] { x.copy(rows, of: view.source.rows) }
        keys.set(toSumOf: x, positions, rows, unit: unit)
        answers[object].add(to: x, rows, keys: keys, unit: unit, scratch)
      }
      keys.set(toSumOf: x, positions, rows, unit: unit)
      let scores = scratch.rows(.scores, count: rows.count, width: asks[object].outputs)
      asks[object](keys, 0..<rows.count, into: scores, scratch: scratch)
      collections[object].add(scores, x, rows, piece: piece)
    }
    let found = try Tensor.concatenate(collections.map { try $0.merged() }, axis: 0)
    return try attention.answer(found.reshaped(questions.shape))
  }
}
