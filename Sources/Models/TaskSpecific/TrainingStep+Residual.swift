// Residual blocks of a training step.

import Tensors

extension GradientStep {
  /// The blocks of one stage; `packed` are their convolutions in order.
  func forward(
    _ plan: [TrainedResidualBlock], _ packed: [PackedTrainedBlock], _ input: [FeatureMap]
  ) throws -> [FeatureMap] {
    var rest = packed[...]
    return try plan.reduce(input) { x, block in
      let layers = Array(rest.prefix(block.blocks.count))
      rest = rest.dropFirst(block.blocks.count)
      return try forward(block, layers, x)
    }
  }

  private func forward(
    _ block: TrainedResidualBlock, _ layers: [PackedTrainedBlock], _ x: [FeatureMap]
  ) throws -> [FeatureMap] {
    let unit = network.unit
    let y = try forward(layers[1], forward(layers[0], x.map { [$0] }).map { [$0] })
    var shortcut = x
    if let pooling = block.pooling {
      shortcut = try shortcut.map { try $0.averaged(pooling, unit: unit, pool: pool) }
    }
    if block.projection != nil { shortcut = try forward(layers[2], shortcut.map { [$0] }) }
    let sum = try zip(y, shortcut).map {
      try $0.sum(with: $1, slope: 0.01, unit: unit, pool: pool)
    }
    kept.append(sum)
    return sum
  }

  /// The gradient of what a stage read.
  func backward(
    _ plan: [TrainedResidualBlock], _ packed: [PackedTrainedBlock], _ gradient: [FeatureMap],
    adding skip: [FeatureMap]?
  ) throws -> [FeatureMap] {
    var rest = packed[...]
    var skip = skip
    return try plan.reversed().reduce(gradient) { gradient, block in
      let layers = Array(rest.suffix(block.blocks.count))
      rest = rest.dropLast(block.blocks.count)
      defer { skip = nil }
      return try backward(block, layers, gradient, adding: skip)
    }
  }

  private func backward(
    _ block: TrainedResidualBlock, _ layers: [PackedTrainedBlock], _ gradient: [FeatureMap],
    adding skip: [FeatureMap]?
  ) throws -> [FeatureMap] {
    let unit = network.unit
    for (sample, sum) in kept.removeLast().enumerated() {
      try sum.propagateThroughLeakyReLU(
        gradient[sample], adding: skip?[sample], slope: 0.01, unit: unit)
    }
    // The way through the normalisations overwrites what it is given.
    let straight = try gradient.map { try $0.copy(unit: unit, pool: pool) }
    var shortcut = gradient
    if block.projection != nil { shortcut = try backward(layers[2], shortcut).map { $0[0] } }
    if let pooling = block.pooling {
      shortcut = try shortcut.map { try $0.averageGradient(pooling, unit: unit, pool: pool) }
    }
    let inner = try backward(layers[1], straight).map { $0[0] }
    let result = try backward(layers[0], inner).map { $0[0] }
    for (map, other) in zip(result, shortcut) { try map.add(other, slope: 1, unit: unit) }
    return result
  }
}
