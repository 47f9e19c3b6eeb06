// Slopes of every variant against differences in double precision, and what the variants have in common.

import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct LossGradientTests {
  static let terms: [(SegmentationLoss.Overlap, SegmentationLoss.Voxelwise, Double)] = [
    (.dice, .none, 0), (.tversky(alpha: 0.3, beta: 0.7), .none, 0), (.none, .crossEntropy, 0),
    (.none, .topK(share: 0.3), 0), (.none, .focal(gamma: 2), 0), (.none, .focal(gamma: 0.5), 0),
    (.none, .none, 1), (.tversky(alpha: 0.7, beta: 0.3), .focal(gamma: 1), 0.5),
  ]
  static let schemes = [
    LabelScheme(channels: .classes(count: 4)),
    LabelScheme(channels: .classes(count: 4), ignoreLabel: 4),
    LabelScheme(channels: .regions([[1, 2, 3], [2, 3], [3]])),
    LabelScheme(channels: .regions([[1, 2], [3]]), ignoreLabel: 255),
  ]

  private func problem(
    _ scheme: LabelScheme, batchDice: Bool, partial: Bool
  ) throws -> (LossProblem, [Double]) {
    var samples = LossSamples(seed: 3)
    let ignored = scheme.ignoreLabel.map { [Int16($0)] } ?? []
    let labels = samples.labels(24, of: [0, 0, 1, 2, 3] + ignored)
    let annotated: [[Int]?]? = partial ? [[1, 2], nil] : nil
    let problem = LossProblem(
      loss: SegmentationLoss(batchDice: batchDice, smooth: 0.1), scheme: scheme,
      batch: try labelledBatch([labels], shapes: [[2, 2, 3, 2]], annotated: annotated),
      shape: [2, scheme.channelCount, 2, 3, 2])
    return (problem, samples.scores(24 * scheme.channelCount))
  }

  @Test(arguments: terms.indices, schemes.indices)
  func slopesAreThoseOfDifferences(_ term: Int, _ scheme: Int) throws {
    for (batchDice, partial) in [(false, false), (true, false), (true, true)] {
      var (problem, scores) = try problem(
        Self.schemes[scheme], batchDice: batchDice, partial: partial)
      (problem.loss.overlap, problem.loss.voxelwise, problem.loss.boundaryWeight) =
        Self.terms[term]
      let error = try relativeDifference(problem.gradient(scores), problem.differences(scores))
      #expect(error < 1e-6, "batch \(batchDice), partial \(partial): \(error)")
    }
  }

  /// Networks begin with scores of 0, where maximum and magnitude have a corner.
  @Test func slopeOfBinaryCrossEntropyAtZeroIsHalf() throws {
    let problem = LossProblem(
      loss: SegmentationLoss(overlap: .none), scheme: LabelScheme(channels: .regions([[1]])),
      batch: try labelledBatch([[0, 1]], shapes: [[1, 1, 2]]), shape: [1, 1, 1, 2])
    #expect(try problem.gradient([0, 0]) == [0.25, -0.25])
  }

  @Test(arguments: schemes.indices)
  func relationsBetweenVariantsHold(_ scheme: Int) throws {
    var (problem, scores) = try problem(Self.schemes[scheme], batchDice: true, partial: false)
    problem.loss.smooth = 0
    problem.loss.voxelwise = .none
    let dice = try problem.value(scores)
    problem.loss.overlap = .tversky(alpha: 0.5, beta: 0.5)
    #expect(abs(try problem.value(scores) - dice) < 1e-12)
    problem.loss.overlap = .none
    problem.loss.voxelwise = .crossEntropy
    let entropy = try problem.value(scores)
    problem.loss.voxelwise = .focal(gamma: 0)
    #expect(abs(try problem.value(scores) - entropy) < 1e-12)
    problem.loss.voxelwise = .focal(gamma: 2)
    #expect(try problem.value(scores) < entropy)
    problem.loss.voxelwise = .topK(share: 0.1)
    #expect(try problem.value(scores) > entropy / Double(Self.schemes[scheme].channelCount))
  }

  /// The costs of focal loss and cross-entropy by their formulas, voxel by voxel.
  @Test(arguments: [0.0, 2.0])
  func focalLossFollowsItsFormula(_ gamma: Double) throws {
    var (problem, scores) = try problem(Self.schemes[0], batchDice: false, partial: false)
    problem.loss.overlap = .none
    problem.loss.voxelwise = .focal(gamma: gamma)
    var sum = 0.0
    for sample in 0..<2 {
      for voxel in 0..<12 {
        let powers = (0..<4).map { exp(scores[(sample * 4 + $0) * 12 + voxel]) }
        let label = Int(problem.batch.targets[0][sample * 12 + voxel])
        let share = powers[label] / powers.reduce(0, +)
        sum -= (gamma == 0 ? 1 : (1 - share) * (1 - share)) * log(share)
      }
    }
    #expect(abs(try problem.value(scores) - sum / 24) < 1e-12)
  }

  @Test func boundaryTermRewardsDepthAndPunishesDistance() throws {
    var labels = [Int16](repeating: 0, count: 49)
    for y in 2..<5 { for x in 2..<5 { labels[y * 7 + x] = 1 } }
    let problem = LossProblem(
      loss: SegmentationLoss(overlap: .none, voxelwise: .none, boundaryWeight: 1),
      scheme: LabelScheme(channels: .regions([[1]])),
      batch: try labelledBatch([labels], shapes: [[1, 7, 7]]), shape: [1, 1, 7, 7])
    let slopes = try problem.gradient([Double](repeating: 0, count: 49))
    #expect(slopes[3 * 7 + 3] < 0)
    #expect(slopes[2 * 7 + 2] == 0)
    #expect(slopes[0] > slopes[8] && slopes[8] > 0)
  }

  @Test func outputsOfWeightZeroGetNoSlope() throws {
    let batch = try labelledBatch([[0, 1, 1, 0], [9]], shapes: [[1, 2, 2], [1, 1, 1]])
    let scheme = LabelScheme(channels: .classes(count: 2))
    let fine = try Tensor([Float](repeating: 0, count: 8), shape: [1, 2, 2, 2])
    let coarse = try Tensor([Float](repeating: 0, count: 2), shape: [1, 2, 1, 1])
    let loss = SegmentationLoss.standard
    let both = try loss([fine, coarse], batch, scheme: scheme, weights: [1, 0]).item()
    #expect(try loss([fine], batch, scheme: scheme, weights: [1]).item() == both)
    #expect(try 2 * both == loss([fine], batch, scheme: scheme, weights: [2]).item())
  }
}
