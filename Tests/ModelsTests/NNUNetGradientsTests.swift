// Gradients of nnU-Net by hand against libtorch's autograd, finite differences, and themselves.

import Foundation
import Models
import Tensors
import Testing
import Weights

@Suite(.serialized) struct NNUNetGradientsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let configuration: NNUNet.Configuration
    /// (B, C, spatial…)
    let image: [Int]
  }

  static func configuration(
    _ encoder: NNUNet.Configuration.Encoder = .plain, channels: Int = 1, classes: Int = 3,
    features: [Int], kernels: [[Int]], strides: [[Int]],
    convolutions: Int = 2
  ) -> NNUNet.Configuration {
    NNUNet.Configuration(
      encoder: encoder, inputChannels: channels, classes: classes, features: features,
      kernels: kernels, strides: strides,
      encoderBlocks: Array(repeating: convolutions, count: features.count),
      decoderConvolutions: Array(repeating: convolutions, count: features.count - 1))
  }

  static let cases = [
    Case(
      testDescription: "volumes",
      configuration: configuration(
        features: [8, 20, 40], kernels: Array(repeating: [3, 3, 3], count: 3),
        strides: [[1, 1, 1], [2, 2, 2], [2, 2, 2]]),
      image: [1, 1, 12, 20, 16]),
    Case(
      testDescription: "volumes of odd halves, three samples, wide",
      configuration: configuration(
        features: [32, 40], kernels: Array(repeating: [3, 3, 3], count: 2),
        strides: [[1, 1, 1], [2, 2, 2]], convolutions: 1),
      image: [3, 1, 10, 14, 18]),
    Case(
      testDescription: "thick slices, two channels",
      configuration: configuration(
        channels: 2, features: [12, 16, 32], kernels: [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
        strides: [[1, 1, 1], [1, 2, 2], [2, 2, 2]]),
      image: [2, 2, 6, 20, 12]),
    Case(
      testDescription: "slices, five channels, many classes",
      configuration: configuration(
        channels: 5, classes: 20, features: [16, 32, 48],
        kernels: Array(repeating: [3, 3], count: 3), strides: [[1, 1], [2, 2], [2, 2]]),
      image: [2, 5, 28, 36]),
    Case(
      testDescription: "kernels of one, a stage of its neighbour's size",
      configuration: configuration(
        features: [8, 16, 16], kernels: [[3, 3, 3], [1, 1, 1], [1, 3, 3]],
        strides: [[1, 1, 1], [1, 1, 1], [1, 2, 2]]),
      image: [1, 1, 3, 10, 14]),
    Case(
      testDescription: "residual, volumes, two samples",
      configuration: configuration(
        .residual, features: [8, 16, 24], kernels: Array(repeating: [3, 3, 3], count: 3),
        strides: [[1, 1, 1], [2, 2, 2], [1, 2, 2]]),
      image: [2, 1, 8, 12, 16]),
    Case(
      testDescription: "residual, slices, a stage of its neighbour's width",
      configuration: configuration(
        .residual, channels: 5, features: [16, 16, 40],
        kernels: Array(repeating: [3, 3], count: 3),
        strides: [[1, 1], [2, 2], [2, 2]], convolutions: 1),
      image: [1, 5, 24, 36]),
  ]

  /// A smooth loss of the scores, the coarsest of which may be left out.
  static func loss(
    _ scores: [Tensor], seed: UInt64, skipsCoarsest: Bool = false
  ) throws -> Tensor {
    var sum: Tensor?
    for (index, score) in scores.enumerated() {
      if skipsCoarsest && index == scores.count - 1 { continue }
      let generator = try RandomGenerator(seed: seed + UInt64(index))
      let target = try generator.normal(score.shape)
      let distance = try score - target
      let term = try (distance * distance).mean() * pow(0.5, Double(index))
      sum = try sum.map { try $0 + term } ?? term
    }
    return try sum ?? .zeros([1])
  }

  /// Parameters whose norms are not ones and zeros. Away from the kink of the leaky ReLU, on either side of
  /// which channels lie by turns, rounding cannot put a value on the other side.
  static func parameters(
    _ c: NNUNet.Configuration, awayFromKink: Bool = false
  ) throws -> [String: Tensor] {
    let layers = try NNUNetGradients(c, unit: .plainC).parameters
    return try Dictionary(
      uniqueKeysWithValues: layers.map { name, shape in
        let values = try RandomGenerator(seed: name.fnv1a64).normal(shape)
        if name.hasSuffix("norm.weight") { return (name, try values * 0.2 + 1) }
        if awayFromKink && name.hasSuffix("norm.bias") {
          let sides = (0..<shape[0]).map { Float($0 % 3 == 0 ? -6 : 6) }
          return (name, try values + Tensor(sides, shape: shape))
        }
        let fan = shape.dropFirst().reduce(1, *)
        return (name, try values * (1 / Double(fan).squareRoot()))
      })
  }

  @Test(arguments: cases, MapUnit.available)
  func gradientsAreLibtorchs(_ c: Case, _ unit: MapUnit) throws {
    let errors = try Self.errors(c, unit, awayFromKink: true)
    let worst = errors.max { $0.value < $1.value }
    #expect(try #require(worst).value < 1e-4, "\(errors)")
  }

  @Test(arguments: cases, MapUnit.available)
  func gradientsAroundTheKinkAreLibtorchs(_ c: Case, _ unit: MapUnit) throws {
    let errors = try Self.errors(c, unit, awayFromKink: false)
    // A single value that rounding puts on the other side of zero shows in so small a network.
    #expect(try #require(errors.values.max()) < 3e-2, "\(errors)")
  }

  /// Relative error of the gradient of each parameter that has one, against autograd in float64.
  static func errors(
    _ c: Case, _ unit: MapUnit, awayFromKink: Bool
  ) throws -> [String: Double] {
    let parameters = try parameters(c.configuration, awayFromKink: awayFromKink)
    let image = try RandomGenerator(seed: 2).normal(c.image)
    let skips = c.configuration.features.count > 2
    let found = try NNUNetGradients(c.configuration, unit: unit).gradients(
      image: image, parameters: parameters
    ) { try loss($0, seed: 7, skipsCoarsest: skips) }
    let source = try Leaves(parameters.mapValues { try $0.to(.float64) })
    let exact = try image.to(.float64)
    let (value, gradients) = try training {
      let network = try NNUNet(Weights(source, dtype: nil), c.configuration)
      let value = try loss(network.logitsAtAllScales(exact), seed: 7, skipsCoarsest: skips)
      try value.backward()
      return (value, source.leaves.mapValues { try? $0.grad })
    }
    let (ours, theirs) = (try found.loss.item(), try value.item())
    #expect(abs(ours - theirs) < 1e-4 * abs(theirs))
    #expect(Set(found.gradients.keys) == Set(parameters.keys))
    var errors: [String: Double] = [:]
    for (name, parameter) in parameters {
      let gradient = try #require(found.gradients[name])
      #expect(gradient.shape == parameter.shape)
      let zeros = try Tensor.zeros(parameter.shape)
      let expected = gradients[name].flatMap { $0 } ?? zeros
      // What a normalisation takes away, or the loss does not ask for: rounding is all there is.
      if try expected.floats().allSatisfy({ abs($0) < 1e-9 }) || name.hasSuffix("conv.bias") {
        #expect(try gradient.floats().allSatisfy { abs($0) < 1e-5 })
        continue
      }
      errors[name] = try PackedNNUNetTests.error(gradient, expected)
    }
    return errors
  }

  @Test(arguments: [0, 2, 3, 5], MapUnit.available)
  func threadsAndRunsMakeNoDifference(_ index: Int, _ unit: MapUnit) throws {
    let c = Self.cases[index]
    let parameters = try Self.parameters(c.configuration)
    let image = try RandomGenerator(seed: 2).normal(c.image)
    let network = try NNUNetGradients(c.configuration, unit: unit)
    func values() throws -> [String: [Float]] {
      try network.gradients(image: image, parameters: parameters) {
        try Self.loss($0, seed: 7)
      }.gradients.mapValues { try $0.floats() }
    }
    let threads = try Engine.threads
    defer { try? Engine.setThreads(threads) }
    try Engine.setThreads(1)
    let one = try values()
    try Engine.setThreads(2)
    #expect(try values() == one)
    #expect(try values() == one)
  }

  @Test func gradientsAreSlopesOfTheLoss() throws {
    let configuration = Self.configuration(
      features: [8, 16], kernels: [[3, 3, 3], [3, 3, 3]], strides: [[1, 1, 1], [2, 2, 2]],
      convolutions: 1)
    let parameters = try Self.parameters(configuration)
    let image = try RandomGenerator(seed: 2).normal([1, 1, 6, 8, 6])
    let unit = MapUnit.fastest ?? .plainC
    let gradients = try NNUNetGradients(configuration, unit: unit).gradients(
      image: image, parameters: parameters
    ) { try Self.loss($0, seed: 3) }.gradients
    // Along a random direction, in float64 by libtorch.
    for (name, parameter) in parameters where !name.hasSuffix("conv.bias") {
      let direction = try RandomGenerator(seed: 5).normal(parameter.shape)
      func loss(_ step: Double) throws -> Double {
        var moved = parameters
        moved[name] = try parameter.to(.float64) + direction.to(.float64) * step
        return try inference {
          let source = try Leaves(moved)
          let network = try NNUNet(Weights(source, dtype: .float64), configuration)
          return try Self.loss(network.logitsAtAllScales(image.to(.float64)), seed: 3).item()
        }
      }
      let slope = try (loss(1e-5) - loss(-1e-5)) / 2e-5
      let gradient = try #require(gradients[name])
      let found = try (gradient * direction).sum().item()
      let scale =
        try (gradient * gradient).sum().item().squareRoot()
        * (direction * direction).sum().item().squareRoot()
      #expect(abs(found - slope) < 1e-3 * scale, "\(name): \(found), \(slope)")
    }
  }

  @Test func whatHasNoKernelIsRefused() throws {
    let wide = Self.configuration(
      features: [8, 8], kernels: [[5, 5, 5], [3, 3, 3]], strides: [[1, 1, 1], [2, 2, 2]])
    #expect(throws: TensorError.self) { try NNUNetGradients(wide, unit: .plainC) }
    let thirds = Self.configuration(
      features: [8, 8], kernels: [[3, 3], [3, 3]], strides: [[1, 1], [3, 3]])
    #expect(throws: TensorError.self) { try NNUNetGradients(thirds, unit: .plainC) }
    let c = Self.cases[0]
    var parameters = try Self.parameters(c.configuration)
    let network = try NNUNetGradients(c.configuration, unit: .plainC)
    func run(_ image: [Int]) throws {
      _ = try network.gradients(image: .zeros(image), parameters: parameters) { $0[0] }
    }
    #expect(throws: TensorError.self) { try run([1, 1, 10, 16, 16]) }
    #expect(throws: TensorError.self) { try run([1, 2, 16, 16, 16]) }
    parameters["decoder.seg_layers.0.bias"] = nil
    #expect(throws: TensorError.self) { try run([1, 1, 16, 16, 16]) }
  }
}

/// Leaf tensors by name.
private struct Leaves: TensorSource {
  let leaves: [String: Tensor]

  init(_ values: [String: Tensor]) throws {
    leaves = try values.mapValues { try $0.requiringGrad() }
  }

  var offered: [String]? { nil }
  func shape(of name: String, asked: [Int]) -> [Int]? { leaves[name]?.shape }
  func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    guard let leaf = leaves[name] else { throw TensorError.mismatch("no \(name)") }
    return leaf
  }
}
