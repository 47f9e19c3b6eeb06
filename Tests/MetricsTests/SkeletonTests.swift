// Skeletons voxel for voxel against scikit-image, and the centreline Dice that is made of them.

import Foundation
import Metrics
import Testing

@Suite struct SkeletonTests {
  @Test func keepsTheVoxelsOfScikitImage() throws {
    let masks = try JSONDecoder().decode(
      Content.self, from: Data(contentsOf: goldenFile("skeletons.json"))
    ).masks
    try #require(masks.count == 600)
    for (seed, expected) in masks.enumerated() {
      let (mask, size) = Self.randomMask(seed: UInt64(seed))
      try #require(Self.digest(mask) == Array(expected[0..<2]), "mask \(seed)")
      let flat: FlatImage = seed.isMultiple(of: 3) ? .twoDimensional : .oneSlice
      let zyx = try Skeleton.thin(mask, size: size, order: .zyx, flat: flat)
      let xyz = try Skeleton.thin(mask, size: size, order: .xyz, flat: flat)
      #expect(Self.digest(zyx) == Array(expected[2..<4]), "mask \(seed), z outermost")
      #expect(Self.digest(xyz) == Array(expected[4..<6]), "mask \(seed), x outermost")
    }
  }

  @Test func dependsOnTheOrder() throws {
    let differ = try (UInt64(0)..<100).contains { seed in
      let (mask, size) = Self.randomMask(seed: seed)
      return try Skeleton.thin(mask, size: size, order: .zyx)
        != Skeleton.thin(mask, size: size, order: .xyz)
    }
    #expect(differ)
  }

  @Test(arguments: SurfacePair.many) func centrelineDiceIsTheHarmonicMean(
    pair: SurfacePair
  ) throws {
    let table = try CentrelineOverlapTable(
      prediction: pair.prediction, reference: pair.reference, size: pair.size, flat: pair.flat)
    for label in table.labels {
      // Of the whole image, while the table looks at boxes.
      let masks = [pair.prediction, pair.reference].map { labels -> [UInt8] in
        labels.map { $0 == label ? 1 : 0 }
      }
      let skeletons = try masks.map { try Skeleton.thin($0, size: pair.size, flat: pair.flat) }
      let lengths = skeletons.map { $0.count { $0 == 1 } }
      let common = [0, 1].map { side -> Int in
        let (skeleton, other) = (skeletons[side], masks[1 - side])
        return skeleton.indices.count { skeleton[$0] == 1 && other[$0] == 1 }
      }
      let overlap = table[label]
      #expect(overlap.predicted == masks[0].count { $0 == 1 })
      #expect(overlap.referenced == masks[1].count { $0 == 1 })
      #expect([overlap.predictedSkeleton, overlap.referenceSkeleton] == lengths)
      #expect(
        [overlap.predictedSkeletonInReference, overlap.referenceSkeletonInPrediction] == common)
      guard let value = overlap.centrelineDice(), lengths[0] > 0, lengths[1] > 0 else { continue }
      let (a, b) = (
        Double(common[0]) / Double(lengths[0]), Double(common[1]) / Double(lengths[1])
      )
      #expect(isClose(value, a + b == 0 ? 0 : 2 * a * b / (a + b)))
    }
  }

  @Test func emptyMasks() {
    let neither = CentrelineOverlap()
    #expect(neither.centrelineDice() == nil)
    #expect(neither.centrelineDice(whenEmpty: .one) == 1)
    var one = CentrelineOverlap()
    one.predicted = 4
    one.predictedSkeleton = 2
    #expect(one.centrelineDice(whenEmpty: .one) == 0)
    // Thinning left nothing of the reference.
    one.referenced = 8
    #expect(one.centrelineDice(whenEmpty: .one) == nil)
  }

  private struct Content: Decodable {
    let masks: [[Int]]
  }

  /// Boxes, and in every second mask holes; the same as in Golden/surfaces.py.
  private static func randomMask(seed: UInt64) -> ([UInt8], SIMD3<Int>) {
    var generator = SeededGenerator(seed: seed)
    func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
    let isFlat = seed.isMultiple(of: 3)
    let longest = isFlat ? 28 : 13
    var size = SIMD3<Int>.zero
    for axis in 0..<3 { size[axis] = 1 + below(longest) }
    if isFlat { size.z = 1 }
    var mask = [UInt8](repeating: 0, count: size.x * size.y * size.z)
    for _ in 0..<1 + below(5) {
      let ranges = (0..<3).map { axis in
        let low = below(size[axis])
        return low..<min(size[axis], low + 1 + below(size[axis]))
      }
      for z in ranges[2] {
        for y in ranges[1] {
          for x in ranges[0] { mask[x + size.x * (y + size.y * z)] = 1 }
        }
      }
    }
    if seed.isMultiple(of: 2) {
      for _ in 0..<mask.count / 12 { mask[below(mask.count)] = 0 }
    }
    return (mask, size)
  }

  /// The voxels kept, and a sum over their places.
  private static func digest(_ mask: [UInt8]) -> [Int] {
    var sum: UInt32 = 0
    for (place, voxel) in mask.enumerated() where voxel != 0 {
      sum &+= UInt32(truncatingIfNeeded: place + 1) &* 2_654_435_761
    }
    return [mask.count { $0 != 0 }, Int(sum)]
  }
}
