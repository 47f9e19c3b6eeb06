// The counts behind every overlap metric, against a count over sets.

import Metrics
import Testing

@Suite struct OverlapTests {
  @Test(arguments: MaskPair.many) func agreesWithSets(pair: MaskPair) throws {
    let table = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
    #expect(table.voxels == pair.reference.count)
    #expect(table.labels == Set(pair.prediction + pair.reference).sorted())
    for label in table.labels {
      let predicted = BruteForce.voxels(pair.prediction, of: label)
      let referenced = BruteForce.voxels(pair.reference, of: label)
      #expect(
        table[label]
          == Overlap(
            truePositives: predicted.intersection(referenced).count,
            falsePositives: predicted.subtracting(referenced).count,
            falseNegatives: referenced.subtracting(predicted).count))
      #expect(table[label].predicted == predicted.count)
      #expect(table[label].referenced == referenced.count)
      #expect(table[label].union == predicted.union(referenced).count)
    }
  }

  @Test(arguments: MaskPair.many) func countsEveryVoxelOnce(pair: MaskPair) throws {
    let table = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
    #expect(table.labels.map { table[$0].predicted }.reduce(0, +) == table.voxels)
    #expect(table.labels.map { table[$0].referenced }.reduce(0, +) == table.voxels)
  }

  @Test func absentLabelIsEmpty() throws {
    let table = try OverlapTable(prediction: [0, 1], reference: [1, 0])
    #expect(table[7] == Overlap())
    #expect(table[7].isEmpty)
    #expect(!table[1].isEmpty)
  }

  @Test func noVoxels() throws {
    let table = try OverlapTable(prediction: [], reference: [])
    #expect(table.voxels == 0)
    #expect(table.labels.isEmpty)
  }

  @Test func differentLengthsAreRefused() {
    #expect(throws: MetricsError.lengthsDiffer(prediction: 2, reference: 3)) {
      try OverlapTable(prediction: [0, 1], reference: [0, 1, 1])
    }
  }
}
