// nnU-Net on this processor's vectors: weights packed once, maps with the channels innermost, and a memory
// need that hardly exceeds the skips.

import Foundation
import Layers
public import Tensors
public import Weights

/// A trained ``NNUNet`` that computes its finest scores in float32 with kernels of our own.
///
/// Scores differ from libtorch's by rounding (relative L2 error about 10⁻⁵ for whole networks in tests) and
/// do not depend on the number of threads. Weights are those at the time of packing: pack again after
/// training.
public struct PackedNNUNet: DenseModel {
  let stem: PackedStack?
  let stages: [PackedStage]
  let upsamplers: [MapConvolution]
  let decoder: [PackedStack]
  let classifier: MapConvolution
  let storage: MapStorage
  /// Memory that goes from one image to the next.
  private let pools = PoolOfPools.shared

  /// Packs all layers.
  ///
  /// - Parameters:
  ///   - network: two- or three-dimensional, plain or residual.
  ///   - unit: the vectors to compute in.
  ///   - storage: how maps are kept between layers; `float16` halves the memory and costs accuracy.
  /// - Throws: ``TensorError`` for kernels that are neither 1 nor 3 wide.
  public init(_ network: NNUNet, unit: MapUnit, storage: MapStorage = .float32) throws {
    let encoder = network.encoder
    let last = network.decoder.classifiers.count - 1
    stem = try encoder.stem.map { try PackedStack($0, image: true, unit: unit) }
    stages = try encoder.stages.enumerated().map { index, stage in
      try PackedStage(stage, image: index == 0 && encoder.stem == nil, unit: unit)
    }
    upsamplers = try network.decoder.upsamplers.map {
      try MapConvolution(enlarging: $0.weight, bias: $0.bias, unit: unit)
    }
    decoder = try zip(network.decoder.stages, upsamplers).map {
      try PackedStack($0, upsampled: $1.outputs, unit: unit)
    }
    let finest = network.decoder.classifiers[last]
    classifier = try MapConvolution(
      weight: finest.weight, bias: finest.bias, inputs: [finest.weight.size(1)], unit: unit)
    self.storage = storage
  }

  public init(_ w: Weights, _ configuration: NNUNet.Configuration) throws {
    try self.init(NNUNet(w, configuration), unit: MapUnit.fastest ?? .plainC)
  }

  public static var card: Card { NNUNet.card }
  public static var variants: [Variant<NNUNet.Configuration>] { NNUNet.variants }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    ["logits": try logits(inputs.named("image"))]
  }

  /// Unnormalised scores (B, classes, spatial…) of an image (B, C, spatial…).
  public func logits(_ x: Tensor) throws -> Tensor {
    try pools.lending { pool in
      try classifier.scores(of: x, pool: pool) { try features($0, pool) }
    }
  }

  private func features(_ image: FeatureMap, _ pool: PagePool) throws -> FeatureMap {
    let context = PackedContext(storage: storage, pool: pool)
    var x = try stem.map { try $0([.kept(image)], context) } ?? image
    var skips: [FeatureMap] = []
    for stage in stages {
      x = try stage(x, context)
      skips.append(x)
    }
    x = skips.removeLast()
    for (upsampler, stack) in zip(upsamplers, decoder) {
      x = try stack([.enlarged(x, by: upsampler), .consumed(skips.removeLast())], context)
    }
    return x
  }
}

extension NNUNet: PackableModel {
  public func packed(for unit: MapUnit) throws -> (any Model)? {
    do { return try PackedNNUNet(self, unit: unit) } catch TensorError.mismatch {
      // A plan may ask for kernels of another width; libtorch has all of them.
      return nil
    }
  }
}

/// What all layers of one run share.
struct PackedContext {
  let storage: MapStorage
  let pool: PagePool
}

/// Convolution, instance normalisation and perhaps leaky ReLU; the latter two happen where the result is
/// read.
struct PackedBlock: Sendable {
  let convolution: MapConvolution
  let weight: [Float]
  let bias: [Float]
  let epsilon: Double
  let slope: Float

  init(_ block: NNUNet.Block, inputs: [Int]? = nil, image: Bool = false, unit: MapUnit) throws {
    let layer = block.convolution
    convolution = try MapConvolution(
      weight: layer.weight, bias: layer.bias, stride: layer.stride,
      inputs: inputs ?? [layer.weight.size(1)], image: image, unit: unit)
    weight = try block.norm.weight.floats()
    bias = try block.norm.bias.floats()
    epsilon = block.norm.epsilon
    slope = block.activates ? 0.01 : 1
  }

  func callAsFunction(_ inputs: [MapInput], _ context: PackedContext) throws -> FeatureMap {
    let map = try convolution(inputs, storage: context.storage, pool: context.pool)
    try map.normalise(weight: weight, bias: bias, epsilon: epsilon, slope: slope)
    return map
  }
}

/// Blocks one after the other.
struct PackedStack: Sendable {
  let blocks: [PackedBlock]

  init(_ stack: NNUNet.Stack, upsampled: Int? = nil, image: Bool = false, unit: MapUnit) throws {
    blocks = try stack.blocks.enumerated().map { index, block in
      let all = block.convolution.weight.size(1)
      let inputs = index == 0 ? upsampled.map { [$0, all - $0] } : nil
      return try PackedBlock(block, inputs: inputs, image: image && index == 0, unit: unit)
    }
  }

  func callAsFunction(_ inputs: [MapInput], _ context: PackedContext) throws -> FeatureMap {
    let first = try blocks[0](inputs, context)
    return try blocks.dropFirst().reduce(first) { try $1([.consumed($0)], context) }
  }
}

/// One stage of the encoder.
enum PackedStage: Sendable {
  case plain(PackedStack)
  case residual([PackedResidualBlock])

  init(_ stage: any Layer, image: Bool, unit: MapUnit) throws {
    switch stage {
    case let stack as NNUNet.Stack:
      self = .plain(try PackedStack(stack, image: image, unit: unit))
    case let blocks as Sequence:
      self = .residual(
        try blocks.layers.compactMap { $0 as? NNUNet.ResidualBlock }
          .map { try PackedResidualBlock($0, unit: unit) })
    default:
      throw TensorError.mismatch("a stage of \(type(of: stage)) cannot be packed")
    }
  }

  /// The input stays: the decoder reads it again.
  func callAsFunction(_ x: FeatureMap, _ context: PackedContext) throws -> FeatureMap {
    switch self {
    case .plain(let stack): try stack([.kept(x)], context)
    case .residual(let blocks): try blocks.reduce(x) { try $1($0, context) }
    }
  }
}

/// Two convolutions beside a shortcut, which is pooled and projected where size or width change.
struct PackedResidualBlock: Sendable {
  let first: PackedBlock
  let second: PackedBlock
  /// Depth, rows and columns of the average pooling.
  let pooling: [Int]?
  let projection: PackedBlock?

  init(_ block: NNUNet.ResidualBlock, unit: MapUnit) throws {
    first = try PackedBlock(block.first, unit: unit)
    second = try PackedBlock(block.second, unit: unit)
    pooling = block.pooling.map { Array(repeating: 1, count: 3 - $0.count) + $0 }
    projection = try block.projection.map { try PackedBlock($0, unit: unit) }
  }

  func callAsFunction(_ x: FeatureMap, _ context: PackedContext) throws -> FeatureMap {
    let unit = second.convolution.unit
    let y = try second([.consumed(first([.kept(x)], context))], context)
    var shortcut = x
    if let pooling { shortcut = try x.averaged(pooling, unit: unit, pool: context.pool) }
    if let projection {
      shortcut = try projection([pooling == nil ? .kept(x) : .consumed(shortcut)], context)
    }
    try y.add(shortcut, slope: 0.01, unit: unit)
    return y
  }
}
