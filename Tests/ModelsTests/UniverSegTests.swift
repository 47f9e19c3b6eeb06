// UniverSeg against a twin that keeps the official order of operations, and what it refuses.

import Tensors
import Testing
import Weights

@testable import Models

@Suite struct UniverSegTests {
  /// Three levels of different widths.
  static let small = UniverSeg.Configuration(widths: [6, 5, 4])

  static func model() throws -> UniverSeg {
    try UniverSeg(Weights(SeededInitialiser(seed: 3)), small)
  }

  /// Random images with random masks, of 16 × 24 pixels.
  static func support(
    _ count: Int, targets: Int = 1, seed: UInt64 = 5
  ) throws -> SupportTensors {
    let generator = try RandomGenerator(seed: seed)
    let shape = [targets, count, 1, 16, 24]
    return try SupportTensors(
      images: generator.uniform(shape),
      masks: generator.uniform(shape).greater(0.5).to(.float32))
  }

  static func target(_ count: Int = 1) throws -> Tensor {
    try RandomGenerator(seed: 7).uniform([count, 1, 16, 24])
  }

  private func difference(_ a: Tensor, _ b: Tensor) throws -> Double {
    #expect(a.shape == b.shape)
    return try (a - b).absolute().largest().item()
  }

  /// Every example beside the target through every convolution, as the paper describes it.
  private func twin(_ model: UniverSeg, _ target: Tensor, _ support: SupportTensors) throws
    -> Tensor
  {
    func block(
      _ block: UniverSeg.CrossBlock, _ target: Tensor, _ examples: [Tensor]
    ) throws -> (Tensor, [Tensor]) {
      let met = try examples.map { try block.cross(.concatenate([target, $0], axis: 1)) }
      return (
        try block.targetConvolution(.stack(met).mean(0)).leakyReLU(),
        try met.map { try block.supportConvolution($0).leakyReLU() }
      )
    }
    func doubled(_ x: Tensor) throws -> Tensor {
      try x.resized(to: [2 * x.size(2), 2 * x.size(3)], .linear, alignCorners: true)
    }
    var target = target
    var examples = try (0..<support.count).map {
      try Tensor.concatenate(
        [support.images.select($0, axis: 1), support.masks.select($0, axis: 1)], axis: 1)
    }
    var skips: [(Tensor, [Tensor])] = []
    for (level, layer) in model.encoder.enumerated() {
      (target, examples) = try block(layer, target, examples)
      if level == model.encoder.count - 1 { break }
      skips.append((target, examples))
      target = try target.maxPooled([2, 2])
      examples = try examples.map { try $0.maxPooled([2, 2]) }
    }
    for layer in model.decoder {
      let (skip, others) = skips.removeLast()
      target = try .concatenate([doubled(target), skip], axis: 1)
      examples = try zip(examples, others).map {
        try Tensor.concatenate([doubled($0), $1], axis: 1)
      }
      (target, examples) = try block(layer, target, examples)
    }
    return try model.output(target)
  }

  /// Numbers of examples below, at and above what is computed together.
  @Test(arguments: [1, 2, 7, 8, 9, 19])
  func theOrderOfOperationsChangesNothing(examples: Int) throws {
    try inference {
      let model = try Self.model()
      let support = try Self.support(examples)
      let target = try Self.target()
      let ours = try model.logits(target, support: support)
      #expect(ours.shape == [1, 1, 16, 24])
      #expect(try difference(ours, twin(model, target, support)) < 1e-5)
    }
  }

  @Test func severalTargetsAreSegmentedAsEachAlone() throws {
    try inference {
      let model = try Self.model()
      let targets = try Self.target(3)
      let own = try Self.support(5, targets: 3)
      let together = try model.logits(targets, support: own)
      let shared = try Self.support(11)
      let togetherShared = try model.logits(targets, support: shared)
      for index in 0..<3 {
        let alone = try targets.slice(index..<index + 1, axis: 0)
        let support = try SupportTensors(
          images: own.images.slice(index..<index + 1, axis: 0),
          masks: own.masks.slice(index..<index + 1, axis: 0))
        let expected = try model.logits(alone, support: support)
        #expect(try difference(together.slice(index..<index + 1, axis: 0), expected) < 1e-5)
        let expectedShared = try model.logits(alone, support: shared)
        #expect(
          try difference(togetherShared.slice(index..<index + 1, axis: 0), expectedShared) < 1e-5)
      }
    }
  }

  @Test func neitherOrderNorRepetitionOfAllExamplesMatters() throws {
    try inference {
      let model = try Self.model()
      let support = try Self.support(11)
      let target = try Self.target()
      let logits = try model.logits(target, support: support)
      func chosen(_ indices: [Int64]) throws -> Tensor {
        let indices = try Tensor(indices, shape: [indices.count])
        return try model.logits(
          target,
          support: SupportTensors(
            images: support.images.selecting(indices, axis: 1),
            masks: support.masks.selecting(indices, axis: 1)))
      }
      #expect(try difference(logits, chosen((0..<11).reversed())) < 1e-5)
      #expect(try difference(logits, chosen(Array(0..<11) + Array(0..<11))) < 1e-5)
      #expect(try difference(logits, chosen([0])) > 1e-4)
    }
  }

  @Test func whatDoesNotFitIsRefusedInOneLine() throws {
    let model = try Self.model()
    let target = try Self.target()
    let support = try Self.support(2)
    let odd = try Tensor.zeros([1, 1, 18, 24])
    let refusals: [() throws -> Tensor] = [
      { try model.logits(odd, support: support) },
      { try model.logits(.zeros([1, 3, 16, 24]), support: support) },
      { try model.logits(.zeros([1, 1, 24, 16]), support: support) },
      { try model.logits(.zeros([3, 1, 16, 24]), support: Self.support(2, targets: 2)) },
      {
        let none = try SupportTensors(
          images: .zeros([1, 0, 1, 16, 24]), masks: .zeros([1, 0, 1, 16, 24]))
        return try model.logits(target, support: none)
      },
      {
        let short = try SupportTensors(
          images: .zeros([1, 3, 1, 16, 24]), masks: .zeros([1, 2, 1, 16, 24]))
        return try model.logits(target, support: short)
      },
      {
        try UniverSeg(Weights(ZeroSource()), .init(widths: [])).logits(target, support: support)
      },
    ]
    for refused in refusals {
      let error = #expect(throws: TensorError.self) { try refused() }
      #expect(!String(describing: try #require(error)).contains("\n"))
    }
  }

  /// The target's half and the last level are computed once, so the effort grows by less than a network's
  /// worth with each example.
  @Test func anExampleCostsLessThanTheImage() throws {
    let counted = try Registry.model("universeg/v1").operations(forInputs: [[1, 1, 128, 128]])
    let example = try #require(counted.example)
    #expect(example > 0 && example < counted.image)
  }
}
