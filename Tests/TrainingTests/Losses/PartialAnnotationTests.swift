// Organs that nobody looked for must not be taught to be background.

import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct PartialAnnotationTests {
  private let scheme = LabelScheme(channels: .classes(count: 3))

  private func problem(
    _ loss: SegmentationLoss, scheme: LabelScheme, labels: [Int16], annotated: [Int]?
  ) throws -> LossProblem {
    LossProblem(
      loss: loss, scheme: scheme,
      batch: try labelledBatch(
        [labels], shapes: [[1, 1, labels.count]], annotated: [annotated]),
      shape: [1, scheme.channelCount, 1, labels.count])
  }

  /// A network that sees the organ 2 in a voxel labelled background is right, as far as anybody knows.
  @Test(arguments: [
    SegmentationLoss.Voxelwise.crossEntropy, .focal(gamma: 2), .topK(share: 1),
  ])
  func noSlopeAgainstOrgansThatWereNotAnnotated(_ voxelwise: SegmentationLoss.Voxelwise) throws {
    let scores = [0.0, 0.0, 30.0]
    let loss = SegmentationLoss(voxelwise: voxelwise)
    let whole = try problem(loss, scheme: scheme, labels: [0], annotated: nil)
    let partial = try problem(loss, scheme: scheme, labels: [0], annotated: [1])
    #expect(try whole.gradient(scores)[2] > 0.5)
    #expect(try partial.gradient(scores).allSatisfy { abs($0) < 1e-6 })
  }

  /// Cross-entropy of the network whose channels 0 and 2 are one.
  @Test func crossEntropyIsThatOfTheMergedClass() throws {
    var samples = LossSamples(seed: 5)
    let labels = samples.labels(10, of: [0, 1])
    let scores = samples.scores(30)
    let loss = SegmentationLoss(overlap: .none)
    let merged = (0..<10).map { log(exp(scores[$0]) + exp(scores[20 + $0])) }
    let twoClasses = try problem(
      loss, scheme: LabelScheme(channels: .classes(count: 2)), labels: labels, annotated: nil)
    let partial = try problem(loss, scheme: scheme, labels: labels, annotated: [1])
    let expected = try twoClasses.value(merged + scores[10..<20])
    #expect(abs(try partial.value(scores) - expected) < 1e-12)
    // The slope is shared by probability, so that neither of the merged classes is preferred.
    let slopes = try partial.gradient(scores)
    for voxel in 0..<10 {
      let (none, other) = (exp(scores[voxel]), exp(scores[20 + voxel]))
      #expect(abs(slopes[voxel] * other - slopes[20 + voxel] * none) < 1e-12)
    }
  }

  @Test(arguments: [false, true])
  func channelsThatWereNotAnnotatedLeaveTheOverlap(_ batchDice: Bool) throws {
    var samples = LossSamples(seed: 7)
    let scores = samples.scores(30)
    var loss = SegmentationLoss(voxelwise: .none, boundaryWeight: 1)
    loss.batchDice = batchDice
    let regions = LabelScheme(channels: .regions([[1], [1, 2], [3]]))
    let labels = samples.labels(10, of: [0, 1])
    let partial = try problem(loss, scheme: regions, labels: labels, annotated: [1])
    let alone = try problem(
      loss, scheme: LabelScheme(channels: .regions([[1]])), labels: labels, annotated: nil)
    #expect(abs(try partial.value(scores) - alone.value(Array(scores[..<10]))) < 1e-12)
    loss.voxelwise = .crossEntropy
    let slopes = try problem(loss, scheme: regions, labels: labels, annotated: [1])
      .gradient(scores)
    #expect(slopes[10...].allSatisfy { $0 == 0 })
    #expect(slopes[..<10].contains { $0 != 0 })
  }

  @Test func caseWithoutAnyAnnotationTeachesNothing() throws {
    var samples = LossSamples(seed: 9)
    let scores = samples.scores(30)
    let nothing = try problem(
      .standard, scheme: scheme, labels: Array(repeating: 0, count: 10), annotated: [])
    #expect(try nothing.gradient(scores).allSatisfy { abs($0) < 1e-12 })
    #expect(abs(try nothing.value(scores)) < 1e-12)
  }

  @Test func annotationOfAllLabelsChangesNothing() throws {
    var samples = LossSamples(seed: 11)
    let labels = samples.labels(10, of: [0, 1, 2])
    let scores = samples.scores(30)
    let named = try problem(.standard, scheme: scheme, labels: labels, annotated: [2, 1])
    let all = try problem(.standard, scheme: scheme, labels: labels, annotated: nil)
    #expect(try named.value(scores) == all.value(scores))
  }

  @Test func countsLeaveOutWhatWasNotAnnotated() throws {
    // Sample 0 hits 1 and claims 2 in a voxel; only 1 was looked for. Sample 1 misses 2.
    let scores = try Tensor(
      [0, 0, 5, 0, 0, 5, 5, 5, 0, 0, 0, 0] as [Float], shape: [2, 3, 2, 1])
    let counts = try OverlapCounts(
      scores: scores, labels: [1, 0, 0, 2], scheme: scheme, annotatedLabels: [[1], nil])
    #expect(counts.truePositives == [1, 0])
    #expect(counts.falsePositives == [0, 0])
    #expect(counts.falseNegatives == [0, 1])
    #expect(counts.dice == [1, 0])
    #expect((counts + counts).truePositives == [2, 0])
    #expect(counts.meanDice == 0.5)
    #expect(OverlapCounts(classes: 2).dice == [nil, nil])
    #expect(OverlapCounts(classes: 2).meanDice == nil)
  }
}
