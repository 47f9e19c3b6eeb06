// Gradients of UniverSeg by hand, on kernels of our own: what training it spends its time on. libtorch's autograd,
// which UniverSeg itself has, is the reference.

import Layers
public import Tensors
import Weights

/// The loss of a ``UniverSeg`` and the gradients of all its parameters, in float32.
///
/// The examples of an image are the planes of one map. Gradients differ from libtorch's by rounding (relative L2
/// error about 10⁻⁵ per parameter in tests) and are the same for any number of threads.
///
/// One step at a time: what a step keeps between forward and backward is memory of this object.
public final class UniverSegGradients {
  private let unit: MapUnit
  private let pool = PagePool()

  /// - Parameter unit: The vectors to compute in.
  public init(unit: MapUnit) { self.unit = unit }

  /// Runs the network forwards and backwards.
  ///
  /// - Parameters:
  ///   - target: (B, 1, H, W) in float32.
  ///   - support: Examples of one channel, for each image its own.
  ///   - network: Built on the parameters as they are now; two levels at least.
  ///   - loss: Makes one value of the scores (B, 1, H, W), which require gradients.
  /// - Returns: What `loss` made, and contiguous float32 gradients by the names of the parameters.
  /// - Throws: `TensorError` when shapes do not fit or memory is short, and what `loss` throws.
  public func gradients(
    target: Tensor, support: SupportTensors, network: UniverSeg, loss: (Tensor) throws -> Tensor
  ) throws -> (loss: Double, gradients: [String: Tensor]) {
    try network.requireFit(
      target, support, channels: 1, multiple: 1 << (network.encoder.count - 1))
    guard network.encoder.count > 1, support.images.size(0) == target.size(0) else {
      throw TensorError.mismatch(
        "kernels of gradients want two levels at least, and for each image examples of its own")
    }
    let layers = try inference { try TrainedLayers(network, unit: unit) }
    let step = UniverSegStep(layers, unit: unit, pool: pool)
    let scores = try inference { try step.forward(target, support) }
    let (value, derivative) = try training {
      let leaf = try scores.requiringGrad()
      let value = try loss(leaf)
      let number = try value.item()
      if number.isFinite { try value.backward() }
      return (number, try leaf.takeGradient())
    }
    return (value, try inference { try step.backward(derivative) })
  }
}

/// The convolutions of a cross block, packed forwards and backwards.
private struct TrainedCrossBlock: Sendable {
  let name: String
  let block: UniverSeg.CrossBlock
  let forward: PackedCrossBlock
  /// For each map that a convolution reads; none where these are images.
  let backOfTarget: [MapConvolution]
  let backOfExample: [MapConvolution]
  let backThroughTarget: MapConvolution
  let backThroughSupport: MapConvolution

  /// `inputs` are the channels of each map; images where `nil`.
  init(_ block: UniverSeg.CrossBlock, name: String, inputs: [Int]?, unit: MapUnit) throws {
    self.name = name
    self.block = block
    forward = try PackedCrossBlock(block, inputs: inputs, unit: unit)
    func back(_ weight: Tensor, _ channels: Range<Int>? = nil) throws -> MapConvolution {
      try MapConvolution(
        inputGradientOf: weight.contiguous(), stride: [1, 1],
        inputs: channels ?? 0..<weight.size(1), unit: unit)
    }
    backThroughTarget = try back(block.targetConvolution.weight)
    backThroughSupport = try back(block.supportConvolution.weight)
    var first = 0
    let ranges = (inputs ?? []).map { count in
      defer { first += count }
      return first..<first + count
    }
    let (ofTarget, ofExample) = try block.halves()
    backOfTarget = try ranges.map { try back(ofTarget, $0) }
    backOfExample = try ranges.map { try back(ofExample, $0) }
  }
}

private struct TrainedLayers: Sendable {
  let encoder: [TrainedCrossBlock]
  let decoder: [TrainedCrossBlock]
  let output: MapConvolution
  let outputWeight: Tensor

  init(_ network: UniverSeg, unit: MapUnit) throws {
    encoder = try network.encoder.indices.map {
      try TrainedCrossBlock(
        network.encoder[$0], name: "enc_blocks.\($0)", inputs: network.inputs(ofEncoder: $0),
        unit: unit)
    }
    decoder = try network.decoder.indices.map {
      try TrainedCrossBlock(
        network.decoder[$0], name: "dec_blocks.\($0)", inputs: network.inputs(ofDecoder: $0),
        unit: unit)
    }
    output = try network.packedOutput(unit)
    outputWeight = try network.output.weight.contiguous()
  }
}

/// One step of training: forwards with everything kept that the way back reads, then back. Lists have one entry
/// per image.
private final class UniverSegStep {
  private let layers: TrainedLayers
  private let unit: MapUnit
  private let pool: PagePool
  private var encoded: [[Trace]] = []
  private var decoded: [[Trace]] = []
  private var gradients: [String: Tensor] = [:]

  init(_ layers: TrainedLayers, unit: MapUnit, pool: PagePool) {
    (self.layers, self.unit, self.pool) = (layers, unit, pool)
  }

  /// What a block read and found for one image.
  private struct Trace {
    let targets: [FeatureMap]
    /// Their planes are the examples; in the last block their means.
    let examples: [FeatureMap]
    /// The mean of what comes of target and examples, and each of them.
    let mean: FeatureMap
    let interactions: FeatureMap?
    let target: FeatureMap
    let example: FeatureMap?
  }

  func forward(_ target: Tensor, _ support: SupportTensors) throws -> Tensor {
    let shape = support.images.shape
    // Examples lie one behind the other as the planes of a volume do.
    let volume = [shape[0], 1, shape[1]] + shape[3...]
    let examples = try Tensor.concatenate(
      [support.images.reshaped(volume), support.masks.reshaped(volume)], axis: 1)
    var targets = try FeatureMap.samples(of: target, unit: unit, pool: pool)
    var maps = try FeatureMap.samples(of: examples.contiguous(), unit: unit, pool: pool)
    for (level, block) in layers.encoder.enumerated() {
      let traces = try zip(targets, maps).map { try forward(block, [$0], [$1]) }
      encoded.append(traces)
      let isCoarsest = level == layers.encoder.count - 1
      func reduced(_ map: FeatureMap) throws -> FeatureMap {
        isCoarsest ? map : try map.maxPooled(unit: unit, pool: pool)
      }
      targets = try traces.map { try reduced($0.target) }
      maps = try traces.compactMap(\.example).map(reduced)
    }
    for (step, block) in layers.decoder.enumerated() {
      let skips = encoded[layers.encoder.count - 2 - step]
      let isLast = step == layers.decoder.count - 1
      let traces = try skips.indices.map { image in
        let skip = skips[image]
        let raised = try targets[image].doubled(unit: unit, pool: pool)
        let examples: [FeatureMap] =
          if isLast {
            [
              try mean(maps[image]).doubled(unit: unit, pool: pool),
              try mean(skip.example ?? skip.target),
            ]
          } else {
            [try maps[image].doubled(unit: unit, pool: pool), skip.example ?? skip.target]
          }
        return try forward(block, [raised, skip.target], examples, wantsExamples: !isLast)
      }
      decoded.append(traces)
      targets = traces.map(\.target)
      maps = traces.compactMap(\.example)
    }
    return try layers.output.scores(of: targets, axes: 2, pool: pool)
  }

  private func forward(
    _ block: TrainedCrossBlock, _ targets: [FeatureMap], _ examples: [FeatureMap],
    wantsExamples: Bool = true
  ) throws -> Trace {
    let own = try run(block.forward.ofTarget, targets)
    let found = try run(block.forward.ofExample, examples)
    let mean = try found.addToPlanes(
      own, share: 1, sumTimes: 1 / Float(found.depth), unit: unit, pool: pool)
    let target = try run(block.forward.target, [mean])
    target.activate(slope: PackedCrossBlock.slope)
    let example = wantsExamples ? try run(block.forward.support, [found]) : nil
    example?.activate(slope: PackedCrossBlock.slope)
    return Trace(
      targets: targets, examples: examples, mean: mean,
      interactions: wantsExamples ? found : nil, target: target, example: example)
  }

  private func mean(_ map: FeatureMap) throws -> FeatureMap {
    try map.planesSum(times: 1 / Float(map.depth), unit: unit, pool: pool)
  }

  private func run(_ convolution: MapConvolution, _ maps: [FeatureMap]) throws -> FeatureMap {
    try convolution(maps.map { .kept($0) }, storage: .float32, pool: pool)
  }

  /// Gradients of all parameters from that of the scores.
  func backward(_ scores: Tensor) throws -> [String: Tensor] {
    let images = 0..<scores.size(0)
    let last = decoded[decoded.count - 1]
    var ofTargets = try last.map { try $0.target.zeros(unit: unit, pool: pool) }
    var ofExamples: [FeatureMap]?
    var weight = [Double](repeating: 0, count: layers.outputWeight.count)
    for image in images {
      let found = try last[image].target.propagateThroughLeakyReLU(
        ofTargets[image],
        scores: ScoreGradient(values: scores, sample: image, weight: layers.outputWeight),
        slope: PackedCrossBlock.slope, unit: unit)
      weight = zip(weight, found).map(+)
    }
    gradients["out_conv.conv.weight"] = try Tensor(
      weight.map { Float($0) }, shape: layers.outputWeight.shape)
    let bias = try scores.totalsOfChannels().map { Float($0) }
    gradients["out_conv.conv.bias"] = try Tensor(bias, shape: [bias.count])

    /// Of what each level's skips gave, the finest last.
    var skips: [(targets: [FeatureMap], examples: [FeatureMap])] = []
    for (step, block) in layers.decoder.enumerated().reversed() {
      let isLast = step == layers.decoder.count - 1
      let found = try backward(block, decoded[step], ofTargets, ofExamples, isActivated: !isLast)
      decoded[step] = []
      let skipTraces = encoded[layers.encoder.count - 2 - step]
      skips.append(
        (
          found.targets.map { $0[1] },
          try isLast
            ? images.map { try spread($0, found.examples[$0][1], over: skipTraces) }
            : found.examples.map { $0[1] }
        ))
      ofTargets = try found.targets.map { try $0[0].doubledGradient(unit: unit, pool: pool) }
      let below = step == 0 ? encoded[layers.encoder.count - 1] : decoded[step - 1]
      ofExamples = try images.map { image in
        let lowered = try found.examples[image][0].doubledGradient(unit: unit, pool: pool)
        return isLast ? try spread(image, lowered, over: below) : lowered
      }
    }
    for (level, block) in layers.encoder.enumerated().reversed() {
      let found = try backward(block, encoded[level], ofTargets, ofExamples, isActivated: true)
      encoded[level] = []
      if level == 0 { break }
      let skip = skips.removeLast()
      for image in images {
        let trace = encoded[level - 1][image]
        try trace.target.addMaxPoolGradient(
          found.targets[image][0], to: skip.targets[image], unit: unit)
        try trace.example?.addMaxPoolGradient(
          found.examples[image][0], to: skip.examples[image], unit: unit)
      }
      (ofTargets, ofExamples) = (skip.targets, skip.examples)
    }
    return gradients
  }

  /// The gradient of each example where that of their mean is known.
  private func spread(
    _ image: Int, _ gradient: FeatureMap, over traces: [Trace]
  ) throws -> FeatureMap {
    let map = traces[image].example ?? traces[image].target
    let result = try map.zeros(unit: unit, pool: pool)
    try result.addToPlanes(gradient, share: 1 / Float(map.depth), unit: unit)
    return result
  }

  /// Goes back through a block.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - traces: What it read and found.
  ///   - ofTargets: Gradients of the targets that it made; overwritten.
  ///   - ofExamples: Gradients of its examples; overwritten; `nil` for the last block.
  ///   - isActivated: Whether the gradients of targets still have to pass the leaky ReLU.
  /// - Returns: The gradients of what it read, map by map.
  /// - Throws: `TensorError` when memory is short.
  private func backward(
    _ block: TrainedCrossBlock, _ traces: [Trace], _ ofTargets: [FeatureMap],
    _ ofExamples: [FeatureMap]?, isActivated: Bool
  ) throws -> (targets: [[FeatureMap]], examples: [[FeatureMap]]) {
    var (owns, founds) = ([FeatureMap](), [FeatureMap]())
    for (image, trace) in traces.enumerated() {
      if isActivated {
        try trace.target.propagateThroughLeakyReLU(
          ofTargets[image], slope: PackedCrossBlock.slope, unit: unit)
      }
      let ofMean = try block.backThroughTarget.inputGradient(ofTargets[image], pool: pool)
      guard let example = trace.example, let gradient = ofExamples?[image] else {
        owns.append(ofMean)
        founds.append(ofMean)
        continue
      }
      try example.propagateThroughLeakyReLU(gradient, slope: PackedCrossBlock.slope, unit: unit)
      let found = try block.backThroughSupport.inputGradient(gradient, pool: pool)
      owns.append(
        try found.addToPlanes(
          ofMean, share: 1 / Float(found.depth), sumTimes: 1, unit: unit, pool: pool))
      founds.append(found)
    }
    try note(
      block.forward.target, "\(block.name).target.vmapped.conv", traces.map { [$0.mean] }, ofTargets
    )
    let name = "\(block.name).support.vmapped.conv"
    if let ofExamples {
      try note(block.forward.support, name, traces.map { [$0.interactions ?? $0.mean] }, ofExamples)
    } else {
      // Nobody reads what the last block would make of the examples.
      let layer = block.block.supportConvolution
      gradients["\(name).weight"] = try .zeros(layer.weight.shape)
      if let bias = layer.bias { gradients["\(name).bias"] = try .zeros(bias.shape) }
    }
    let cross = "\(block.name).cross.cross_conv"
    let ofTarget = try weightGradient(block.forward.ofTarget, traces.map(\.targets), owns)
    let ofExample = try weightGradient(block.forward.ofExample, traces.map(\.examples), founds)
    gradients["\(cross).weight"] = try Tensor.concatenate([ofTarget, ofExample], axis: 1)
    gradients["\(cross).bias"] = try totals(owns)
    return (
      try owns.map { own in try block.backOfTarget.map { try $0.inputGradient(own, pool: pool) } },
      try founds.map { found in
        try block.backOfExample.map { try $0.inputGradient(found, pool: pool) }
      }
    )
  }

  private func note(
    _ convolution: MapConvolution, _ name: String, _ inputs: [[FeatureMap]],
    _ gradient: [FeatureMap]
  ) throws {
    gradients["\(name).weight"] = try weightGradient(convolution, inputs, gradient)
    gradients["\(name).bias"] = try totals(gradient)
  }

  /// (out, in, 3, 3).
  private func weightGradient(
    _ convolution: MapConvolution, _ inputs: [[FeatureMap]], _ gradient: [FeatureMap]
  ) throws -> Tensor {
    let found = try convolution.weightGradient(
      of: zip(inputs, gradient).map { MapConvolution.Sample(inputs: $0, gradient: $1) },
      pool: pool)
    return try found.squeezed(2)
  }

  private func totals(_ gradient: [FeatureMap]) throws -> Tensor {
    let sums = gradient.map { $0.totals(unit: unit) }
    let count = gradient.first?.channels ?? 0
    return try Tensor(
      (0..<count).map { channel in Float(sums.reduce(0) { $0 + $1[channel] }) }, shape: [count])
  }
}
