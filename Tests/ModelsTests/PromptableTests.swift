// Prompts for several objects at once, and what is refused.

import Tensors
import Testing
import Weights

@testable import Models

@Suite struct PromptableTests {
  /// SAM in small: 4 × 4 patches, which no window divides.
  static let small = SegmentAnything.Configuration(
    encoder: .transformer(.init(width: 32, depth: 2, heads: 2, globalBlocks: [1], window: 3)),
    imageSize: 64, width: 32)

  static func model() throws -> SegmentAnything {
    try SegmentAnything(Weights(SeededInitialiser(seed: 3)), small)
  }

  static func embedding(_ model: any PromptableModel) throws -> ImageEmbedding {
    try model.embed(RandomGenerator(seed: 6).uniform([1, 3, 64, 64]))
  }

  /// A model of each kind in small, all with 4 × 4 cells of 16 pixels.
  enum Family: CaseIterable {
    case segmentAnything, efficientSAM

    func model() throws -> any PromptableModel {
      switch self {
      case .segmentAnything: try PromptableTests.model()
      case .efficientSAM: try EfficientSAMTests.model()
      }
    }
  }

  @Test(arguments: Family.allCases)
  func severalObjectsAreDecodedAsEachAlone(_ family: Family) throws {
    let points: [[Float]] = [[10, 20, 30, 40], [5, 60, 50, 2], [33, 33, 1, 9]]
    let labels: [[Int64]] = [[1, 0], [1, -1], [0, 1]]
    try inference {
      let model = try family.model()
      let image = try Self.embedding(model)
      func logits(_ chosen: Range<Int>) throws -> Tensor {
        let prompts = try PromptTensors(
          points: Tensor(Array(points[chosen].joined()), shape: [chosen.count, 2, 2]),
          labels: Tensor(Array(labels[chosen].joined()), shape: [chosen.count, 2]))
        return try model.decode(image, model.encode(prompts), multimask: true).logits
      }
      let together = try logits(0..<3)
      #expect(together.shape == [3, 3, 16, 16])
      let alone = try Tensor.concatenate((0..<3).map { try logits($0..<($0 + 1)) }, axis: 0)
      #expect(try (together - alone).absolute().largest().item() < 1e-5)
    }
  }

  @Test func aMaskAloneIsAPrompt() throws {
    try inference {
      let model = try Self.model()
      let image = try Self.embedding(model)
      let mask = try RandomGenerator(seed: 8).normal([2, 1, 16, 16])
      let candidates = try model.decode(
        image, model.encode(PromptTensors(mask: mask)), multimask: false)
      #expect(candidates.logits.shape == [2, 1, 16, 16])
      #expect(candidates.predictedIoU.shape == [2, 1])
    }
  }

  @Test func impossiblePromptsAreRefused() throws {
    #expect(throws: TensorError.self) { try PromptTensors() }
    #expect(throws: TensorError.self) { try PromptTensors(points: .zeros([1, 2, 2])) }
    #expect(throws: TensorError.self) { try PromptTensors(boxes: .zeros([2, 5])) }
    #expect(throws: TensorError.self) {
      try PromptTensors(boxes: .zeros([2, 4]), mask: .zeros([1, 1, 16, 16]))
    }
    let model = try Self.model()
    #expect(throws: TensorError.self) {
      try model.encode(PromptTensors(mask: .zeros([1, 1, 8, 8])))
    }
    #expect(throws: TensorError.self) { try model.embed(.zeros([1, 3, 32, 64])) }
  }

  @Test(arguments: Family.allCases)
  func theAnswerDependsOnThePlaceOfThePrompt(_ family: Family) throws {
    try inference {
      let model = try family.model()
      let image = try Self.embedding(model)
      func logits(_ prompts: PromptTensors) throws -> Tensor {
        try model.decode(image, model.encode(prompts), multimask: true).logits
      }
      func difference(_ a: PromptTensors, _ b: PromptTensors) throws -> Double {
        try (logits(a) - logits(b)).absolute().largest().item()
      }
      let box = try PromptTensors(boxes: Tensor([Float(4), 4, 30, 30], shape: [1, 4]))
      let moved = try PromptTensors(boxes: Tensor([Float(24), 9, 50, 35], shape: [1, 4]))
      let point = try PromptTensors(
        points: Tensor([Float(4), 4], shape: [1, 1, 2]), labels: .ones([1, 1], dtype: .int64))
      #expect(try difference(box, box) == 0)
      #expect(try difference(box, moved) > 1e-3)
      #expect(try difference(box, point) > 1e-3)
    }
  }

  @Test(arguments: [
    (PromptPreparation.Restoration.scores, [0, 0, 1, 0] as [UInt8]),
    (.probabilities, [0, 0, 1, 0]), (.cubicScores, [0, 1, 1, 0]),
  ])
  func aRestoredValueIsOnTheObjectOrBesideIt(
    _ restoration: PromptPreparation.Restoration, expected: [UInt8]
  ) throws {
    let threshold = Float(restoration.threshold)
    let restored = try Tensor(
      [threshold - 1e-6, threshold, threshold + 1e-6, .nan], shape: [1, 1, 2, 2])
    #expect(try restoration.mask(of: restored).values(as: UInt8.self) == expected)
  }

  @Test func windowsComeTogetherAgain() throws {
    let x = try RandomGenerator(seed: 2).uniform([2, 5, 7, 3])
    let windows = try Windows(of: x, side: 3)
    #expect(windows.tiles.shape == [2 * 2 * 3, 3, 3, 3])
    #expect(try (windows.joined(windows.tiles) - x).absolute().largest().item() == 0)
  }

  @Test(arguments: [(480, 640, 768, 1024), (1, 4000, 1, 1024), (1500, 1000, 1024, 683)])
  func theLongerSideFillsTheSquare(height: Int, width: Int, covered: Int, across: Int) {
    let size = PixelSize(height: height, width: width)
    #expect(
      PromptPreparation.Fitting.padded.covered(by: size, side: 1024)
        == PixelSize(height: covered, width: across))
    #expect(
      PromptPreparation.Fitting.stretched.covered(by: size, side: 1024)
        == PixelSize(height: 1024, width: 1024))
  }
}
