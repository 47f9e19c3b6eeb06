// SAM's mask decoder: learned tokens ask the image for masks and for how good they are.

import Layers
import Tensors
import Weights

/// One token for the overlap and four for masks: the first answers clear prompts, three ambiguous ones.
struct MaskDecoder: Sendable {
  let transformer: TwoWayTransformer
  let overlapToken: Tensor  // (1, C)
  let maskTokens: Tensor  // (4, C)
  let enlarge1: TransposedConvolution
  let enlargeNorm: any Layer
  let enlarge2: TransposedConvolution
  /// From a mask token to the weights of its mask over the enlarged image's channels.
  let heads: [MultilayerPerceptron]
  let overlapHead: MultilayerPerceptron

  init(_ w: Weights, width: Int, style: DecoderStyle = .segmentAnything) throws {
    let count = 4
    transformer = try TwoWayTransformer(
      w / "transformer", width: width, heads: 8, inner: 2048, depth: 2, style: style)
    overlapToken = try Embedding(w / "iou_token", count: 1, width: width).weight
    maskTokens = try Embedding(w / "mask_tokens", count: count, width: width).weight
    (enlarge1, enlargeNorm, enlarge2) = try style.enlargement(w, width: width)
    heads = try (0..<count).map {
      try style.head(
        w / "output_hypernetworks_mlps" / $0, widths: [width, width, width, width / 8])
    }
    overlapHead = try style.head(
      w / "iou_prediction_head", widths: [width, width, width, count])
  }

  func callAsFunction(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, multimask: Bool
  ) throws -> MaskCandidates {
    let batch = prompts.dense.size(0)
    let source = try image.features + prompts.dense  // (B, C, h, w)
    let (asked, seen) = try transformer(
      tokens: tokens(with: prompts.sparse), image: source.flattened(from: 2).transposed(1, 2),
      positions: image.positions.flattened(from: 2).transposed(1, 2))
    let chosen = multimask ? 1..<heads.count : 0..<1
    let map = try enlarged(seen.transposed(1, 2).reshaped(source.shape))  // (B, C / 8, S, S)
    let weights = try Tensor.stack(
      chosen.map { try heads[$0](asked.select($0 + 1, axis: 1)) }, axis: 1)  // (B, M, C / 8)
    let logits = try weights.matmul(map.flattened(from: 2))  // (B, M, S · S)
    return MaskCandidates(
      logits: try logits.reshaped(batch, chosen.count, map.size(2), map.size(3)),
      predictedIoU: try overlapHead(asked.select(0, axis: 1)).slice(chosen, axis: 1))
  }

  /// The learned tokens and those of the prompts (B, N, C): (B, 5 + N, C).
  func tokens(with sparse: Tensor) throws -> Tensor {
    let learned = try Tensor.concatenate([overlapToken, maskTokens], axis: 0)  // (5, C)
    return try Tensor.concatenate(
      [learned.unsqueezed(0).expanded([sparse.size(0)] + learned.shape), sparse], axis: 1)
  }

  private func enlarged(_ x: Tensor) throws -> Tensor {
    try enlarge2(enlargeNorm(enlarge1(x)).gelu()).gelu()
  }
}
