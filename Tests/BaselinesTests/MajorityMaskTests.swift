// The vote against a count over all masks, and what stretching may do.

import Imaging
import Testing

@testable import Baselines

@Suite struct MajorityMaskTests {
  @Test(arguments: 0..<20) func agreesWithACount(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...7, using: &generator)
    let masks = try (0..<count).map { _ in
      try TrainingMask(
        (0..<24).map { _ in Bool.random(using: &generator) ? 200 : 0 }, width: 4, height: 3,
        depth: 2)
    }
    let found = try MajorityMask().mask(input(masks, 4, 3, 2))
    for voxel in 0..<24 {
      let votes = masks.reduce(0) { $0 + ($1.voxels[voxel] > 0 ? 1 : 0) }
      #expect(found[voxel] == (Double(votes) > Double(count) / 2 ? 1 : 0))
    }
  }

  @Test func halfIsBackground() throws {
    let masks = [
      try TrainingMask([1, 1, 0, 0], width: 2, height: 2),
      try TrainingMask([1, 0, 1, 0], width: 2, height: 2),
    ]
    #expect(try MajorityMask().mask(input(masks, 2, 2, 1)) == [1, 0, 0, 0])
  }

  @Test func masksAreStretched() throws {
    let half = try TrainingMask([1, 0, 1, 0], width: 2, height: 2)
    let found = try MajorityMask().mask(input([half], 6, 2, 2))
    #expect(found == Array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0]].joined().cycled(2)))
    // Every second of four, not the first two.
    let four = try TrainingMask([0, 1, 0, 1], width: 4, height: 1)
    #expect(try MajorityMask().mask(input([four], 2, 1, 1)) == [1, 1])
  }

  @Test(arguments: 1..<12) func stretchingIsSymmetric(width: Int) throws {
    for source in 1..<9 where source * width % 2 == 1 || width % source == 0 {
      let mask = try TrainingMask((0..<source).map { UInt8($0 % 2) }, width: source, height: 1)
      let mirrored = try TrainingMask(mask.voxels.reversed(), width: source, height: 1)
      let there = try MajorityMask().mask(input([mask], width, 1, 1))
      let back = try MajorityMask().mask(input([mirrored], width, 1, 1))
      #expect(there == back.reversed())
    }
  }

  @Test func masksAreNeeded() throws {
    let error = BaselinesError.missing(id: "baseline/majority", needed: "masks of training cases")
    #expect(throws: error) { try MajorityMask().mask(input([], 2, 2, 1)) }
    #expect(MajorityVote(width: 2, height: 1).winner == [0, 0])
  }

  @Test func labelsBecomeMasks() throws {
    let map = LabelMap(
      geometry: Geometry(size: SIMD3(3, 1, 2)), labels: [0, 1, 2, 2, 0, 1])
    let mask = try TrainingMask(map, label: 2)
    #expect(mask.voxels == [0, 0, 1, 1, 0, 0])
    #expect((mask.width, mask.height, mask.depth) == (3, 1, 2))
  }

  private func input(
    _ masks: [TrainingMask], _ width: Int, _ height: Int, _ depth: Int
  ) throws -> BaselineInput {
    let grey = [Float](repeating: 0, count: width * height * depth)
    return BaselineInput(
      image: try BaselineImage(grey: grey, width: width, height: height, depth: depth),
      trainingMasks: masks)
  }
}

extension Sequence {
  fileprivate func cycled(_ times: Int) -> [Element] {
    (0..<times).flatMap { _ in Array(self) }
  }
}
