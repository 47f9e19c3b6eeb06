// The plain vision transformer, EfficientSAM's image encoder: every token looks at every other.
// Paper: Dosovitskiy et al., ICLR 2021, arXiv 2010.11929.
// Reference implementation: github.com/yformer/EfficientSAM (Apache-2.0). Weights: Apache-2.0.

import Layers
import Tensors
import Weights

/// Pre-norm blocks over a sequence of patches, without windows or relative positions, then SAM's neck.
struct VisionTransformer: ReferenceEmbedder {
  struct Configuration: Sendable {
    let width: Int
    let depth: Int
    let heads: Int
    var patch = 16
    /// Patches along a side of the images of the pretraining, for which positions were learned.
    var learnedGrid = 14
  }

  let patches: Convolution
  /// The first is that of a class token, which only the pretraining had.
  let positions: Tensor  // (1, 1 + learnedGrid², C)
  let blocks: [Block]
  let neck: ImageEncoder.Neck
  private let learnedGrid: Int

  init(_ w: Weights, _ c: Configuration, to output: Int) throws {
    learnedGrid = c.learnedGrid
    positions = try w(
      "pos_embed", [1, 1 + c.learnedGrid * c.learnedGrid, c.width], initial: .normal(0.02))
    patches = try Convolution(
      w / "patch_embed" / "proj", from: 3, to: c.width, kernel: [c.patch, c.patch],
      stride: [c.patch, c.patch], padding: [0, 0])
    blocks = try (0..<c.depth).map {
      try Block(w / "blocks" / $0, width: c.width, heads: c.heads)
    }
    neck = try ImageEncoder.Neck(w / "neck", from: c.width, to: output)
  }

  func packed(for unit: MatrixUnit) throws -> any ImageEmbedder {
    try PackedImageEncoder(self, unit: unit)
  }

  /// This encoder reads images of any size.
  func miniature(side: Int) throws -> any ReferenceEmbedder { self }

  func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor {
    let map = try patches(x)  // (B, C, grid, grid)
    let grid = [map.size(2), map.size(3)]
    var x = try (map + positions(on: grid)).flattened(from: 2).transposed(1, 2)  // (B, N, C)
    for (index, block) in blocks.enumerated() {
      x = try block(x)
      observe("image_encoder.blocks.\(index) (N,\(x.size(1)),C)", x)
    }
    return try neck(x.transposed(1, 2).reshaped(map.shape))
  }

  /// The learned positions at the size of this image's grid: (1, C, grid…).
  func positions(on grid: [Int]) throws -> Tensor {
    let learned = try positions.slice(1..<positions.size(1), axis: 1).transposed(1, 2)
      .reshaped(1, positions.size(2), learnedGrid, learnedGrid)
    return grid == [learnedGrid, learnedGrid] ? learned : try learned.resized(to: grid, .cubic)
  }

  /// Attention and a two-layer perceptron, each with its normalisation before and a residual around.
  struct Block: Layer {
    let norm1: LayerNorm
    let attention: SelfAttention
    let norm2: LayerNorm
    let mlp: FeedForward

    init(_ w: Weights, width: Int, heads: Int) throws {
      norm1 = try LayerNorm(w / "norm1", width, epsilon: 1e-6)
      attention = try SelfAttention(w / "attn", width: width, heads: heads)
      norm2 = try LayerNorm(w / "norm2", width, epsilon: 1e-6)
      mlp = try FeedForward(
        w / "mlp", width: width, inner: 4 * width, activation: .gelu, names: ("fc1", "fc2"))
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      let x = try x + attention(norm1(x))  // (B, N, C)
      return try x + mlp(norm2(x))
    }
  }

  /// Multi-head attention of a sequence to itself.
  struct SelfAttention: Layer {
    let qkv: Linear
    let output: Linear
    let heads: Int

    init(_ w: Weights, width: Int, heads: Int) throws {
      qkv = try Linear(w / "qkv", from: width, to: 3 * width)
      output = try Linear(w / "proj", from: width, to: width)
      self.heads = heads
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      let (batch, tokens, width) = (x.size(0), x.size(1), x.size(2))
      let parts = try qkv(x)  // (B, N, 3C)
        .reshaped(batch, tokens, 3, heads, width / heads)
        .permuted(2, 0, 3, 1, 4)  // (3, B, heads, N, d)
      let mixed = try Tensor.attention(
        parts.select(0), parts.select(1), parts.select(2),
        scale: 1 / Double(width / heads).squareRoot())  // (B, heads, N, d)
      return try output(mixed.transposed(1, 2).flattened(from: 2))
    }
  }
}
