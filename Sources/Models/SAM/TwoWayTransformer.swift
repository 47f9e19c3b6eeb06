// SAM's two-way transformer: the prompts look at the image, and the image at the prompts.

import Layers
import Tensors
import Weights

/// Blocks between prompt tokens and image features, then one more look of the tokens at the image.
struct TwoWayTransformer: Sendable {
  let blocks: [Block]
  let final: Attention
  let finalNorm: LayerNorm

  init(
    _ w: Weights, width: Int, heads: Int, inner: Int, depth: Int,
    style: DecoderStyle = .segmentAnything
  ) throws {
    blocks = try (0..<depth).map {
      try Block(
        w / "layers" / $0, width: width, heads: heads, inner: inner, isFirst: $0 == 0, style: style)
    }
    final = try Attention(
      w / "final_attn_token_to_image", width: width, inner: width / 2, heads: heads)
    finalNorm = try LayerNorm(w / "norm_final_attn", width)
  }

  /// Tokens (B, N, C) and image (B, H · W, C) after they have looked at each other. The tokens' own
  /// first values are their positional code.
  func callAsFunction(
    tokens: Tensor, image: Tensor, positions: Tensor
  ) throws -> (tokens: Tensor, image: Tensor) {
    let code = tokens
    var (tokens, image) = (tokens, image)
    for block in blocks {
      (tokens, image) = try block(tokens, image, code: code, positions: positions)
    }
    let look = try final(q: tokens + code, k: image + positions, v: image)
    return (try finalNorm(tokens + look), image)
  }

  struct Block: Sendable {
    let own: Attention
    let norm1: LayerNorm
    let tokensToImage: Attention
    let norm2: LayerNorm
    let mlp: FeedForward
    let norm3: LayerNorm
    let imageToTokens: Attention
    let norm4: LayerNorm
    /// The first block's tokens are their own code, which is not added again.
    let isFirst: Bool
    let style: DecoderStyle

    init(
      _ w: Weights, width: Int, heads: Int, inner: Int, isFirst: Bool, style: DecoderStyle
    ) throws {
      own = try Attention(w / "self_attn", width: width, heads: heads)
      norm1 = try LayerNorm(w / "norm1", width)
      tokensToImage = try Attention(
        w / "cross_attn_token_to_image", width: width, inner: width / 2, heads: heads)
      norm2 = try LayerNorm(w / "norm2", width)
      mlp = try FeedForward(
        w / "mlp", width: width, inner: inner, activation: style.activation,
        names: style.feedForwardNames)
      norm3 = try LayerNorm(w / "norm3", width)
      norm4 = try LayerNorm(w / "norm4", width)
      imageToTokens = try Attention(
        w / "cross_attn_image_to_token", width: width, inner: width / 2, heads: heads)
      self.isFirst = isFirst
      self.style = style
    }

    func callAsFunction(
      _ tokens: Tensor, _ image: Tensor, code: Tensor, positions: Tensor
    ) throws -> (Tensor, Tensor) {
      var tokens = try afterOwnLook(tokens, code: code)
      let keys = try image + positions
      tokens = try norm2(tokens + tokensToImage(q: tokens + code, k: keys, v: image))
      tokens = try norm3(tokens + mlp(tokens))
      let look = try imageToTokens(q: keys, k: tokens + code, v: tokens)
      return (tokens, try norm4(image + look))
    }

    /// The tokens once they have looked at each other.
    func afterOwnLook(_ tokens: Tensor, code: Tensor) throws -> Tensor {
      let coded = isFirst ? tokens : try tokens + code
      switch style {
      case .segmentAnything:
        let look = try own(q: coded, k: coded, v: tokens)
        return try norm1(isFirst ? look : tokens + look)
      case .efficientSAM:
        return try norm1(coded + own(q: coded, k: coded, v: coded))
      }
    }
  }
}
