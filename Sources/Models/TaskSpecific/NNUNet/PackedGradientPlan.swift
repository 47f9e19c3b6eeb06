// The weights of one training step, packed for the way forwards and the way back.

import Tensors

/// A block whose weights are packed.
struct PackedTrainedBlock: Sendable {
  let block: TrainedBlock
  let forward: MapConvolution
  /// For each map that is read; none for the image.
  let back: [MapConvolution]
  let weight: [Float]
  let bias: [Float]

  init(_ block: TrainedBlock, _ parameters: [String: Tensor], unit: MapUnit) throws {
    self.block = block
    let given = try parameters.named("\(block.name).conv.weight")
    let bias = block.hasBias ? try parameters.named("\(block.name).conv.bias") : nil
    forward = try MapConvolution(
      weight: given, bias: bias, stride: block.stride, inputs: block.inputs,
      image: block.image, unit: unit)
    var first = 0
    back =
      try block.image
      ? []
      : block.inputs.map { count in
        defer { first += count }
        return try MapConvolution(
          inputGradientOf: given, stride: block.stride, inputs: first..<first + count,
          unit: unit)
      }
    weight = try parameters.named("\(block.name).norm.weight").floats()
    self.bias = try parameters.named("\(block.name).norm.bias").floats()
  }
}

/// A step of the decoder whose weights are packed.
struct PackedTrainedDecoder: Sendable {
  let decoder: TrainedDecoder
  let upsampler: MapConvolution
  let back: MapConvolution
  let classifier: MapConvolution
  let classifierWeight: Tensor

  init(_ decoder: TrainedDecoder, _ parameters: [String: Tensor], unit: MapUnit) throws {
    self.decoder = decoder
    let up = try parameters.named("\(decoder.upsampler).weight")
    upsampler = try MapConvolution(
      enlarging: up, bias: parameters.named("\(decoder.upsampler).bias"), unit: unit)
    back = try MapConvolution(inputGradientOfEnlarging: up, unit: unit)
    classifierWeight = try parameters.named("\(decoder.classifier).weight")
    classifier = try MapConvolution(
      weight: classifierWeight, bias: parameters.named("\(decoder.classifier).bias"),
      inputs: [decoder.to], unit: unit)
  }
}

/// All layers, packed.
struct PackedGradientPlan: Sendable {
  let plan: GradientPlan
  let unit: MapUnit
  let stem: PackedTrainedBlock?
  /// The blocks of each stage, in the order of the way forwards.
  let encoder: [[PackedTrainedBlock]]
  let decoder: [(step: PackedTrainedDecoder, blocks: [PackedTrainedBlock])]

  init(_ plan: GradientPlan, _ parameters: [String: Tensor], unit: MapUnit) throws {
    self.plan = plan
    self.unit = unit
    let layers = plan.blocks
    let packed = try concurrentMap(layers.count) {
      try PackedTrainedBlock(layers[$0], parameters, unit: unit)
    }
    let steps = try concurrentMap(plan.decoder.count) {
      try PackedTrainedDecoder(plan.decoder[$0], parameters, unit: unit)
    }
    var rest = packed[...]
    func next(_ count: Int) -> [PackedTrainedBlock] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    stem = plan.stem == nil ? nil : next(1)[0]
    encoder = plan.encoder.map { next($0.blocks.count) }
    decoder = steps.map { ($0, next($0.decoder.blocks.count)) }
  }
}
