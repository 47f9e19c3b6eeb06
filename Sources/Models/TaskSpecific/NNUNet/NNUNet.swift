// nnU-Net: a U-Net whose depth, kernels, strides and widths a plan decides; plain or with a residual encoder.
// Paper: Isensee et al., Nature Methods 2021, arXiv 1809.10486; Isensee et al., MICCAI 2024, arXiv 2404.09556.
// Reference implementation: github.com/MIC-DKFZ/dynamic-network-architectures (Apache-2.0).

import Layers
public import Tensors
public import Weights

/// A U-Net of convolution, instance normalisation and leaky ReLU, with a score at every resolution.
public struct NNUNet: DenseModel {
  /// The numbers that a plan fixes; two or three per kernel and stride for slices or volumes.
  public struct Configuration: Sendable, Hashable, Codable {
    public enum Encoder: String, Sendable, Codable {
      /// Convolutions one after the other.
      case plain
      /// Residual blocks behind a stem (ResEnc).
      case residual
    }

    public var encoder: Encoder
    public var inputChannels: Int
    public var classes: Int
    /// Channels of each stage, the finest first.
    public var features: [Int]
    public var kernels: [[Int]]
    /// Stride of the first convolution of each stage.
    public var strides: [[Int]]
    /// Convolutions (plain) or residual blocks of each encoder stage.
    public var encoderBlocks: [Int]
    /// Convolutions of each decoder stage, the finest first.
    public var decoderConvolutions: [Int]

    public init(
      encoder: Encoder, inputChannels: Int, classes: Int, features: [Int], kernels: [[Int]],
      strides: [[Int]], encoderBlocks: [Int], decoderConvolutions: [Int]
    ) {
      self.encoder = encoder
      self.inputChannels = inputChannels
      self.classes = classes
      self.features = features
      self.kernels = kernels
      self.strides = strides
      self.encoderBlocks = encoderBlocks
      self.decoderConvolutions = decoderConvolutions
    }
  }

  let encoder: Encoder
  let decoder: Decoder

  public init(_ w: Weights, _ c: Configuration) throws {
    encoder = try Encoder(w / "encoder", c)
    decoder = try Decoder(w / "decoder", c)
  }

  public func logits(_ x: Tensor) throws -> Tensor {
    try decoder(encoder(x), scores: .finest)[0]
  }

  /// Scores (B, classes, spatial…) at every resolution of the decoder, the finest first: what deep
  /// supervision compares with reduced labels.
  public func logitsAtAllScales(_ x: Tensor) throws -> [Tensor] {
    try decoder(encoder(x), scores: .all)
  }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    let scales = try logitsAtAllScales(inputs.named("image"))
    let names = scales.indices.map { $0 == 0 ? "logits" : "ds_1_\(1 << $0)" }
    return Dictionary(uniqueKeysWithValues: zip(names, scales))
  }
}

extension NNUNet {
  /// Convolution, instance normalisation and, unless a sum follows, leaky ReLU.
  struct Block: Layer {
    let convolution: Convolution
    let norm: GroupNorm
    let activates: Bool

    init(
      _ w: Weights, from input: Int, to output: Int, kernel: [Int], stride: [Int]? = nil,
      activates: Bool = true, bias: Bool = true
    ) throws {
      convolution = try Convolution(
        w / "conv", from: input, to: output, kernel: kernel, stride: stride, bias: bias)
      norm = try GroupNorm(w / "norm", output, groups: output)
      self.activates = activates
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      let y = try norm(convolution(x))
      return activates ? try y.leakyReLU() : y
    }
  }

  /// Blocks `convs.0`, `convs.1`, …, the first of which may change the width and reduce.
  struct Stack: Layer {
    let blocks: [Block]

    init(
      _ w: Weights, from input: Int, to output: Int, kernel: [Int], stride: [Int]? = nil,
      count: Int
    ) throws {
      blocks = try (0..<count).map {
        try Block(
          w / "convs" / $0, from: $0 == 0 ? input : output, to: output, kernel: kernel,
          stride: $0 == 0 ? stride : nil)
      }
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try blocks.reduce(x) { try $1($0) } }
  }

  /// Two convolutions beside a shortcut, which is pooled and projected where size or width change.
  struct ResidualBlock: Layer {
    let first: Block
    let second: Block
    /// Window of the average pooling on the shortcut; `nil` where the size stays.
    let pooling: [Int]?
    let projection: Block?

    init(_ w: Weights, from input: Int, to output: Int, kernel: [Int], stride: [Int]) throws {
      first = try Block(w / "conv1", from: input, to: output, kernel: kernel, stride: stride)
      second = try Block(
        w / "conv2", from: output, to: output, kernel: kernel, activates: false)
      pooling = stride.contains { $0 != 1 } ? stride : nil
      projection =
        input == output
        ? nil
        : try Block(
          // The pooling comes first in the official sequence.
          w / "skip" / (pooling == nil ? 0 : 1), from: input, to: output,
          kernel: kernel.map { _ in 1 }, activates: false, bias: false)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      var shortcut = x
      if let pooling { shortcut = try shortcut.averagePooled(pooling) }
      if let projection { shortcut = try projection(shortcut) }
      return try (second(first(x)) + shortcut).leakyReLU()
    }
  }

  struct Encoder: Sendable {
    let stem: Stack?
    let stages: [any Layer]

    init(_ w: Weights, _ c: Configuration) throws {
      let residual = c.encoder == .residual
      stem =
        residual
        ? try Stack(
          w / "stem", from: c.inputChannels, to: c.features[0], kernel: c.kernels[0], count: 1)
        : nil
      stages = try c.features.indices.map { stage in
        let input = stage > 0 ? c.features[stage - 1] : residual ? c.features[0] : c.inputChannels
        guard residual else {
          return try Stack(
            w / "stages" / stage / 0, from: input, to: c.features[stage],
            kernel: c.kernels[stage], stride: c.strides[stage], count: c.encoderBlocks[stage])
        }
        return Sequence(
          try (0..<c.encoderBlocks[stage]).map { block in
            try ResidualBlock(
              w / "stages" / stage / "blocks" / block,
              from: block == 0 ? input : c.features[stage], to: c.features[stage],
              kernel: c.kernels[stage],
              stride: block == 0 ? c.strides[stage] : c.strides[stage].map { _ in 1 })
          })
      }
    }

    /// What each stage found, the finest first.
    func callAsFunction(_ x: Tensor) throws -> [Tensor] {
      var x = try stem?(x) ?? x
      return try stages.map { stage in
        x = try stage(x)
        return x
      }
    }
  }

  struct Decoder: Sendable {
    enum Scores { case finest, all }

    /// From the coarsest stage up.
    let upsamplers: [TransposedConvolution]
    let stages: [Stack]
    let classifiers: [Convolution]

    init(_ w: Weights, _ c: Configuration) throws {
      let levels = Array((1..<c.features.count).reversed())  // the stage below each step
      upsamplers = try levels.enumerated().map { step, below in
        try TransposedConvolution(
          w / "transpconvs" / step, from: c.features[below], to: c.features[below - 1],
          kernel: c.strides[below])
      }
      stages = try levels.enumerated().map { step, below in
        try Stack(
          w / "stages" / step, from: 2 * c.features[below - 1], to: c.features[below - 1],
          kernel: c.kernels[below - 1], count: c.decoderConvolutions[below - 1])
      }
      classifiers = try levels.enumerated().map { step, below in
        try Convolution(
          w / "seg_layers" / step, from: c.features[below - 1], to: c.classes,
          kernel: c.kernels[0].map { _ in 1 })
      }
    }

    /// Scores, the finest first.
    func callAsFunction(_ skips: [Tensor], scores wanted: Scores) throws -> [Tensor] {
      var x = skips[skips.count - 1]
      var scores: [Tensor] = []
      for step in stages.indices {
        let skip = skips[skips.count - 2 - step]
        x = try stages[step](.concatenate([upsamplers[step](x), skip], axis: 1))
        if wanted == .all || step == stages.count - 1 {
          scores.insert(try classifiers[step](x), at: 0)
        }
      }
      return scores
    }
  }
}
