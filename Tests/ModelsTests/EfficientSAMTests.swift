// What EfficientSAM makes of points and boxes, and what it refuses.

import Tensors
import Testing
import Weights

@testable import Models

@Suite struct EfficientSAMTests {
  /// 4 × 4 patches, positions learned on 3 × 3 of them.
  static let small = EfficientSAM.Configuration(
    encoder: .init(width: 32, depth: 2, heads: 2, learnedGrid: 3), imageSize: 64, width: 32)

  static func model() throws -> EfficientSAM {
    try EfficientSAM(Weights(SeededInitialiser(seed: 3)), small)
  }

  private func prompt(_ points: [Float], _ labels: [Int64]) throws -> PromptTensors {
    try PromptTensors(
      points: Tensor(points, shape: [1, labels.count, 2]),
      labels: Tensor(labels, shape: [1, labels.count]))
  }

  private func difference(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a - b).absolute().largest().item()
  }

  @Test func aBoxIsItsTwoCorners() throws {
    let model = try Self.model()
    let box = try Tensor([Float(3), 5, 40, 60], shape: [1, 4])
    let asBox = try model.encode(PromptTensors(boxes: box)).sparse
    let asPoints = try model.encode(prompt([3, 5, 40, 60], [2, 3])).sparse
    #expect(asBox.shape == [1, 6, 32])
    #expect(try difference(asBox, asPoints) == 0)
    let one = try prompt([9, 9], [1])
    let both = try model.encode(PromptTensors(points: one.points, labels: one.labels, boxes: box))
      .sparse
    #expect(
      try difference(both, model.encode(prompt([9, 9, 3, 5, 40, 60], [1, 2, 3])).sparse) == 0)
    #expect(try difference(asBox, model.encode(prompt([3, 5, 40, 60], [3, 2])).sparse) > 0.1)
  }

  @Test func pointsThatAreNoneCountForNothing() throws {
    let model = try Self.model()
    let one = try model.encode(prompt([9, 9], [1])).sparse
    let more = try model.encode(prompt([9, 9, 30, 31, -1, -1], [1, -1, -1])).sparse
    #expect(try difference(one, more) == 0)
  }

  /// The official code takes a coordinate outside the image for none, each by itself.
  @Test func coordinatesOutsideTheImageAreAllTheSame() throws {
    let model = try Self.model()
    let near = try model.encode(prompt([-0.25, 9], [1])).sparse
    #expect(try difference(near, model.encode(prompt([-7, 9], [1])).sparse) == 0)
    #expect(try difference(near, model.encode(prompt([0, 9], [1])).sparse) > 1e-3)
  }

  @Test func aPointBesideTheObjectHasAPositionOnly() throws {
    let model = try Self.model()
    let beside = try model.encode(prompt([9, 9], [0])).sparse.select(0).select(0)
    let on = try model.encode(prompt([9, 9], [1])).sparse.select(0).select(0)
    #expect(try difference(on - beside, model.pointEncoder.point.select(0)) < 1e-5)
  }

  @Test func theSingleAnswerIsTheBestOfThree() throws {
    try inference {
      let model = try Self.model()
      let image = try PromptableTests.embedding(model)
      let prompts = try model.encode(
        PromptTensors(
          boxes: Tensor([Float(3), 5, 40, 60, 1, 1, 9, 20, 30, 2, 60, 61], shape: [3, 4])))
      let three = try model.decode(image, prompts, multimask: true)
      let single = try model.decode(image, prompts, multimask: false)
      let overlaps = try three.predictedIoU.floats()
      for object in 0..<3 {
        let own = Array(overlaps[3 * object..<3 * object + 3])
        let best = try #require(own.indices.max { own[$0] < own[$1] })
        #expect(try single.predictedIoU.floats()[object] == own[best])
        let expected = try three.logits.select(object).select(best)
        #expect(try difference(single.logits.select(object).select(0), expected) == 0)
      }
    }
  }

  @Test func promptsBeyondItsLimitsAreRefusedInOneLine() throws {
    let model = try Self.model()
    let six = try prompt((0..<12).map(Float.init), [1, 1, 1, 1, 1, 0])
    #expect(try model.encode(six).sparse.shape == [1, 6, 32])
    let seven = try prompt((0..<14).map(Float.init), [1, 1, 1, 1, 1, 1, 0])
    let five = try prompt((0..<10).map(Float.init), [1, 1, 1, 1, 1])
    let refused = [
      (seven, "at most 6 points"),
      (
        try PromptTensors(points: five.points, labels: five.labels, boxes: .zeros([1, 4])),
        "these are 7"
      ),
      (try PromptTensors(mask: .zeros([1, 1, 16, 16])), "not earlier masks"),
    ]
    for (prompts, words) in refused {
      let error = #expect(throws: TensorError.self) { try model.encode(prompts) }
      let text = String(describing: try #require(error))
      #expect(text.contains(words) && !text.contains("\n"))
    }
    #expect(throws: TensorError.self) { try model.embed(.zeros([1, 3, 64, 32])) }
  }
}
