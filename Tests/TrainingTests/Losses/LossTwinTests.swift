// Overlap and boundary terms against their formulas, computed voxel by voxel in plain loops.

import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct LossTwinTests {
  private static let shape = [2, 2, 3, 2]
  fileprivate static let voxels = 12

  /// What a voxel of a sample means to the foreground channels, by the plainest reading of the scheme.
  private struct Twin {
    let problem: LossProblem
    let scores: [Double]
    let annotated: [[Int]?]
    var scheme: LabelScheme { problem.scheme }
    var channels: Int { scheme.foreground.count }
    var voxels: Int { LossTwinTests.voxels }

    func label(_ sample: Int, _ voxel: Int) -> Int {
      Int(problem.batch.targets[0][sample * voxels + voxel])
    }

    func counts(_ sample: Int, _ voxel: Int) -> Bool {
      label(sample, voxel) != scheme.ignoreLabel
    }

    func member(_ sample: Int, _ channel: Int, _ voxel: Int) -> Bool {
      counts(sample, voxel) && scheme.foreground[channel].contains(label(sample, voxel))
    }

    func judged(_ sample: Int, _ channel: Int) -> Bool {
      guard let known = annotated[sample] else { return true }
      return scheme.foreground[channel].allSatisfy { known.contains($0) }
    }

    func probability(_ sample: Int, _ channel: Int, _ voxel: Int) -> Double {
      func score(_ index: Int) -> Double {
        scores[(sample * scheme.channelCount + index) * voxels + voxel]
      }
      if !scheme.hasClasses { return 1 / (1 + exp(-score(channel))) }
      let sum = (0..<scheme.channelCount).reduce(0) { $0 + exp(score($1)) }
      return exp(score(channel + 1)) / sum
    }

    func overlap(alpha: Double, beta: Double) -> Double {
      let groups = problem.loss.batchDice ? [[0, 1]] : [[0], [1]]
      var ratios: [Double] = []
      for group in groups {
        for channel in 0..<channels {
          let samples = group.filter { judged($0, channel) }
          if samples.isEmpty { continue }
          var (hits, invented, missed) = (0.0, 0.0, 0.0)
          for sample in samples {
            for voxel in 0..<voxels where counts(sample, voxel) {
              let p = probability(sample, channel, voxel)
              let y = member(sample, channel, voxel) ? 1.0 : 0.0
              hits += p * y
              invented += p * (1 - y)
              missed += (1 - p) * y
            }
          }
          let smooth = problem.loss.smooth
          ratios.append((hits + smooth) / (hits + alpha * invented + beta * missed + smooth))
        }
      }
      return -ratios.reduce(0, +) / Double(ratios.count)
    }

    func boundary() -> Double {
      var (sum, entries) = (0.0, 0)
      for sample in 0..<2 {
        for channel in 0..<channels where judged(sample, channel) {
          let inside = (0..<voxels).map { member(sample, channel, $0) }
          for voxel in 0..<voxels where counts(sample, voxel) {
            entries += 1
            let others = (0..<voxels).filter { inside[$0] != inside[voxel] }
            guard let nearest = others.map({ distance($0, voxel) }).min() else { continue }
            sum += probability(sample, channel, voxel) * (inside[voxel] ? 1 - nearest : nearest)
          }
        }
      }
      return sum / Double(entries)
    }

    private func distance(_ a: Int, _ b: Int) -> Double {
      let steps = [a / 6 - b / 6, a / 2 % 3 - b / 2 % 3, a % 2 - b % 2]
      return Double(steps.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }
  }

  private func twin(_ scheme: LabelScheme, batchDice: Bool, partial: Bool) throws -> Twin {
    var samples = LossSamples(seed: 13)
    let ignored = scheme.ignoreLabel.map { [Int16($0)] } ?? []
    let labels = samples.labels(24, of: [0, 0, 1, 2, 3] + ignored)
    let annotated: [[Int]?] = partial ? [[1, 2], nil] : [nil, nil]
    let loss = SegmentationLoss(
      overlap: .none, voxelwise: .none, batchDice: batchDice, smooth: 0.2)
    return Twin(
      problem: LossProblem(
        loss: loss, scheme: scheme,
        batch: try labelledBatch([labels], shapes: [Self.shape], annotated: annotated),
        shape: [2, scheme.channelCount, 2, 3, 2]),
      scores: samples.scores(24 * scheme.channelCount), annotated: annotated)
  }

  @Test(arguments: LossGradientTests.schemes.indices, [false, true])
  func termsFollowTheirFormulas(_ scheme: Int, _ partial: Bool) throws {
    for batchDice in [false, true] {
      let twin = try twin(
        LossGradientTests.schemes[scheme], batchDice: batchDice, partial: partial)
      var problem = twin.problem
      for (alpha, beta) in [(0.3, 0.7), (0.7, 0.3), (1, 1)] {
        problem.loss.overlap = .tversky(alpha: alpha, beta: beta)
        let difference = try problem.value(twin.scores) - twin.overlap(alpha: alpha, beta: beta)
        #expect(abs(difference) < 1e-12, "\(alpha), \(beta), batch \(batchDice)")
      }
      problem.loss.overlap = .none
      problem.loss.boundaryWeight = 2
      // Distances are kept in single precision.
      #expect(abs(try problem.value(twin.scores) - 2 * twin.boundary()) < 1e-6)
    }
  }

  /// Scores of half precision are summed in single precision.
  @Test(arguments: [DType.bfloat16, .float16])
  func halfPrecisionCostsNoMoreThanItsDigits(_ type: DType) throws {
    let twin = try twin(LossGradientTests.schemes[0], batchDice: true, partial: false)
    let (loss, scheme) = (SegmentationLoss.standard, twin.scheme)
    let halves = try Tensor(twin.scores, shape: twin.problem.shape).to(type).requiringGrad()
    let value = try loss([halves], twin.problem.batch, scheme: scheme, weights: [1])
    let wide = try halves.detached().to(.float32)
    #expect(
      try value.item() == loss([wide], twin.problem.batch, scheme: scheme, weights: [1]).item())
    try value.backward()
    #expect(try halves.grad.dtype == type)
  }
}
