// nnU-Net on our own kernels against the same network on libtorch.

import Models
import Tensors
import Testing
import Weights

@Suite struct PackedNNUNetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let configuration: NNUNet.Configuration
    /// (B, C, spatial…)
    let image: [Int]
  }

  static func configuration(
    _ encoder: NNUNet.Configuration.Encoder, channels: Int, features: [Int], kernels: [[Int]],
    strides: [[Int]], blocks: [Int]
  ) -> NNUNet.Configuration {
    NNUNet.Configuration(
      encoder: encoder, inputChannels: channels, classes: 3, features: features,
      kernels: kernels, strides: strides, encoderBlocks: blocks,
      decoderConvolutions: Array(repeating: encoder == .plain ? 2 : 1, count: features.count - 1))
  }

  static let cube = Array(repeating: [3, 3, 3], count: 3)
  static let halves = [[1, 1, 1], [2, 2, 2], [2, 2, 2]]

  static let cases = [
    Case(
      testDescription: "plain, volumes",
      configuration: configuration(
        .plain, channels: 1, features: [8, 20, 40], kernels: cube, strides: halves,
        blocks: [2, 2, 2]),
      image: [1, 1, 16, 20, 24]),
    Case(
      testDescription: "plain, thick slices, two channels, two samples",
      configuration: configuration(
        .plain, channels: 2, features: [12, 16, 32], kernels: [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
        strides: [[1, 1, 1], [1, 2, 2], [2, 2, 2]], blocks: [2, 2, 2]),
      image: [2, 2, 6, 16, 20]),
    Case(
      testDescription: "plain, slices",
      configuration: configuration(
        .plain, channels: 3, features: [8, 16, 32], kernels: Array(repeating: [3, 3], count: 3),
        strides: [[1, 1], [2, 2], [2, 2]], blocks: [2, 2, 2]),
      image: [2, 3, 28, 36]),
    Case(
      testDescription: "residual, volumes",
      configuration: configuration(
        .residual, channels: 1, features: [8, 16, 24], kernels: cube, strides: halves,
        blocks: [1, 2, 3]),
      image: [1, 1, 16, 16, 12]),
    Case(
      testDescription: "residual, thick slices, five channels",
      configuration: configuration(
        .residual, channels: 5, features: [8, 16, 16],
        kernels: [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
        strides: [[1, 1, 1], [1, 2, 2], [2, 1, 2]], blocks: [2, 1, 2]),
      image: [1, 5, 6, 12, 16]),
  ]

  @Test(arguments: cases, MapUnit.available)
  func scoresAreLibtorchs(_ c: Case, _ unit: MapUnit) throws {
    let network = try NNUNet(Weights(SeededInitialiser(seed: 1)), c.configuration)
    let image = try RandomGenerator(seed: 2).normal(c.image)
    try inference {
      let expected = try network.logits(image)
      let packed = try PackedNNUNet(network, unit: unit)
      let found = try packed.logits(image)
      #expect(found.shape == expected.shape)
      #expect(try Self.error(found, expected) < 1e-5)
      // Memory that an image leaves behind must not show in the next.
      #expect(try packed.logits(image).floats() == found.floats())
      let half = try PackedNNUNet(network, unit: unit, storage: .float16)
      #expect(try Self.error(half.logits(image), expected) < 3e-3)
    }
  }

  @Test func automaticPrecisionPacksAndFloatIsLibtorchs() throws {
    let network = try NNUNet(Weights(SeededInitialiser(seed: 1)), Self.cases[0].configuration)
    let automatic = try network.inPrecision(.automatic, device: .cpu)
    #expect(automatic.model is PackedNNUNet == (MapUnit.fastest != nil))
    #expect(automatic.precision == .fp32)
    #expect(try network.inPrecision(.exactly(.fp32), device: .cpu).model is NNUNet)
    // Five wide: libtorch alone has it.
    let wide = Self.configuration(
      .plain, channels: 1, features: [8, 8], kernels: [[5, 5, 5], [3, 3, 3]],
      strides: [[1, 1, 1], [2, 2, 2]], blocks: [1, 1])
    let other = try NNUNet(Weights(SeededInitialiser(seed: 1)), wide)
    #expect(try other.inPrecision(.automatic, device: .cpu).model is NNUNet)
  }

  @Test func imagesThatCannotBeHalvedAreRefused() throws {
    let unit = MapUnit.fastest ?? .plainC
    for c in [Self.cases[0], Self.cases[3]] {
      let network = try NNUNet(Weights(SeededInitialiser(seed: 1)), c.configuration)
      let packed = try PackedNNUNet(network, unit: unit)
      #expect(throws: TensorError.self) { try packed.logits(.zeros([1, 1, 10, 16, 16])) }
      #expect(throws: TensorError.self) { try packed.logits(.zeros([1, 2, 16, 16, 16])) }
    }
  }

  /// ‖found − expected‖ / ‖expected‖.
  static func error(_ found: Tensor, _ expected: Tensor) throws -> Double {
    let (found, expected) = (try found.to(.float64), try expected.to(.float64))
    let difference = try found - expected
    let all = try (expected * expected).sum().item()
    return try ((difference * difference).sum().item() / all).squareRoot()
  }
}
