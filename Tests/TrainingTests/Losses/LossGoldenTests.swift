// Losses, slopes and counts against nnU-Net's own, by Golden/losses.py.

import Foundation
import Tensors
import Testing

@testable import Training

struct LossGolden: Decodable {
  struct Loss: Decodable {
    let term: String
    let batchDice: Bool
    let smooth: Double
    let value: Double
    let gradients: [[Double]]
  }

  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let regions: [[Int]]
    let channels: Int
    let ignore: Int?
    let shapes: [[Int]]
    let scores64: [[Int]]
    let labels: [[Int16]]
    let weights: [Double]
    let losses: [Loss]
    let counts: [[Int]]

    var testDescription: String { name }

    var scheme: LabelScheme {
      LabelScheme(
        channels: regions.isEmpty ? .classes(count: channels) : .regions(regions),
        ignoreLabel: ignore)
    }

    func scores() throws -> [Tensor] {
      try zip(scores64, shapes).map { scores, shape in
        try Tensor(
          scores.map { Float($0) / 64 },
          shape: [shape[0], channels] + shape.dropFirst())
      }
    }
  }

  struct Boundary: Decodable {
    let shape: [Int]
    let labels: [Int16]
    let maps: [[Double]]
  }

  let cases: [Case]
  let boundary: [Boundary]

  static let shared: LossGolden? = {
    guard
      let url = Bundle.module.url(
        forResource: "losses", withExtension: "json", subdirectory: "Golden"),
      let data = try? Data(contentsOf: url)
    else { return nil }
    return try? JSONDecoder().decode(LossGolden.self, from: data)
  }()
}

@Suite struct LossGoldenTests {
  @Test func goldenNumbersAreThere() throws {
    let golden = try #require(LossGolden.shared)
    #expect(golden.cases.count == 11)
    #expect(golden.cases.allSatisfy { $0.losses.count >= 4 })
  }

  @Test(arguments: LossGolden.shared?.cases ?? [])
  func valuesAndSlopesAreThoseOfNNUNet(_ golden: LossGolden.Case) throws {
    let batch = try labelledBatch(golden.labels, shapes: golden.shapes)
    for expected in golden.losses {
      var loss = SegmentationLoss.standard
      loss.batchDice = expected.batchDice
      loss.smooth = expected.smooth
      if expected.term == "dice+topk" { loss.voxelwise = .topK(share: 0.1) }
      let scores = try golden.scores().map { try $0.requiringGrad() }
      let value = try loss(scores, batch, scheme: golden.scheme, weights: golden.weights)
      let error = abs(try value.item() - expected.value)
      #expect(error <= 1e-5 * abs(expected.value), "\(expected.term): \(error)")
      try value.backward()
      for (tensor, gradient) in zip(scores, expected.gradients) where !gradient.isEmpty {
        let found = try tensor.grad.values().map(Double.init)
        let error = relativeDifference(found, gradient)
        #expect(error <= 1e-5, "\(expected.term), batch \(expected.batchDice): \(error)")
      }
    }
  }

  @Test(arguments: LossGolden.shared?.cases ?? [])
  func countsAreThoseOfNNUNet(_ golden: LossGolden.Case) throws {
    let counts = try OverlapCounts(
      scores: golden.scores()[0], labels: golden.labels[0], scheme: golden.scheme)
    #expect(
      [counts.truePositives, counts.falsePositives, counts.falseNegatives] == golden.counts)
  }

  @Test(arguments: LossGolden.shared?.cases ?? [])
  func weightsOfOutputsAreThoseOfNNUNet(_ golden: LossGolden.Case) {
    let weights = DeepSupervisionWeights.standard(outputs: golden.shapes.count)
    // A single output is not supervised deeply.
    #expect(relativeDifference(weights, golden.weights) < 1e-15)
  }

  @Test func distancesAreThoseOfSciPy() throws {
    for golden in try #require(LossGolden.shared).boundary {
      let maps = try TargetMaps(
        labels: golden.labels, samples: 1, annotatedLabels: [nil], caseIDs: ["a"],
        scheme: LabelScheme(channels: .classes(count: 4)))
      let found = try maps.signedDistances(extents: golden.shape).values().map(Double.init)
      #expect(relativeDifference(found, golden.maps.flatMap { $0 }) < 1e-6)
    }
  }
}
