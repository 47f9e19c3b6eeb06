// SAM's image encoder: a vision transformer that attends within windows, and everywhere in four blocks.

import Layers
import Tensors
import Weights

/// What turns a prepared image (B, 3, side, side) into features (B, C, grid, grid).
protocol ImageEmbedder: Layer {
  /// Tells `observe` the name and value of its stages.
  func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor
}

/// An encoder in float32, which a faster one can be made from.
protocol ReferenceEmbedder: ImageEmbedder {
  /// The same encoder in the precision of `unit`.
  func packed(for unit: MatrixUnit) throws -> any ImageEmbedder
  /// The same layers for an image of `side` pixels, fewer than usual.
  func miniature(side: Int) throws -> any ReferenceEmbedder
}

extension ImageEmbedder {
  func callAsFunction(_ x: Tensor) throws -> Tensor { try self(x) { _, _ in } }
}

/// Pre-norm blocks over a grid of patches in channels-last layout, then two convolutions.
struct ImageEncoder: ReferenceEmbedder {
  struct Configuration: Sendable {
    let width: Int
    let depth: Int
    let heads: Int
    /// Blocks that attend over the whole image.
    let globalBlocks: Set<Int>
    var patch = 16
    /// Side of the windows of the other blocks, in patches.
    var window = 14
  }

  let patches: Convolution
  let positions: Tensor  // (1, grid, grid, C)
  let blocks: [Block]
  let neck: Neck

  init(_ w: Weights, _ c: Configuration, to output: Int, grid: Int) throws {
    positions = try w("pos_embed", [1, grid, grid, c.width], initial: .normal(0.02))
    patches = try Convolution(
      w / "patch_embed" / "proj", from: 3, to: c.width, kernel: [c.patch, c.patch],
      stride: [c.patch, c.patch], padding: [0, 0])
    blocks = try (0..<c.depth).map { index in
      let window = c.globalBlocks.contains(index) ? nil : c.window
      return try Block(
        w / "blocks" / index, width: c.width, heads: c.heads, window: window, grid: grid)
    }
    neck = try Neck(w / "neck", from: c.width, to: output)
  }

  private init(_ encoder: ImageEncoder, positions: Tensor, blocks: [Block]) {
    patches = encoder.patches
    self.positions = positions
    self.blocks = blocks
    neck = encoder.neck
  }

  func packed(for unit: MatrixUnit) throws -> any ImageEmbedder {
    try PackedImageEncoder(self, unit: unit)
  }

  func miniature(side: Int) throws -> any ReferenceEmbedder {
    let grid = side / patches.stride[0]
    return ImageEncoder(
      self, positions: try positions.slice(0..<grid, axis: 1).slice(0..<grid, axis: 2).contiguous(),
      blocks: try blocks.map { try Block($0, side: grid) })
  }

  func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor {
    var x = try patches(x).permuted(0, 2, 3, 1)  // (B, grid, grid, C)
    observe("patch_embed (before position table, NHWC)", x)
    x = try x + positions
    for (index, block) in blocks.enumerated() {
      x = try block(x)
      observe("image_encoder.blocks.\(index) (NHWC)", x)
    }
    return try neck(x.permuted(0, 3, 1, 2))
  }

  /// Attention and a two-layer perceptron, each with its normalisation before and a residual around.
  struct Block: Layer {
    let norm1: LayerNorm
    let attention: GridAttention
    let norm2: LayerNorm
    let mlp: FeedForward
    let window: Int?

    init(_ w: Weights, width: Int, heads: Int, window: Int?, grid: Int) throws {
      norm1 = try LayerNorm(w / "norm1", width, epsilon: 1e-6)
      attention = try GridAttention(w / "attn", width: width, heads: heads, side: window ?? grid)
      norm2 = try LayerNorm(w / "norm2", width, epsilon: 1e-6)
      mlp = try FeedForward(w / "mlp", width: width, inner: 4 * width, activation: .gelu)
      self.window = window
    }

    /// The block for a smaller grid of `side` tokens.
    init(_ block: Block, side: Int) throws {
      norm1 = block.norm1
      attention =
        block.window == nil ? try GridAttention(block.attention, side: side) : block.attention
      norm2 = block.norm2
      mlp = block.mlp
      window = block.window
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      let x = try x + attended(norm1(x))  // (B, H, W, C)
      return try x + mlp(norm2(x))
    }

    private func attended(_ x: Tensor) throws -> Tensor {
      guard let window else { return try attention(x) }
      let windows = try Windows(of: x, side: window)
      return try windows.joined(attention(windows.tiles))
    }
  }

  /// A 1×1 and a 3×3 convolution, each followed by a normalisation over the channels.
  struct Neck: Layer {
    let narrow: Convolution
    let norm1: ChannelNorm
    let mix: Convolution
    let norm2: ChannelNorm

    init(_ w: Weights, from input: Int, to output: Int) throws {
      narrow = try Convolution(w / 0, from: input, to: output, kernel: [1, 1], bias: false)
      norm1 = try ChannelNorm(w / 1, output)
      mix = try Convolution(w / 2, from: output, to: output, kernel: [3, 3], bias: false)
      norm2 = try ChannelNorm(w / 3, output)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try norm2(mix(norm1(narrow(x)))) }
  }
}
