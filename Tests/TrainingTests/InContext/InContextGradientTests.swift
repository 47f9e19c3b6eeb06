// UniverSeg can be trained: gradients of all parameters through libtorch's autograd, and a task that it learns.

import Datasets
import Models
import Tensors
import Testing
import Weights

@testable import Training

@Suite struct InContextGradientTests {
  private let side = 32

  /// Discs on a noisy ground: images (count, 1, side, side) and masks of the same shape.
  private func discs(_ count: Int, seed: UInt64) throws -> (images: Tensor, masks: Tensor) {
    var random = CounterRandom(seed: seed)
    var images: [Float] = []
    var masks: [Float] = []
    for _ in 0..<count {
      let (x, y) = (10 + 12 * random.uniform(), 10 + 12 * random.uniform())
      for row in 0..<side {
        for column in 0..<side {
          let (dx, dy) = (Double(column) - x, Double(row) - y)
          let isInside = dx * dx + dy * dy < 36
          images.append(Float((isInside ? 0.7 : 0.3) + 0.1 * (random.uniform() - 0.5)))
          masks.append(isInside ? 1 : 0)
        }
      }
    }
    let shape = [count, 1, side, side]
    return (try Tensor(images, shape: shape), try Tensor(masks, shape: shape))
  }

  /// The mean of −log of the probability that each pixel gives its own class.
  private func crossEntropy(_ logits: Tensor, _ mask: Tensor) throws -> Tensor {
    let probability = try logits.sigmoid().clamped(to: 1e-6...(1 - 1e-6))
    let right = try mask * probability + (mask * -1 + 1) * (probability * -1 + 1)
    return try -(right.logarithm().mean())
  }

  private func network(
    _ configuration: UniverSeg.Configuration, _ support: SupportTensors
  ) throws -> AutogradNetwork {
    let (model, parameters) = try Parameters.building(
      from: HeInitialiser(seed: 4), recordsGradients: true
    ) { try UniverSeg($0, configuration) }
    return AutogradNetwork(parameters) { [try model.logits($0, support: support)] }
  }

  private func support(_ examples: (images: Tensor, masks: Tensor)) throws -> SupportTensors {
    try SupportTensors(
      images: examples.images.unsqueezed(0), masks: examples.masks.unsqueezed(0))
  }

  @Test func everyParameterHasAFiniteGradient() throws {
    let network = try network(.v1, support(discs(9, seed: 1)))
    let target = try discs(2, seed: 2)
    #expect(network.parameters.count == 1_182_785)
    let (loss, gradients) = try network.gradients(target.images) {
      try crossEntropy($0[0], target.masks)
    }
    #expect(loss.isFinite)
    for (name, gradient) in zip(network.parameters.names, gradients) {
      let largest = try gradient.absolute().largest().item()
      // Nobody reads what the last block makes of the examples.
      let isUnused = name.hasPrefix("dec_blocks.2.support.")
      #expect(largest.isFinite && (largest > 0) == !isUnused, "\(name): \(largest)")
    }
  }

  /// The gradient along a random direction against the difference of two losses.
  @Test func gradientsAreSlopes() throws {
    let network = try network(.init(widths: [6, 5, 4]), support(discs(11, seed: 1)))
    let target = try discs(1, seed: 2)
    func loss() throws -> Double {
      try inference { try crossEntropy(network.scorer()(target.images), target.masks).item() }
    }
    let (_, gradients) = try network.gradients(target.images) {
      try crossEntropy($0[0], target.masks)
    }
    let start = try network.parameters.tensors.map { try $0.detached() * 1 }
    let generator = try RandomGenerator(seed: 8)
    let direction = try start.map { try generator.normal($0.shape) }
    let slope = try zip(gradients, direction).reduce(0) { try $0 + ($1.0 * $1.1).sum().item() }
    let step = 2e-3
    func lossAfter(_ step: Double) throws -> Double {
      try network.parameters.assign(zip(start, direction).map { try $0 + $1 * step })
      return try loss()
    }
    let difference = try (lossAfter(step) - lossAfter(-step)) / (2 * step)
    #expect(abs(difference - slope) < 0.02 * abs(slope) + 1e-3, "\(difference) \(slope)")
  }

  @Test func aTaskIsLearned() throws {
    let network = try network(.init(widths: [12, 12, 12]), support(discs(3, seed: 1)))
    let target = try discs(2, seed: 2)
    let steps = 30
    let optimiser = try Optimiser(
      network.parameters,
      OptimiserSettings(
        method: .adamW(beta1: 0.9, beta2: 0.99), rate: 5e-3, weightDecay: 0, schedule: .constant,
        largestGradient: 12))
    var losses: [Double] = []
    for step in 0..<steps {
      let (loss, gradients) = try network.gradients(target.images) {
        try crossEntropy($0[0], target.masks)
      }
      losses.append(loss)
      _ = try optimiser.step(gradients, step: step, of: steps)
    }
    #expect(losses[steps - 1] < 0.5 * losses[0], "\(losses[0]) … \(losses[steps - 1])")
  }
}
