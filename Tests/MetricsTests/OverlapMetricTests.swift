// What holds for Dice and IoU on any masks, and their values where the definition leaves a choice.

import Metrics
import Testing

@Suite struct OverlapMetricTests {
  @Test(arguments: MaskPair.many) func agreesWithDefinition(pair: MaskPair) throws {
    let table = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
    for label in table.labels + [77] {
      let predicted = BruteForce.voxels(pair.prediction, of: label)
      let referenced = BruteForce.voxels(pair.reference, of: label)
      #expect(table[label].dice() == BruteForce.dice(predicted, referenced))
      #expect(table[label].iou() == BruteForce.iou(predicted, referenced))
    }
  }

  @Test(arguments: MaskPair.many) func isSymmetric(pair: MaskPair) throws {
    let there = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
    let back = try OverlapTable(prediction: pair.reference, reference: pair.prediction)
    for label in there.labels {
      #expect(there[label].dice() == back[label].dice())
      #expect(there[label].iou() == back[label].iou())
    }
  }

  @Test(arguments: MaskPair.many) func staysInRangeAndInRelation(pair: MaskPair) throws {
    let table = try OverlapTable(prediction: pair.prediction, reference: pair.reference)
    for label in table.labels {
      let dice = try #require(table[label].dice())
      let iou = try #require(table[label].iou())
      #expect((0...1).contains(dice))
      #expect((0...1).contains(iou))
      #expect(iou <= dice)
      #expect(abs(dice - 2 * iou / (1 + iou)) < 1e-12)
    }
  }

  @Test(arguments: MaskPair.many) func identityIsOne(pair: MaskPair) throws {
    let table = try OverlapTable(prediction: pair.reference, reference: pair.reference)
    for label in table.labels {
      #expect(table[label].dice() == 1)
      #expect(table[label].iou() == 1)
    }
  }

  @Test func disjointIsZero() throws {
    let table = try OverlapTable(prediction: [1, 1, 0, 0], reference: [0, 0, 1, 1])
    #expect(table[1].dice() == 0)
    #expect(table[1].iou() == 0)
  }

  @Test func knownValue() throws {
    let table = try OverlapTable(prediction: [1, 1, 1, 0, 0], reference: [0, 1, 1, 1, 1])
    #expect(table[1].dice() == 4.0 / 7.0)
    #expect(table[1].iou() == 2.0 / 5.0)
  }

  @Test(arguments: EmptyPolicy.allCases) func oneEmptyIsZero(policy: EmptyPolicy) throws {
    let onlyReference = try OverlapTable(prediction: [0, 0], reference: [0, 1])
    let onlyPrediction = try OverlapTable(prediction: [0, 1], reference: [0, 0])
    for overlap in [onlyReference[1], onlyPrediction[1]] {
      #expect(overlap.dice(whenEmpty: policy) == 0)
      #expect(overlap.iou(whenEmpty: policy) == 0)
    }
  }

  private static let scores: [(EmptyPolicy, Double?)] = [(.undefined, nil), (.one, 1), (.zero, 0)]

  @Test(arguments: scores)
  func bothEmptyFollowsThePolicy(policy: EmptyPolicy, score: Double?) throws {
    let table = try OverlapTable(prediction: [0, 0], reference: [0, 0])
    #expect(table[1].dice(whenEmpty: policy) == score)
    #expect(table[1].iou(whenEmpty: policy) == score)
    #expect(Overlap().dice() == nil)
    #expect(Overlap().iou() == nil)
  }
}
