// Lesions found and invented, by each rule, against a count over sets of voxels.

import Metrics
import Testing

@Suite struct LesionDetectionTests {
  /// The voxels of each object of one side, and all voxels of its label on the other side.
  private static func objects(
    _ side: Instances, against other: [Int32]
  ) -> [(own: Set<Int>, others: Set<Int>)] {
    side.all.enumerated().map { index, object in
      (
        BruteForce.voxels(side.numbers, of: Int32(index + 1)),
        BruteForce.voxels(other, of: object.label)
      )
    }
  }

  @Test(arguments: [nil, 0.1, 0.5, 1] as [Double?])
  func agreesWithSets(fraction: Double?) throws {
    for pair in VolumePair.many {
      let sides = try pair.components()
      let overlaps = try InstanceOverlaps(prediction: sides.prediction, reference: sides.reference)
      let found = try overlaps.lesions(fraction.map { .covered(fraction: $0) } ?? .touched)
      func isFound(_ object: (own: Set<Int>, others: Set<Int>)) -> Bool {
        let common = object.own.intersection(object.others).count
        return fraction.map { Double(common) / Double(object.own.count) >= $0 } ?? (common > 0)
      }
      let references = Self.objects(sides.reference, against: pair.prediction)
      let predictions = Self.objects(sides.prediction, against: pair.reference)
      #expect(found.references == references.count, "seed \(pair.seed)")
      #expect(found.detected == references.count(where: isFound), "seed \(pair.seed)")
      #expect(found.predictions == predictions.count, "seed \(pair.seed)")
      #expect(found.falsePositives == predictions.count { !isFound($0) }, "seed \(pair.seed)")
    }
  }

  @Test func matchedLesionsAreThoseOfTheMatching() throws {
    for pair in VolumePair.many {
      let overlaps = try pair.overlaps()
      let criterion = InstanceMatching.Criterion(threshold: 0.2)
      let matching = try overlaps.matching(criterion)
      let found = try overlaps.lesions(.matched(criterion))
      #expect(found.detected == matching.truePositives)
      #expect(found.falsePositives == matching.falsePositives.count)
    }
  }

  /// One prediction over two lesions: both are touched, but only one is matched.
  @Test func mergedLesions() throws {
    let overlaps = try InstanceOverlaps(prediction: [1, 1, 1, 1, 1], reference: [1, 1, 0, 2, 2])
    #expect(try overlaps.lesions().sensitivity() == 1)
    #expect(try overlaps.lesions(.matched(.init(threshold: 0.3))).sensitivity() == 0.5)
  }
}
