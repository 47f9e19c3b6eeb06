// Largest components against a search that grows one voxel at a time, and the decision on made-up cases.

import Foundation
import Imaging
import TestSupport
import Testing

@testable import Segmentation

@Suite struct PostprocessingTests {
  static func map(_ size: SIMD3<Int>, _ boxes: [(ClosedRange<Int>, Int32)]) -> LabelMap {
    var labels = [Int32](repeating: 0, count: size.x * size.y * size.z)
    for (range, label) in boxes { for index in range { labels[index] = label } }
    return LabelMap(geometry: Geometry(size: size), labels: labels)
  }

  @Test(arguments: 0..<6) func keepsWhatAFloodFinds(seed: Int) throws {
    let size = SIMD3(7, 6, 5)
    let mask = (0..<210).map { ($0 &* 48271 &+ seed &* 7919) % 101 < 30 }
    var piece = [Int](repeating: 0, count: mask.count)
    var number = 0
    for start in mask.indices where mask[start] && piece[start] == 0 {
      number += 1
      piece[start] = number
      var grew = true
      while grew {
        grew = false
        for index in mask.indices where mask[index] && piece[index] == 0 {
          let neighbours = mask.indices.contains { other in
            piece[other] == number && abs(other % 7 - index % 7) <= 1
              && abs(other / 7 % 6 - index / 7 % 6) <= 1 && abs(other / 42 - index / 42) <= 1
          }
          if neighbours {
            piece[index] = number
            grew = true
          }
        }
      }
    }
    let counts = (0...number).map { wanted in piece.count { $0 == wanted && wanted > 0 } }
    let largest = counts.max() ?? 0
    #expect(
      try LargestComponents.kept(mask, size: size)
        == piece.map { $0 > 0 && counts[$0] == largest })
  }

  @Test func keepsAllOfSeveralLargest() throws {
    let map = Self.map(SIMD3(9, 1, 1), [(0...1, 1), (3...4, 1), (6...6, 1)])
    let result = try Postprocessing(steps: [.init(keepLargestOf: [1])]).applied(to: map)
    #expect(result.labels == [1, 1, 0, 1, 1, 0, 0, 0, 0])
  }

  @Test func decidesForAllForegroundOnlyIfNoLabelSuffers() throws {
    let size = SIMD3(20, 1, 1)
    let reference = Self.map(size, [(0...4, 1), (5...8, 2)])
    let stray = Self.map(size, [(0...4, 1), (5...8, 2), (12...12, 1)])
    let decision = try Postprocessing.determine(labels: [[1], [2]], count: 1) { _ in
      (stray, reference)
    }
    #expect(decision.steps == [.init(keepLargestOf: [1, 2])])
    #expect(decision.evidence?.after == ["1": 1, "2": 1])
    #expect(try decision.applied(to: stray).labels == reference.labels)

    // Label 2 lies apart and would be lost with the foreground as a whole, but each may stand alone.
    let apart = Self.map(size, [(0...4, 1), (15...17, 2)])
    let doubtful = Self.map(size, [(0...4, 1), (9...9, 1), (15...17, 2), (19...19, 2)])
    let alone = try Postprocessing.determine(labels: [[1], [2]], count: 1) { _ in (doubtful, apart)
    }
    #expect(alone.steps == [.init(keepLargestOf: [1]), .init(keepLargestOf: [2])])
  }

  @Test func changesNothingWhereNothingRises() throws {
    let size = SIMD3(12, 1, 1)
    let reference = Self.map(size, [(0...2, 1), (6...9, 1)])
    let decision = try Postprocessing.determine(labels: [[1], [2]], count: 1) { _ in
      (reference, reference)
    }
    #expect(decision.steps.isEmpty)
    #expect(decision.evidence?.before == ["1": 1])
  }

  @Test func comparesFoldersAndSurvivesAFile() throws {
    try Temporary.withFolder { folder in
      let size = SIMD3(10, 2, 2)
      for name in ["a", "b"] {
        for kind in ["predictions", "references"] {
          let place = "\(folder)/\(kind)"
          try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
          let extra: [(ClosedRange<Int>, Int32)] = kind == "predictions" ? [(39...39, 1)] : []
          try Self.map(size, [(0...3, 1)] + extra).write(to: "\(place)/\(name).nii.gz")
        }
      }
      let decision = try Postprocessing.determine(
        predictions: folder + "/predictions", references: folder + "/references", labels: [[1]])
      #expect(decision.steps == [.init(keepLargestOf: [1])])
      #expect(decision.evidence?.cases == 2)
      try decision.write(to: folder + "/postprocessing.json")
      #expect(try Postprocessing(contentsOf: folder + "/postprocessing.json") == decision)
    }
  }
}
