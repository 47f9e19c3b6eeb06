// Matching of objects against all possible matchings, and the scores that follow from it.

import Metrics
import Testing

@Suite struct InstanceMetricTests {
  typealias Criterion = InstanceMatching.Criterion

  /// The best number of matches and, for that number, the best sum of overlaps, by trying everything.
  private static func best(
    _ pairs: [InstanceOverlaps.Pair], reference: Int = 0, references: Int, used: Set<Int> = []
  ) -> (count: Int, sum: Double) {
    guard reference < references else { return (0, 0) }
    var result = best(pairs, reference: reference + 1, references: references, used: used)
    for pair in pairs where pair.reference == reference && !used.contains(pair.prediction) {
      let rest = best(
        pairs, reference: reference + 1, references: references,
        used: used.union([pair.prediction]))
      let candidate = (rest.count + 1, rest.sum + pair.iou)
      if candidate > result { result = candidate }
    }
    return result
  }

  private static let criteria: [Criterion] = [0, 0.1, 0.25, 0.5, 0.51, 0.75, 1].flatMap { level in
    Criterion.Comparison.allCases.map { Criterion(threshold: level, comparison: $0) }
  }

  @Test(arguments: criteria) func matchesAreTheBest(criterion: Criterion) throws {
    for pair in VolumePair.many {
      let overlaps = try pair.overlaps()
      let matching = try overlaps.matching(criterion)
      let allowed = overlaps.pairs.filter {
        criterion.comparison == .exceeds
          ? $0.iou > criterion.threshold : $0.iou >= criterion.threshold
      }
      let expected = Self.best(allowed, references: overlaps.references.count)
      #expect(matching.truePositives == expected.count, "seed \(pair.seed)")
      #expect(agree(matching.iouSum, expected.sum), "seed \(pair.seed)")
      #expect(matching.matches.allSatisfy(allowed.contains))
      #expect(Set(matching.matches.map(\.prediction)).count == matching.truePositives)
      #expect(Set(matching.matches.map(\.reference)).count == matching.truePositives)
      let predictions = matching.matches.map(\.prediction) + matching.falsePositives
      #expect(predictions.sorted() == Array(overlaps.predictions.indices))
      let references = matching.matches.map(\.reference) + matching.falseNegatives
      #expect(references.sorted() == Array(overlaps.references.indices))
    }
  }

  /// Objects scattered over one row, so that each overlaps many of the other side by little.
  private static let contested: [InstanceOverlaps] = (0..<500 as Range<UInt64>).compactMap { seed in
    var generator = SeededGenerator(seed: seed)
    let most = Int32.random(in: 2...5, using: &generator)
    let other = Int32.random(in: 2...5, using: &generator)
    let count = Int.random(in: 4...30, using: &generator)
    let prediction = (0..<count).map { _ in Int32.random(in: 0...most, using: &generator) }
    let reference = (0..<count).map { _ in Int32.random(in: 0...other, using: &generator) }
    return try? InstanceOverlaps(prediction: prediction, reference: reference)
  }

  @Test(arguments: [0, 0.05, 0.1, 0.2, 0.3]) func contestedObjects(threshold: Double) throws {
    #expect(Self.contested.count == 500)
    for (seed, overlaps) in Self.contested.enumerated() {
      let allowed = overlaps.pairs.filter { $0.iou > threshold }
      let most = try overlaps.matching(Criterion(threshold: threshold))
      let expected = Self.best(allowed, references: overlaps.references.count)
      #expect(most.truePositives == expected.count, "seed \(seed)")
      #expect(agree(most.iouSum, expected.sum), "seed \(seed)")
    }
  }

  @Test func largestOverlapIsTheLargestSum() throws {
    for (seed, overlaps) in Self.contested.enumerated() {
      let all = try overlaps.matching(Criterion(threshold: 0, assignment: .largestOverlap))
      let largest = Self.largestSum(overlaps.pairs, overlaps.references.count)
      #expect(agree(all.iouSum, largest), "seed \(seed)")
    }
  }

  private static func largestSum(
    _ pairs: [InstanceOverlaps.Pair], _ references: Int, used: Set<Int> = []
  ) -> Double {
    guard references > 0 else { return 0 }
    return pairs.filter { $0.reference == references - 1 && !used.contains($0.prediction) }
      .map { $0.iou + largestSum(pairs, references - 1, used: used.union([$0.prediction])) }
      .reduce(largestSum(pairs, references - 1, used: used), max)
  }

  /// Chains of objects, each overlapping two of the other side: one block of many rows.
  @Test(arguments: [2, 3, 17, 60]) func longChains(count: Int) throws {
    // Reference objects of 4 voxels, predicted ones shifted by 2, and one more at the end.
    let reference = (0..<4 * count + 2).map { $0 < 4 * count ? Int32($0 / 4 + 1) : 0 }
    let prediction = (0..<4 * count + 2).map { Int32(($0 + 2) / 4 + 1) }
    let overlaps = try InstanceOverlaps(prediction: prediction, reference: reference)
    let matching = try overlaps.matching(Criterion(threshold: 0.2))
    #expect(matching.truePositives == count)
    // All but the first predicted object, which is a half and so overlaps by a half, overlap by a third.
    #expect(agree(matching.iouSum, Double(count - 1) / 3 + 0.5))
  }

  /// Two halves of one object both overlap it by exactly a half.
  @Test func strictness() throws {
    let overlaps = try InstanceOverlaps(prediction: [1, 1, 2, 2], reference: [1, 1, 1, 1])
    let strict = try overlaps.matching()
    #expect(
      (strict.truePositives, strict.falsePositives, strict.falseNegatives) == (0, [0, 1], [0]))
    let lenient = try overlaps.matching(Criterion(comparison: .reaches))
    #expect(lenient.truePositives == 1)
    #expect(lenient.falsePositives.count == 1)
    #expect(lenient.f1() == 2.0 / 3.0)
  }

  @Test func scoresAgreeWithDefinitions() throws {
    for pair in VolumePair.many {
      let overlaps = try pair.overlaps()
      let pairs = overlaps.pairs.filter { $0.iou > 0.5 }
      let (tp, p, r) = (pairs.count, overlaps.predictions.count, overlaps.references.count)
      let (fp, fn) = (p - tp, r - tp)
      let matching = try overlaps.matching()
      let sum = pairs.map(\.iou).reduce(0, +)
      let mean = Double(tp) + Double(fp) / 2 + Double(fn) / 2
      #expect(agree(matching.panopticQuality(), mean == 0 ? nil : sum / mean))
      #expect(agree(matching.recognitionQuality(), mean == 0 ? nil : Double(tp) / mean))
      #expect(
        agree(matching.segmentationQuality(), mean == 0 ? nil : tp == 0 ? 0 : sum / Double(tp)))
      if let pq = matching.panopticQuality(), let sq = matching.segmentationQuality(),
        let rq = matching.recognitionQuality()
      {
        #expect(agree(pq, sq * rq), "seed \(pair.seed)")
      }
      #expect(matching.f1() == matching.recognitionQuality())
      #expect(agree(matching.sensitivity(), r == 0 ? nil : Double(tp) / Double(r)))
      let silence: Double? = r == 0 ? nil : 0
      #expect(agree(matching.precision(), p == 0 ? silence : Double(tp) / Double(p)))
      #expect(agree(matching.criticalSuccess(), mean == 0 ? nil : Double(tp) / Double(p + r - tp)))
    }
  }

  @Test func averagesOverThresholds() throws {
    #expect(InstanceOverlaps.thresholds == [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
    for pair in VolumePair.many {
      let overlaps = try pair.overlaps()
      let total = overlaps.predictions.count + overlaps.references.count
      var f1 = 0.0
      var precision = 0.0
      for level in InstanceOverlaps.thresholds where total > 0 {
        let tp = Double(overlaps.pairs.count { $0.iou > level })
        f1 += 2 * tp / Double(total) / 10
        precision += tp / (Double(total) - tp) / 10
      }
      #expect(agree(try overlaps.detection(.meanF1), total == 0 ? nil : f1))
      #expect(agree(try overlaps.detection(.averagePrecision), total == 0 ? nil : precision))
      #expect(try overlaps.detection(.f1) == overlaps.matching().f1())
    }
  }

  @Test(arguments: EmptyPolicy.allCases) func noObjects(policy: EmptyPolicy) throws {
    let none = try InstanceOverlaps(prediction: [0, 0], reference: [0, 0])
    let matching = try none.matching()
    #expect(matching.isEmpty)
    #expect(matching.panopticQuality(whenEmpty: policy) == policy.score)
    #expect(matching.segmentationQuality(whenEmpty: policy) == policy.score)
    #expect(matching.recognitionQuality(whenEmpty: policy) == policy.score)
    for score in DetectionScore.allCases {
      #expect(try none.detection(score, whenEmpty: policy) == policy.score)
    }
    #expect(try none.lesions().sensitivity(whenEmpty: policy) == policy.score)
    let invented = try InstanceOverlaps(prediction: [1, 0], reference: [0, 0])
    #expect(try invented.matching().panopticQuality(whenEmpty: policy) == 0)
    #expect(try invented.lesions().sensitivity(whenEmpty: policy) == nil)
    #expect(try invented.lesions().falsePositives == 1)
  }

  @Test(arguments: [-0.1, 1.1, .nan]) func thresholdsOutsideAreRefused(level: Double) throws {
    let overlaps = try InstanceOverlaps(prediction: [1], reference: [1])
    #expect(throws: MetricsError.self) { try overlaps.matching(Criterion(threshold: level)) }
    #expect(throws: MetricsError.self) { try overlaps.lesions(.covered(fraction: level)) }
  }
}
