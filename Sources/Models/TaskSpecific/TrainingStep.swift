// One step of training: forwards with everything kept that the way back reads, then back.

import Tensors

/// The maps of one batch. Each list has one entry per sample.
final class TrainingStep {
  private let network: PackedTraining
  private let pool: PagePool
  /// What each block read and found, in the order of the way forwards.
  private var records: [Record] = []
  private var gradients: [String: Tensor] = [:]
  private var axes = 3

  private struct Record {
    let inputs: [[FeatureMap]]
    let results: [FeatureMap]
  }

  init(_ network: PackedTraining, pool: PagePool) {
    (self.network, self.pool) = (network, pool)
  }

  /// Scores, the finest first.
  func forward(_ image: Tensor) throws -> [Tensor] {
    axes = image.rank - 2
    var x = try FeatureMap.samples(of: image, unit: network.unit, pool: pool)
    var skips: [[FeatureMap]] = []
    for stage in network.encoder {
      for block in stage { x = try forward(block, x.map { [$0] }) }
      skips.append(x)
    }
    x = skips.removeLast()
    var scores: [Tensor] = []
    for (step, blocks) in network.decoder {
      let raised = try x.map { try step.upsampler.enlarged($0, pool: pool) }
      let skip = skips.removeLast()
      for (index, block) in blocks.enumerated() {
        x = try forward(block, index == 0 ? zip(raised, skip).map { [$0, $1] } : x.map { [$0] })
      }
      scores.insert(try step.classifier.scores(of: x, axes: axes, pool: pool), at: 0)
    }
    return scores
  }

  private func forward(
    _ block: PackedTrainedBlock, _ inputs: [[FeatureMap]]
  ) throws -> [FeatureMap] {
    let results = try inputs.map { maps in
      let result = try block.forward(maps.map { .kept($0) }, storage: .float32, pool: pool)
      try result.normalise(
        weight: block.weight, bias: block.bias, epsilon: TrainedBlock.epsilon,
        slope: TrainedBlock.slope)
      return result
    }
    records.append(Record(inputs: inputs, results: results))
    return results
  }

  /// Gradients of all parameters from those of the scores, the finest first; `nil` stands for zeros.
  func backward(_ scores: [Tensor?]) throws -> [String: Tensor] {
    var gradient: [FeatureMap]?
    /// Of each skip, the finest first.
    var skips: [[FeatureMap]] = []
    for ((step, blocks), scores) in zip(network.decoder.reversed(), scores) {
      try classify(step, scores)
      for (index, block) in blocks.enumerated().reversed() {
        let last = index == blocks.count - 1
        let found = try backward(
          block, gradient, scores: last ? scores.map { ($0, step.classifierWeight) } : nil)
        gradient = found.map { $0[0] }
        if index == 0 { skips.append(found.map { $0[1] }) }
      }
      guard let raised = gradient else { continue }
      gradient = try lower(step, raised)
    }
    for (index, stage) in network.encoder.enumerated().reversed() {
      for (place, block) in stage.enumerated().reversed() {
        let joins = place == stage.count - 1 && index < network.encoder.count - 1
        gradient = try backward(block, gradient, adding: joins ? skips.removeLast() : nil)
          .compactMap(\.first)
      }
    }
    return gradients
  }

  /// The gradient of each map that a block read.
  private func backward(
    _ block: PackedTrainedBlock, _ gradient: [FeatureMap]?, adding others: [FeatureMap]? = nil,
    scores: (values: Tensor, weight: Tensor)? = nil
  ) throws -> [[FeatureMap]] {
    let record = records.removeLast()
    let unit = network.unit
    let gradient =
      try gradient ?? record.results.map { try $0.zeros(unit: unit, pool: pool) }
    var sum: NormalisationGradient?
    for (sample, map) in record.results.enumerated() {
      let found = try map.propagateThroughNormalisation(
        gradient[sample], adding: others?[sample],
        scores: scores.map { ScoreGradient(values: $0.values, sample: sample, weight: $0.weight) },
        weight: block.weight, epsilon: TrainedBlock.epsilon, unit: unit)
      if sum == nil { sum = found } else { sum? += found }
    }
    let weight = try block.forward.weightGradient(
      of: zip(record.inputs, gradient).map { MapConvolution.Sample(inputs: $0, gradient: $1) },
      pool: pool)
    let names = block.block.parameters
    gradients[names[0].name] = try weight.reshaped(names[0].shape)
    gradients[names[1].name] = try Tensor.zeros(names[1].shape)
    if let sum {
      gradients[names[2].name] = try Tensor(sum.weight.map { Float($0) }, shape: names[2].shape)
      gradients[names[3].name] = try Tensor(sum.bias.map { Float($0) }, shape: names[3].shape)
      if let scores, let name = classifierName(of: block) {
        gradients[name] = try Tensor(
          sum.scoreWeight.map { Float($0) }, shape: scores.weight.shape)
      }
    }
    return try gradient.map { map in
      try block.back.map { try $0.inputGradient(map, pool: pool) }
    }
  }

  private func classifierName(of block: PackedTrainedBlock) -> String? {
    network.plan.decoder.first { $0.blocks.last?.name == block.block.name }
      .map { "\($0.classifier).weight" }
  }

  /// The bias of a step's scores, and zeros where the loss leaves the scores out.
  private func classify(_ step: PackedTrainedDecoder, _ scores: Tensor?) throws {
    let decoder = step.decoder
    let name = decoder.classifier
    guard let scores else {
      gradients["\(name).weight"] = try .zeros(step.classifierWeight.shape)
      gradients["\(name).bias"] = try .zeros([decoder.classes])
      return
    }
    gradients["\(name).bias"] = try Tensor(
      scores.totalsOfChannels().map { Float($0) }, shape: [decoder.classes])
  }

  /// Through the transposed convolution: the gradient of the map that was enlarged.
  private func lower(
    _ step: PackedTrainedDecoder, _ raised: [FeatureMap]
  ) throws -> [FeatureMap] {
    guard let read = records.last?.results else { return [] }
    let decoder = step.decoder
    // The weights of a transposed convolution are those of its gradient, with the two maps in each
    // other's place.
    let weight = try step.back.weightGradient(
      of: zip(raised, read).map { MapConvolution.Sample(inputs: [$0], gradient: $1) }, pool: pool)
    gradients["\(decoder.upsampler).weight"] = try weight.reshaped(
      [decoder.from, decoder.to] + decoder.factor)
    let totals = raised.map { $0.totals(unit: network.unit) }
    let sum = (0..<decoder.to).map { channel in totals.reduce(0) { $0 + $1[channel] } }
    gradients["\(decoder.upsampler).bias"] = try Tensor(
      sum.map { Float($0) }, shape: [decoder.to])
    return try raised.map { try step.back.inputGradient($0, pool: pool) }
  }
}
