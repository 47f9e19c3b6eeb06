// UniverSeg on this processor's vectors: weights packed once, a few examples at a time as the planes of one map.

import Layers
public import Tensors
public import Weights

/// A trained ``UniverSeg`` that computes in float32 with kernels of our own.
///
/// Scores differ from libtorch's by rounding (relative L2 error about 10⁻⁵ in tests) and do not depend on the
/// number of threads. Weights are those at the time of packing: pack again after training.
public struct PackedUniverSeg: InContextModel {
  private let encoder: [PackedCrossBlock]
  private let decoder: [PackedCrossBlock]
  private let output: MapConvolution
  private let unit: MapUnit
  /// Memory that goes from one image to the next.
  private let pools = PoolOfPools.shared

  /// Few enough for their features to be small beside the network, many enough for the processor.
  private static let examplesAtATime = 8

  /// Packs all layers.
  ///
  /// - Parameters:
  ///   - network: Two levels at least.
  ///   - unit: The vectors to compute in.
  /// - Throws: `TensorError` for a network of one level.
  public init(_ network: UniverSeg, unit: MapUnit) throws {
    guard network.encoder.count > 1 else {
      throw TensorError.mismatch("a UniverSeg of one level has no kernels")
    }
    self.unit = unit
    encoder = try network.encoder.indices.map {
      try PackedCrossBlock(
        network.encoder[$0], inputs: network.inputs(ofEncoder: $0), unit: unit)
    }
    decoder = try network.decoder.indices.map {
      try PackedCrossBlock(
        network.decoder[$0], inputs: network.inputs(ofDecoder: $0), unit: unit)
    }
    output = try network.packedOutput(unit)
  }

  public init(_ w: Weights, _ configuration: UniverSeg.Configuration) throws {
    try self.init(UniverSeg(w, configuration), unit: MapUnit.fastest ?? .plainC)
  }

  public static var card: Card { UniverSeg.card }
  public static var variants: [Variant<UniverSeg.Configuration>] { UniverSeg.variants }

  public func logits(_ target: Tensor, support: SupportTensors) throws -> Tensor {
    try requireFit(target, support, channels: 1, multiple: 1 << (encoder.count - 1))
    let shape = support.images.shape
    // Examples lie one behind the other as the planes of a volume do.
    let volume = [shape[0], 1, shape[1]] + shape[3...]
    let examples = try Tensor.concatenate(
      [support.images.reshaped(volume), support.masks.reshaped(volume)], axis: 1)
    return try pools.lending { pool in
      let scores = try (0..<target.size(0)).map { image in
        let own = shape[0] == 1 ? 0 : image
        let parts = try stride(from: 0, to: shape[1], by: Self.examplesAtATime).flatMap {
          let range = $0..<min($0 + Self.examplesAtATime, shape[1])
          return try FeatureMap.samples(
            of: examples.slice(own..<own + 1, axis: 0).slice(range, axis: 2).contiguous(),
            unit: unit, pool: pool)
        }
        let picture = try FeatureMap.samples(
          of: target.slice(image..<image + 1, axis: 0).contiguous(), unit: unit, pool: pool)
        return try output.scores(
          of: [features(picture[0], Examples(parts), pool)], axes: 2, pool: pool)
      }
      return try Tensor.concatenate(scores, axis: 0)
    }
  }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    try inContextOutputs(for: inputs)
  }

  /// The examples of one level, a few at a time.
  private struct Examples {
    var parts: [FeatureMap]

    init(_ parts: [FeatureMap]) { self.parts = parts }

    var count: Int { parts.reduce(0) { $0 + $1.depth } }

    func mean(_ unit: MapUnit, _ pool: PagePool) throws -> FeatureMap {
      let factor = 1 / Float(count)
      var sum: FeatureMap?
      for part in parts {
        try PackedUniverSeg.add(
          part.planesSum(times: factor, unit: unit, pool: pool), to: &sum, unit)
      }
      guard let sum else { throw TensorError.mismatch("a network was given no examples") }
      return sum
    }
  }

  fileprivate static func add(
    _ map: FeatureMap, to sum: inout FeatureMap?, _ unit: MapUnit
  ) throws {
    if let sum { try sum.add(map, slope: 1, unit: unit) } else { sum = map }
  }

  private func features(
    _ picture: FeatureMap, _ examples: Examples, _ pool: PagePool
  ) throws -> FeatureMap {
    var target = picture
    var examples = examples
    /// Of the finest level the mean of the examples alone: the decoder wants nothing else of it.
    var skips: [(target: FeatureMap, examples: Examples)] = []
    for (level, block) in encoder.enumerated() {
      let isCoarsest = level == encoder.count - 1
      var pooled: [FeatureMap] = []
      var kept: [FeatureMap] = []
      var mean: FeatureMap?
      let count = Float(examples.count)
      let found = try block.run([target], examples.parts.map { [$0] }, unit, pool) { part in
        if isCoarsest {
          pooled.append(part)
          return
        }
        pooled.append(try part.maxPooled(unit: unit, pool: pool))
        if level > 0 {
          kept.append(part)
        } else {
          try Self.add(
            part.planesSum(times: 1 / count, unit: unit, pool: pool), to: &mean, unit)
        }
      }
      examples = Examples(pooled)
      target = found
      if !isCoarsest {
        skips.append((found, Examples(mean.map { [$0] } ?? kept)))
        target = try found.maxPooled(unit: unit, pool: pool)
      }
    }
    for (step, block) in decoder.enumerated() {
      let skip = skips.removeLast()
      let targets = [try target.doubled(unit: unit, pool: pool), skip.target]
      if step == decoder.count - 1 {
        let means = [
          try examples.mean(unit, pool).doubled(unit: unit, pool: pool), skip.examples.parts[0],
        ]
        return try block.run(targets, [means], unit, pool, examples: nil)
      }
      var found: [FeatureMap] = []
      let pairs = try zip(examples.parts, skip.examples.parts).map {
        [try $0.doubled(unit: unit, pool: pool), $1]
      }
      target = try block.run(targets, pairs, unit, pool) { found.append($0) }
      examples = Examples(found)
    }
    return target
  }
}

extension UniverSeg: PackableModel {
  public func packed(for unit: MapUnit) throws -> (any Model)? {
    encoder.count > 1 ? try PackedUniverSeg(self, unit: unit) : nil
  }

  /// Channels of each map that a block of the encoder reads; `nil` where it reads the images.
  func inputs(ofEncoder level: Int) -> [Int]? { level == 0 ? nil : [width(level - 1)] }

  /// Channels of each map that a block of the decoder reads: the coarser one's, then the skip's.
  func inputs(ofDecoder step: Int) -> [Int]? {
    let level = encoder.count - 1 - step
    return [width(level), width(level - 1)]
  }

  private func width(_ level: Int) -> Int { encoder[level].cross.weight.size(0) }

  func packedOutput(_ unit: MapUnit) throws -> MapConvolution {
    try MapConvolution(
      weight: output.weight.contiguous(), bias: output.bias, inputs: [width(0)], unit: unit)
  }
}

extension UniverSeg.CrossBlock {
  /// The weights that read the target, and those that read the example.
  func halves() throws -> (target: Tensor, example: Tensor) {
    let all = cross.weight
    return (
      try all.slice(0..<targetChannels, axis: 1).contiguous(),
      try all.slice(targetChannels..<all.size(1), axis: 1).contiguous()
    )
  }
}

/// The convolutions of a cross block.
struct PackedCrossBlock: Sendable {
  /// Of the leaky ReLU.
  static let slope: Float = 0.01

  let ofTarget: MapConvolution
  let ofExample: MapConvolution
  let target: MapConvolution
  let support: MapConvolution

  /// `inputs` are the channels of each map; images where `nil`.
  init(_ block: UniverSeg.CrossBlock, inputs: [Int]?, unit: MapUnit) throws {
    let halves = try block.halves()
    ofTarget = try MapConvolution(
      weight: halves.target, bias: block.cross.bias, inputs: inputs ?? [halves.target.size(1)],
      image: inputs == nil, unit: unit)
    ofExample = try MapConvolution(
      weight: halves.example, bias: nil, inputs: inputs ?? [halves.example.size(1)],
      image: inputs == nil, unit: unit)
    func plain(_ layer: Convolution) throws -> MapConvolution {
      try MapConvolution(
        weight: layer.weight.contiguous(), bias: layer.bias, inputs: [layer.weight.size(1)],
        unit: unit)
    }
    target = try plain(block.targetConvolution)
    support = try plain(block.supportConvolution)
  }

  /// Makes the new target; the new examples are handed out part by part, unless nobody wants them.
  ///
  /// - Parameters:
  ///   - targets: Maps of the target, one behind the other along the channels.
  ///   - parts: Maps of some examples each, read for the last time.
  ///   - unit: The vectors that compute.
  ///   - pool: Gives the memory.
  ///   - examples: Told of the new examples.
  /// - Returns: The new target.
  /// - Throws: `TensorError` when maps do not fit or memory is short.
  func run(
    _ targets: [FeatureMap], _ parts: [[FeatureMap]], _ unit: MapUnit, _ pool: PagePool,
    examples: ((FeatureMap) throws -> Void)?
  ) throws -> FeatureMap {
    let own = try ofTarget(targets.map { .kept($0) }, storage: .float32, pool: pool)
    let count = parts.reduce(0) { $0 + $1[0].depth }
    var mean: FeatureMap?
    for part in parts {
      let found = try ofExample(part.map { .kept($0) }, storage: .float32, pool: pool)
      try PackedUniverSeg.add(
        found.addToPlanes(own, share: 1, sumTimes: 1 / Float(count), unit: unit, pool: pool),
        to: &mean, unit)
      guard let examples else { continue }
      let new = try support([.consumed(found)], storage: .float32, pool: pool)
      new.activate(slope: Self.slope)
      try examples(new)
    }
    guard let mean else { throw TensorError.mismatch("a network was given no examples") }
    let new = try target([.consumed(mean)], storage: .float32, pool: pool)
    new.activate(slope: Self.slope)
    return new
  }
}
