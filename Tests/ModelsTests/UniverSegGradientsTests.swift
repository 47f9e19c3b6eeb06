// Gradients of UniverSeg on kernels of our own against libtorch's autograd.

import Tensors
import Testing
import Weights

@testable import Models

/// Values that collect gradients, by name.
private final class Leaves: TensorSource, @unchecked Sendable {
  // Safe because one thread builds the network.
  private(set) var table: [String: Tensor] = [:]
  private let seed: UInt64
  let offered: [String]? = nil

  init(seed: UInt64) { self.seed = seed }

  func shape(of name: String, asked: [Int]) -> [Int]? { asked }

  func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    if let known = table[name] { return known }
    let value = try SeededInitialiser(seed: seed)
      .tensor(name, shape: shape, initial: .normal(0.2)).requiringGrad()
    table[name] = value
    return value
  }
}

@Suite struct UniverSegGradientsTests {
  private func noise(_ shape: [Int], seed: UInt64) throws -> Tensor {
    try RandomGenerator(seed: seed).normal(shape)
  }

  /// The mean of squared distances from a target: every score has a gradient.
  private func loss(_ scores: Tensor, _ wanted: Tensor) throws -> Tensor {
    let difference = try scores - wanted
    return try (difference * difference).mean()
  }

  @Test(arguments: MapUnit.available, [[16, 32, 32], [8, 5], [12, 7, 20, 9]])
  func gradientsAreThoseOfAutograd(_ unit: MapUnit, _ widths: [Int]) throws {
    let side = 24
    let configuration = UniverSeg.Configuration(widths: widths)
    let leaves = Leaves(seed: 3)
    for (images, supports) in [(2, 3), (1, 1)] {
      let target = try noise([images, 1, side, side], seed: 4)
      let wanted = try noise([images, 1, side, side], seed: 5)
      let support = try SupportTensors(
        images: noise([images, supports, 1, side, side], seed: 6),
        masks: noise([images, supports, 1, side, side], seed: 7).greater(0).to(.float32))
      let network = try UniverSeg(Weights(leaves), configuration)
      let expected = try training {
        let value = try loss(network.logits(target, support: support), wanted)
        try value.backward()
        return (try value.item(), try leaves.table.mapValues { try $0.takeGradient() })
      }
      let found = try UniverSegGradients(unit: unit).gradients(
        target: target, support: support, network: network
      ) { try loss($0, wanted) }
      #expect(abs(found.loss - expected.0) < 1e-5 * abs(expected.0))
      #expect(Set(found.gradients.keys) == Set(leaves.table.keys))
      for (name, gradient) in expected.1 {
        let mine = try #require(found.gradients[name])
        #expect(mine.shape == gradient.shape)
        if try gradient.absolute().largest().item() == 0 {
          #expect(try mine.absolute().largest().item() == 0, "\(name)")
        } else {
          let error = try mine.relativeError(to: gradient)
          #expect(error < 1e-4, "\(name), \(images) × \(supports): \(error)")
        }
      }
    }
  }

  @Test(arguments: MapUnit.available, [1, 3, 19])
  func scoresAreThoseOfLibtorch(_ unit: MapUnit, _ supports: Int) throws {
    let network = try UniverSeg(
      Weights(SeededInitialiser(seed: 3)), UniverSeg.Configuration(widths: [12, 7, 20, 9]))
    let packed = try #require(try network.packed(for: unit) as? PackedUniverSeg)
    let target = try noise([2, 1, 40, 24], seed: 1)
    for images in [1, 2] {
      let support = try SupportTensors(
        images: noise([images, supports, 1, 40, 24], seed: 2),
        masks: noise([images, supports, 1, 40, 24], seed: 3).greater(0).to(.float32))
      let expected = try inference { try network.logits(target, support: support) }
      let found = try inference { try packed.logits(target, support: support) }
      #expect(found.shape == expected.shape)
      #expect(try found.relativeError(to: expected) < 2e-5)
    }
  }

  @Test func threadsDoNotChangeTheGradients() throws {
    // Sums are divided by what is summed, so that the order never changes.
    let configuration = UniverSeg.Configuration(widths: [8, 8, 8])
    let network = try UniverSeg(Weights(SeededInitialiser(seed: 3)), configuration)
    let target = try noise([2, 1, 32, 32], seed: 1)
    let support = try SupportTensors(
      images: noise([2, 5, 1, 32, 32], seed: 2), masks: noise([2, 5, 1, 32, 32], seed: 3))
    let before = try Engine.threads
    defer { try? Engine.setThreads(before) }
    let found = try [1, 2].map { threads in
      try Engine.setThreads(threads)
      return try UniverSegGradients(unit: MapUnit.fastest ?? .plainC).gradients(
        target: target, support: support, network: network
      ) { try ($0 * $0).mean() }.gradients.mapValues { try $0.floats() }
    }
    #expect(found[0] == found[1])
  }

  @Test func oneLevelAndSharedExamplesAreRefused() throws {
    let target = try noise([2, 1, 16, 16], seed: 1)
    func support(_ images: Int) throws -> SupportTensors {
      try SupportTensors(
        images: noise([images, 2, 1, 16, 16], seed: 2),
        masks: noise([images, 2, 1, 16, 16], seed: 3))
    }
    for (widths, images) in [([8], 2), ([8, 8], 1)] {
      let network = try UniverSeg(
        Weights(SeededInitialiser(seed: 3)), UniverSeg.Configuration(widths: widths))
      #expect(throws: TensorError.self) {
        try UniverSegGradients(unit: .plainC).gradients(
          target: target, support: support(images), network: network
        ) { try $0.mean() }
      }
    }
  }
}
