// One step of training: forwards with everything kept that the way back reads, then back.

import Tensors

/// The maps of one batch. Each list has one entry per sample.
final class GradientStep {
  let network: PackedGradientPlan
  let pool: PagePool
  /// What each block read and found, in the order of the way forwards.
  private var records: [Record] = []
  /// What each residual block, and each step of the decoder, began or ended with.
  var kept: [[FeatureMap]] = []
  private var gradients: [String: Tensor] = [:]

  private struct Record {
    let inputs: [[FeatureMap]]
    let results: [FeatureMap]
  }

  init(_ network: PackedGradientPlan, pool: PagePool) {
    (self.network, self.pool) = (network, pool)
  }

  /// Scores, the finest first.
  func forward(_ image: Tensor) throws -> [Tensor] {
    let axes = image.rank - 2
    var x = try FeatureMap.samples(of: image, unit: network.unit, pool: pool)
    if let stem = network.stem { x = try forward(stem, x.map { [$0] }) }
    var skips: [[FeatureMap]] = []
    for (stage, blocks) in zip(network.plan.encoder, network.encoder) {
      switch stage {
      case .plain: for block in blocks { x = try forward(block, x.map { [$0] }) }
      case .residual(let plan): x = try forward(plan, blocks, x)
      }
      skips.append(x)
    }
    x = skips.removeLast()
    var scores: [Tensor] = []
    for (step, blocks) in network.decoder {
      kept.append(x)
      let raised = try x.map { try step.upsampler.enlarged($0, pool: pool) }
      let skip = skips.removeLast()
      for (index, block) in blocks.enumerated() {
        x = try forward(block, index == 0 ? zip(raised, skip).map { [$0, $1] } : x.map { [$0] })
      }
      scores.insert(try step.classifier.scores(of: x, axes: axes, pool: pool), at: 0)
    }
    return scores
  }

  func forward(
    _ block: PackedTrainedBlock, _ inputs: [[FeatureMap]]
  ) throws -> [FeatureMap] {
    let results = try inputs.map { maps in
      let result = try block.forward(maps.map { .kept($0) }, storage: .float32, pool: pool)
      try result.normalise(
        weight: block.weight, bias: block.bias, epsilon: TrainedBlock.epsilon,
        slope: block.block.slope)
      return result
    }
    records.append(Record(inputs: inputs, results: results))
    return results
  }

  /// Gradients of all parameters from those of the scores, the finest first.
  func backward(_ scores: [Tensor]) throws -> [String: Tensor] {
    var gradient: [FeatureMap]?
    /// Of each skip, the finest first.
    var skips: [[FeatureMap]] = []
    for ((step, blocks), scores) in zip(network.decoder.reversed(), scores) {
      gradients["\(step.decoder.classifier).bias"] = try Tensor(scores.totalsOfChannels())
      for (index, block) in blocks.enumerated().reversed() {
        let last = index == blocks.count - 1
        let found = try backward(
          block, gradient,
          scores: last ? Scores(values: scores, step: step) : nil)
        gradient = found.map { $0[0] }
        if index == 0 { skips.append(found.map { $0[1] }) }
      }
      guard let raised = gradient else { continue }
      gradient = try lower(step, raised)
    }
    let stages = Array(zip(network.plan.encoder, network.encoder))
    for (index, (stage, blocks)) in stages.enumerated().reversed() {
      // The coarsest stage is nobody's skip.
      let skip = index == stages.count - 1 ? nil : skips.removeLast()
      switch stage {
      case .plain:
        for (place, block) in blocks.enumerated().reversed() {
          gradient = try backward(block, gradient, adding: place == blocks.count - 1 ? skip : nil)
            .compactMap(\.first)
        }
      case .residual(let plan):
        if let found = gradient { gradient = try backward(plan, blocks, found, adding: skip) }
      }
    }
    if let stem = network.stem { _ = try backward(stem, gradient) }
    return gradients
  }

  /// The gradient of the scores of one step of the decoder.
  struct Scores {
    let values: Tensor
    let step: PackedTrainedDecoder
  }

  /// The gradient of each map that a block read.
  func backward(
    _ block: PackedTrainedBlock, _ gradient: [FeatureMap]?, adding others: [FeatureMap]? = nil,
    scores: Scores? = nil
  ) throws -> [[FeatureMap]] {
    let record = records.removeLast()
    let unit = network.unit
    let gradient =
      try gradient ?? record.results.map { try $0.zeros(unit: unit, pool: pool) }
    var sum: NormalisationGradient?
    for (sample, map) in record.results.enumerated() {
      let found = try map.propagateThroughNormalisation(
        gradient[sample], adding: others?[sample],
        scores: scores.map {
          ScoreGradient(values: $0.values, sample: sample, weight: $0.step.classifierWeight)
        }, weight: block.weight, epsilon: TrainedBlock.epsilon, unit: unit)
      if sum == nil { sum = found } else { sum? += found }
    }
    let weight = try block.forward.weightGradient(
      of: zip(record.inputs, gradient).map { MapConvolution.Sample(inputs: $0, gradient: $1) },
      pool: pool)
    let name = block.block.name
    for (name, shape) in block.block.parameters { gradients[name] = try .zeros(shape) }
    gradients["\(name).conv.weight"] = try weight.reshaped(block.block.parameters[0].shape)
    if let sum {
      gradients["\(name).norm.weight"] = try Tensor(sum.weight)
      gradients["\(name).norm.bias"] = try Tensor(sum.bias)
      if let scores {
        let shape = scores.step.classifierWeight.shape
        gradients["\(scores.step.decoder.classifier).weight"] = try Tensor(sum.scoreWeight)
          .reshaped(shape)
      }
    }
    return try gradient.map { map in
      try block.back.map { try $0.inputGradient(map, pool: pool) }
    }
  }

  /// Through the transposed convolution: the gradient of the map that was enlarged.
  private func lower(
    _ step: PackedTrainedDecoder, _ raised: [FeatureMap]
  ) throws -> [FeatureMap] {
    let decoder = step.decoder
    let read = kept.removeLast()
    // The weights of a transposed convolution are those of its gradient, with the two maps in each
    // other's place.
    let weight = try step.back.weightGradient(
      of: zip(raised, read).map { MapConvolution.Sample(inputs: [$0], gradient: $1) }, pool: pool)
    gradients["\(decoder.upsampler).weight"] = try weight.reshaped(
      [decoder.from, decoder.to] + decoder.factor)
    let totals = raised.map { $0.totals(unit: network.unit) }
    gradients["\(decoder.upsampler).bias"] = try Tensor(
      (0..<decoder.to).map { channel in totals.reduce(0) { $0 + $1[channel] } })
    return try raised.map { try step.back.inputGradient($0, pool: pool) }
  }
}

extension Tensor {
  /// Sums in single precision, as gradients are.
  fileprivate convenience init(_ sums: [Double]) throws {
    try self.init(sums.map { Float($0) }, shape: [sums.count])
  }
}
