// Metrics of voxel counts against their definitions over sets of voxels, and where masks are empty.

import Metrics
import Testing

@Suite struct CountingMetricTests {
  /// Undefined quotients as nil.
  private static func ratio(_ a: Int, _ b: Int) -> Double? {
    b == 0 ? nil : Double(a) / Double(b)
  }

  private static let labels: [Int32] = [0, 1, 2, 3, 77]

  @Test func sharesAgreeWithSets() throws {
    for pair in VolumePair.many {
      let table = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
      let all = Set(pair.reference.indices)
      var found: [Double?] = []
      var expected: [Double?] = []
      for label in Self.labels {
        let p = BruteForce.voxels(pair.prediction, of: label)
        let r = BruteForce.voxels(pair.reference, of: label)
        let common = p.intersection(r).count
        let outside = all.subtracting(r)
        let silence: Double? = r.isEmpty ? nil : 0
        found += [
          table[label].sensitivity(), table[label].precision(), table.specificity(of: label),
        ]
        expected += [
          Self.ratio(common, r.count), Self.ratio(common, p.count) ?? silence,
          Self.ratio(outside.subtracting(p).count, outside.count),
        ]
      }
      #expect(found == expected, "seed \(pair.seed)")
    }
  }

  @Test func volumesAgreeWithSets() throws {
    for pair in VolumePair.many {
      let table = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
      let volume = pair.voxelVolume
      for label in Self.labels {
        let p = Double(BruteForce.voxels(pair.prediction, of: label).count)
        let r = Double(BruteForce.voxels(pair.reference, of: label).count)
        let volumes = table[label].volumeDifference(voxelVolume: volume)
        let found = [
          volumes.signedML, volumes.absoluteML, volumes.signed / 1000, volumes.absolute / 1000,
          volumes.relative, volumes.absoluteRelative, table[label].volumeSimilarity(),
          table[label].falsePositiveVolume(voxelVolume: volume),
        ]
        let ml = (p - r) * volume / 1000
        let expected = [
          ml, abs(ml), ml, abs(ml), r == 0 ? nil : (p - r) / r, r == 0 ? nil : abs(p - r) / r,
          p + r == 0 ? nil : 1 - abs(p - r) / (p + r), r == 0 ? p * volume / 1000 : nil,
        ]
        #expect(agree(found, expected), "seed \(pair.seed), label \(label)")
      }
    }
  }

  @Test func exchangingTheMasksExchangesTheErrors() throws {
    for pair in VolumePair.many {
      let there = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
      let back = try OverlapTable(prediction: pair.reference, reference: pair.prediction)
      for label in there.labels
      where there[label].predicted > 0 && there[label].referenced > 0 {
        let found = [there[label].precision(), there[label].volumeSimilarity()]
        #expect(found == [back[label].sensitivity(), back[label].volumeSimilarity()])
      }
    }
  }

  @Test func diceLiesBetween() throws {
    for pair in VolumePair.many {
      let table = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
      for label in table.labels {
        guard let dice = table[label].dice(), let precision = table[label].precision(),
          let sensitivity = table[label].sensitivity(),
          let similarity = table[label].volumeSimilarity(), dice > 0
        else { continue }
        let harmonic = 2 * precision * sensitivity / (precision + sensitivity)
        #expect(agree(dice, harmonic) && dice <= similarity + 1e-12, "seed \(pair.seed)")
      }
    }
  }

  @Test(arguments: EmptyPolicy.allCases) func emptyMasks(policy: EmptyPolicy) throws {
    let neither = Overlap()
    #expect(neither.sensitivity(whenEmpty: policy) == policy.score)
    #expect(neither.precision(whenEmpty: policy) == policy.score)
    #expect(neither.volumeSimilarity(whenEmpty: policy) == policy.score)
    #expect(neither.falsePositiveVolume(voxelVolume: 8) == 0)
    #expect(neither.volumeDifference(voxelVolume: 8).signed == 0)
    #expect(neither.volumeDifference(voxelVolume: 8).relative == nil)

    let invented = Overlap(falsePositives: 250)
    #expect(invented.sensitivity(whenEmpty: policy) == nil)
    #expect(invented.precision(whenEmpty: policy) == 0)
    #expect(invented.volumeSimilarity(whenEmpty: policy) == 0)
    #expect(invented.falsePositiveVolume(voxelVolume: 8) == 2)
    #expect(invented.volumeDifference(voxelVolume: 8).relative == nil)

    let missed = Overlap(falseNegatives: 250)
    #expect(missed.sensitivity(whenEmpty: policy) == 0)
    #expect(missed.precision(whenEmpty: policy) == 0)
    #expect(missed.volumeSimilarity(whenEmpty: policy) == 0)
    #expect(missed.falsePositiveVolume(voxelVolume: 8) == nil)
    #expect(missed.volumeDifference(voxelVolume: 8).signedML == -2)
    #expect(missed.volumeDifference(voxelVolume: 8).relative == -1)
  }

  @Test func specificityWithoutBackground() throws {
    let full = try OverlapTable(prediction: [1, 0], reference: [1, 1])
    #expect(full.specificity(of: 1) == nil)
    let absent = try OverlapTable(prediction: [0, 0], reference: [0, 0])
    #expect(absent.specificity(of: 1) == 1)
    #expect(try OverlapTable(prediction: [], reference: []).specificity(of: 1) == nil)
  }
}
