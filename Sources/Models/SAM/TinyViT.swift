// TinyViT, the small image encoder of MobileSAM and LiteMedSAM: convolutions first, then windows.
// Paper: Wu et al., ECCV 2022, arXiv 2207.10666; MobileSAM: Zhang et al., arXiv 2306.14289.
// Reference implementation: github.com/ChaoningZhang/MobileSAM (Apache-2.0). Weights: Apache-2.0.

import Layers
import Tensors
import Weights

/// Four stages of growing width; all but the first attend within windows.
struct TinyViT: ReferenceEmbedder {
  struct Configuration: Sendable {
    /// Step of each of the two convolutions that make the first map: 2 with 3×3, 1 with 1×1 kernels.
    let step: Int
    /// Whether the file holds the classifier of the pretraining, which nothing reads.
    let hasClassifier: Bool
    var widths = [64, 128, 160, 320]
    var depths = [2, 2, 6, 2]
    var windows = [7, 7, 14, 7]

    /// Pixels of the input along a side of a cell of the embedding.
    var reduction: Int { 4 * step * step }
  }

  let stem1: NormedConvolution
  let stem2: NormedConvolution
  let first: [InvertedBottleneck]
  let stages: [[Block]]
  let mergers: [PatchMerger]
  let neck: ImageEncoder.Neck

  init(_ w: Weights, _ c: Configuration, to output: Int) throws {
    let kernel = c.step == 2 ? 3 : 1
    let seq = w / "patch_embed" / "seq"
    stem1 = try NormedConvolution(
      seq / 0, from: 3, to: c.widths[0] / 2, kernel: kernel, stride: c.step)
    stem2 = try NormedConvolution(
      seq / 2, from: c.widths[0] / 2, to: c.widths[0], kernel: kernel, stride: c.step)
    first = try (0..<c.depths[0]).map {
      try InvertedBottleneck(w / "layers" / 0 / "blocks" / $0, width: c.widths[0])
    }
    stages = try (1..<c.depths.count).map { stage in
      try (0..<c.depths[stage]).map {
        try Block(
          w / "layers" / stage / "blocks" / $0, width: c.widths[stage], window: c.windows[stage])
      }
    }
    // The last stage keeps the size, so that the embedding is as fine as the large encoder's.
    mergers = try (0..<c.widths.count - 1).map {
      try PatchMerger(
        w / "layers" / $0 / "downsample", from: c.widths[$0], to: c.widths[$0 + 1],
        stride: $0 + 2 < c.widths.count ? 2 : 1)
    }
    let last = c.widths[c.widths.count - 1]
    if c.hasClassifier {
      _ = try LayerNorm(w / "norm_head", last)
      _ = try Linear(w / "head", from: last, to: 1000)
    }
    neck = try ImageEncoder.Neck(w / "neck", from: last, to: output)
  }

  func packed(for unit: MatrixUnit) throws -> any ImageEmbedder {
    try PackedTinyViT(self, unit: unit)
  }

  /// This encoder reads images of any size.
  func miniature(side: Int) throws -> any ReferenceEmbedder { self }

  func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor {
    var x = try stem2(stem1(x).gelu())  // (B, C, H, W)
    observe("image_encoder.patch_embed", x)
    x = try mergers[0](first.reduce(x) { try $1($0) })
    x = try x.permuted(0, 2, 3, 1)  // (B, H, W, C)
    observe("image_encoder.layers.0", try x.flattened(from: 1, to: 2))
    for (index, blocks) in stages.enumerated() {
      let name = "image_encoder.layers.\(index + 1)"
      for (number, block) in blocks.enumerated() {
        x = try block(x) { observe("\(name).blocks.\(number).\($0)", $1) }
        observe("\(name).blocks.\(number)", try x.flattened(from: 1, to: 2))
      }
      if index + 1 < mergers.count {
        x = try mergers[index + 1](x.permuted(0, 3, 1, 2)).permuted(0, 2, 3, 1)
      }
      observe(name, try x.flattened(from: 1, to: 2))
    }
    return try neck(x.permuted(0, 3, 1, 2))
  }

  /// Attention within windows, a convolution over the map that stands alone, and a perceptron.
  struct Block: Sendable {
    let attention: WindowAttention
    let local: NormedConvolution
    let norm: LayerNorm
    let mlp: FeedForward
    let window: Int

    init(_ w: Weights, width: Int, window: Int) throws {
      attention = try WindowAttention(w / "attn", width: width, side: window)
      local = try NormedConvolution(
        w / "local_conv", from: width, to: width, kernel: 3, groups: width)
      norm = try LayerNorm(w / "mlp" / "norm", width)
      mlp = try FeedForward(
        w / "mlp", width: width, inner: 4 * width, activation: .gelu, names: ("fc1", "fc2"))
      self.window = window
    }

    func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor {
      let windows = try Windows(of: x, side: window)
      let attended = try attention(windows.tiles.flattened(from: 1, to: 2))  // (windows, N, C)
      observe("attn (windows x \(window * window) x C)", attended)
      let y = try x + windows.joined(attended)  // (B, H, W, C)
      let z = try local(y.permuted(0, 3, 1, 2)).permuted(0, 2, 3, 1)
      return try z + mlp(norm(z))
    }
  }
}

/// Attention whose scores depend on how many rows and columns lie between two tokens of a window.
struct WindowAttention: Layer {
  let norm: LayerNorm
  let qkv: Linear
  let output: Linear
  let distances: Tensor  // (heads, side · side)
  /// Entry of the table for each pair of tokens.
  private let entries: Tensor  // (N · N), int64
  static let headWidth = 32

  init(_ w: Weights, width: Int, side: Int) throws {
    distances = try w("attention_biases", [width / Self.headWidth, side * side])
    norm = try LayerNorm(w / "norm", width)
    qkv = try Linear(w / "qkv", from: width, to: 3 * width)
    output = try Linear(w / "proj", from: width, to: width)
    let tokens = 0..<side * side
    let pairs = tokens.flatMap { a in
      tokens.map { b in
        Int64(abs(a / side - b / side) * side + abs(a % side - b % side))
      }
    }
    entries = try Tensor(pairs, shape: [pairs.count]).to(distances.device)
  }

  /// Tokens of windows (windows, N, C).
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let (count, tokens, width) = (x.size(0), x.size(1), x.size(2))
    let heads = width / Self.headWidth
    let parts = try qkv(norm(x))  // (windows, N, 3C)
      .reshaped(count, tokens, heads, 3, Self.headWidth)
      .permuted(3, 0, 2, 1, 4)  // (3, windows, heads, N, d)
    let mixed = try Tensor.attention(
      parts.select(0), parts.select(1), parts.select(2),
      mask: bias().unsqueezed(0).expanded([count, heads, tokens, tokens]),
      scale: 1 / Double(Self.headWidth).squareRoot())  // (windows, heads, N, d)
    return try output(mixed.transposed(1, 2).flattened(from: 2))
  }

  /// What every pair of tokens of a window adds to its score: (heads, N, N).
  func bias() throws -> Tensor {
    let tokens = distances.size(1)
    return try distances.selecting(entries, axis: 1).reshaped(-1, tokens, tokens)
  }
}
