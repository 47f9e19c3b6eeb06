// What does not fit is named and refused.

import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct LossRefusalTests {
  private let scheme = LabelScheme(channels: .classes(count: 2))
  private let scores: @Sendable () throws -> Tensor = {
    try Tensor([Float](repeating: 0, count: 8), shape: [1, 2, 2, 2])
  }

  @Test(arguments: [-1, 2, Int(Int16.max), Int(Int16.min)])
  func labelOutsideTheSchemeIsNamed(_ label: Int) throws {
    let batch = try labelledBatch([[0, 1, Int16(label), 0]], shapes: [[1, 2, 2]])
    let expected = LossError.labelOutside(
      label: label, caseID: "case0", expected: "one of 0 to 1")
    #expect(throws: expected) {
      try SegmentationLoss.standard([scores()], batch, scheme: scheme, weights: [1])
    }
    #expect(throws: LossError.self) {
      try OverlapCounts(scores: scores(), labels: batch.targets[0], scheme: scheme)
    }
    #expect("\(expected)".contains("label \(label)"))
  }

  @Test func otherShapesAreRefused() throws {
    let batch = try labelledBatch([[0, 1, 1, 0]], shapes: [[1, 2, 2]])
    for shape in [[1, 2, 4], [2, 1, 2, 2], [1, 8], [8]] {
      let scores = try Tensor([Float](repeating: 0, count: 8), shape: shape)
      #expect(throws: LossError.self) {
        try SegmentationLoss.standard([scores], batch, scheme: scheme, weights: [1])
      }
    }
    #expect(throws: LossError.outputsDiffer(scores: 1, targets: 1, weights: 2)) {
      try SegmentationLoss.standard([scores()], batch, scheme: scheme, weights: [1, 1])
    }
    #expect(throws: LossError.self) {
      try SegmentationLoss.standard([scores()], batch, scheme: scheme, weights: [0])
    }
    #expect(throws: LossError.self) {
      try OverlapCounts(scores: scores(), labels: [0, 1], scheme: scheme)
    }
  }

  @Test(arguments: [
    LabelScheme(channels: .classes(count: 1)), LabelScheme(channels: .classes(count: -3)),
    LabelScheme(channels: .classes(count: .max)), LabelScheme(channels: .regions([])),
    LabelScheme(channels: .regions([[1], []])), LabelScheme(channels: .regions([[0, 1]])),
    LabelScheme(channels: .regions([[70000]])),
    LabelScheme(channels: .classes(count: 3), ignoreLabel: 2),
    LabelScheme(channels: .classes(count: 3), ignoreLabel: 70000),
    LabelScheme(channels: .regions([[1]]), ignoreLabel: 0),
  ])
  func schemesThatMeanNothingAreRefused(_ scheme: LabelScheme) throws {
    #expect(throws: LossError.self) { try scheme.check() }
  }

  @Test(arguments: [
    SegmentationLoss(overlap: .none, voxelwise: .none), SegmentationLoss(smooth: -1),
    SegmentationLoss(overlap: .tversky(alpha: 0, beta: 0)),
    SegmentationLoss(voxelwise: .topK(share: 0)), SegmentationLoss(voxelwise: .topK(share: 1.5)),
    SegmentationLoss(voxelwise: .focal(gamma: .nan)), SegmentationLoss(boundaryWeight: .infinity),
  ])
  func settingsOutsideTheirRangeAreRefused(_ loss: SegmentationLoss) {
    #expect(throws: LossError.self) { try loss.check() }
  }

  @Test func settingsSurviveTheirJSON() throws {
    let loss = SegmentationLoss(
      overlap: .tversky(alpha: 0.3, beta: 0.7), voxelwise: .topK(share: 0.1), batchDice: true)
    let copy = try JSONDecoder().decode(
      SegmentationLoss.self, from: JSONEncoder().encode(loss))
    #expect(copy == loss)
    let scheme = LabelScheme(channels: .regions([[1, 2], [2]]), ignoreLabel: 3)
    let same = try JSONDecoder().decode(LabelScheme.self, from: JSONEncoder().encode(scheme))
    #expect(same == scheme)
  }
}
