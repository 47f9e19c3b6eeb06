// Calibration, Brier score and area under the ROC curve against their definitions, word by word.

import Foundation
import Metrics
import Testing

@Suite struct ProbabilityMetricTests {
  typealias Options = Calibration.Options

  private static let options: [Options] = [1, 5, 10, 15].flatMap { bins in
    Options.Edges.allCases.flatMap { edges in
      Options.Confidence.allCases.flatMap { confidence in
        [false, true].map {
          Options(bins: bins, edges: edges, confidence: confidence, excludesZero: $0)
        }
      }
    }
  }

  /// The confidence of a voxel and whether it came true.
  private static func said(
    _ probability: Float, _ value: UInt8, _ options: Options
  ) -> (confidence: Double, isHit: Bool) {
    let p = Double(probability)
    guard options.confidence == .topLabel else { return (p, value != 0) }
    return p > 0.5 ? (p, value != 0) : (1 - p, value == 0)
  }

  @Test(arguments: options) func binsAgreeWithDefinition(options: Options) throws {
    for pair in ProbabilityPair.many.prefix(options.bins == 15 ? 500 : 100) {
      let found = try Calibration(
        probabilities: pair.probabilities, reference: pair.reference, options: options)
      let voxels = zip(pair.probabilities, pair.reference)
        .filter { $0.0 > 0 || !options.excludesZero }.map { Self.said($0.0, $0.1, options) }
      var error = 0.0
      for (index, bin) in found.bins.enumerated() {
        let low = Double(index) / Double(options.bins)
        let high = Double(index + 1) / Double(options.bins)
        let inside = voxels.filter { voxel in
          switch options.edges {
          case .rightClosed:
            voxel.confidence <= high && (voxel.confidence > low || index == 0)
          case .leftClosed:
            voxel.confidence >= low && (voxel.confidence < high || index == options.bins - 1)
          }
        }
        #expect((bin.low, bin.high) == (low, high))
        #expect(bin.count == inside.count, "seed \(pair.seed), bin \(index)")
        guard !inside.isEmpty else {
          #expect(bin.meanConfidence == nil && bin.frequency == nil)
          continue
        }
        let count = Double(inside.count)
        let confidence = inside.map(\.confidence).reduce(0, +) / count
        let frequency = Double(inside.count(where: \.isHit)) / count
        #expect(agree(bin.meanConfidence, confidence))
        #expect(agree(bin.frequency, frequency))
        error += count * abs(confidence - frequency)
      }
      #expect(agree(found.expectedError, voxels.isEmpty ? nil : error / Double(voxels.count)))
    }
  }

  @Test func mergedCasesAreOneLargeCase() throws {
    for (first, second) in zip(ProbabilityPair.many, ProbabilityPair.many.dropFirst()) {
      var merged = try Calibration(
        probabilities: first.probabilities, reference: first.reference)
      try merged.merge(
        Calibration(probabilities: second.probabilities, reference: second.reference))
      let together = try Calibration(
        probabilities: first.probabilities + second.probabilities,
        reference: first.reference + second.reference)
      #expect(merged.bins.map(\.count) == together.bins.map(\.count))
      #expect(agree(merged.expectedError, together.expectedError))
    }
    var merged = try Calibration(probabilities: [0.5], reference: [1])
    let other = try Calibration(
      probabilities: [0.5], reference: [1], options: Options(edges: .leftClosed))
    #expect(throws: MetricsError.self) { try merged.merge(other) }
  }

  @Test func calibrationSurvivesJSON() throws {
    let pair = ProbabilityPair.many[1]
    let found = try Calibration(probabilities: pair.probabilities, reference: pair.reference)
    let data = try JSONEncoder().encode(found)
    #expect(try JSONDecoder().decode(Calibration.self, from: data) == found)
  }

  @Test func brierAgreesWithDefinition() throws {
    for pair in ProbabilityPair.many {
      let count = Double(pair.reference.count)
      let errors = zip(pair.probabilities, pair.reference).map { probability, value in
        pow(Double(probability) - (value == 0 ? 0 : 1), 2)
      }
      let expected = errors.reduce(0, +) / count
      let (p, r) = (pair.probabilities, pair.reference)
      #expect(agree(try Brier.score(probabilities: p, reference: r), expected))
      #expect(agree(try Brier.score(probabilities: p, reference: r, classes: .both), 2 * expected))
    }
  }

  @Test func aurocCountsPairs() throws {
    for pair in ProbabilityPair.many {
      let positives = zip(pair.probabilities, pair.reference).filter { $0.1 != 0 }.map(\.0)
      let negatives = zip(pair.probabilities, pair.reference).filter { $0.1 == 0 }.map(\.0)
      var wins = 0.0
      for positive in positives {
        for negative in negatives {
          wins += positive > negative ? 1 : positive == negative ? 0.5 : 0
        }
      }
      let pairs = Double(positives.count * negatives.count)
      let found = try AUROC.score(probabilities: pair.probabilities, reference: pair.reference)
      #expect(agree(found, pairs == 0 ? nil : wins / pairs), "seed \(pair.seed)")
    }
  }

  /// Many voxels are sorted by their bits instead of by comparison: against the mean ranks.
  @Test(arguments: 0..<6 as Range<UInt64>) func aurocOfManyVoxels(seed: UInt64) throws {
    let pair = ProbabilityPair(seed: seed, count: 20_000)
    let positives = pair.reference.count { $0 != 0 }
    let negatives = pair.reference.count - positives
    var groups: [Float: (positives: Int, negatives: Int)] = [:]
    for (probability, value) in zip(pair.probabilities, pair.reference) {
      groups[probability, default: (0, 0)].positives += value == 0 ? 0 : 1
      groups[probability, default: (0, 0)].negatives += value == 0 ? 1 : 0
    }
    var below = 0
    var wins = 0.0
    for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
      wins += Double(group.positives) * (Double(below) + Double(group.negatives) / 2)
      below += group.negatives
    }
    let expected = positives * negatives == 0 ? nil : wins / Double(positives * negatives)
    let found = try AUROC.score(probabilities: pair.probabilities, reference: pair.reference)
    #expect(agree(found, expected))
  }

  @Test func minusZeroIsZero() throws {
    #expect(try AUROC.score(probabilities: [-0.0, 0], reference: [0, 1]) == 0.5)
    #expect(try AUROC.score(probabilities: [-0.0, 0], reference: [1, 0]) == 0.5)
  }

  @Test func nothingToScore() throws {
    #expect(try Calibration(probabilities: [], reference: []).expectedError == nil)
    #expect(try Brier.score(probabilities: [], reference: []) == nil)
    #expect(try AUROC.score(probabilities: [0.1, 0.2], reference: [1, 1]) == nil)
    #expect(try AUROC.score(probabilities: [0.1, 0.2], reference: [0, 0]) == nil)
  }

  @Test(arguments: [-0.1, 1.1, .infinity, -.infinity] as [Float])
  func noProbabilityIsRefused(value: Float) {
    let error = MetricsError.notAProbability(value, voxel: 1)
    #expect(throws: error) { try Calibration(probabilities: [0, value], reference: [0, 0]) }
    #expect(throws: error) { try Brier.score(probabilities: [0, value], reference: [0, 0]) }
    #expect(throws: error) { try AUROC.score(probabilities: [0, value], reference: [0, 0]) }
  }

  @Test func misuseIsRefused() {
    #expect(throws: MetricsError.self) { try Brier.score(probabilities: [.nan], reference: [0]) }
    #expect(throws: MetricsError.lengthsDiffer(prediction: 1, reference: 2)) {
      try AUROC.score(probabilities: [0], reference: [0, 1])
    }
    for bins in [0, -1, Int.max] {
      #expect(throws: MetricsError.self) {
        try Calibration(probabilities: [], reference: [], options: Options(bins: bins))
      }
    }
  }
}
