// Distances of every voxel against a search of all pairs.

import Metrics
import Testing

@Suite struct DistanceTransformTests {
  @Test(arguments: SurfacePair.many) func agreesWithAllPairs(pair: SurfacePair) throws {
    let transform = try DistanceTransform(size: pair.size, spacing: pair.spacing)
    let mask = pair.reference.map { $0 == 1 }
    let places = mask.indices.map { Self.place($0, pair.size) }
    let inside = places.indices.filter { mask[$0] }.map { places[$0] }
    let outside = places.indices.filter { !mask[$0] }.map { places[$0] }

    let distances = try transform.distances(to: mask)
    #expect(
      zip(distances, BruteForce.distances(places, inside, pair.spacing))
        .allSatisfy { isClose($0, $1) })
    let depths = try transform.depths(in: mask)
    let expected = BruteForce.distances(places, outside, pair.spacing)
    #expect(zip(depths, expected).allSatisfy { isClose($0, $1) })

    let bytes = mask.map { $0 ? UInt8(200) : 0 }
    #expect(try transform.distances(to: bytes) == distances)
    #expect(try transform.depths(in: bytes) == depths)
  }

  @Test(arguments: SurfacePair.many) func edgeIsALayerOfBackground(
    pair: SurfacePair
  ) throws {
    let transform = try DistanceTransform(size: pair.size, spacing: pair.spacing)
    let mask = pair.reference.map { $0 == 1 }
    let depths = try transform.depths(in: mask, edgeIsOutside: true)
    // The same image with a layer of background around it.
    let layer = SIMD3(1, 1, pair.size.z == 1 ? 0 : 1)
    let larger = pair.size &+ layer &+ layer
    var padded = [Bool](repeating: false, count: larger.x * larger.y * larger.z)
    let targets = mask.indices.map { voxel in
      let place = Self.place(voxel, pair.size) &+ layer
      return place.x + larger.x * (place.y + larger.y * place.z)
    }
    for (voxel, target) in zip(mask.indices, targets) { padded[target] = mask[voxel] }
    let expected = try DistanceTransform(size: larger, spacing: pair.spacing).depths(in: padded)
    #expect(zip(depths, targets).allSatisfy { isClose($0, expected[$1]) })
  }

  @Test func emptyMaskIsInfinitelyFar() throws {
    let transform = try DistanceTransform(size: SIMD3(3, 2, 2), spacing: .one)
    let none = [Bool](repeating: false, count: 12)
    let all = [Bool](repeating: true, count: 12)
    #expect(try transform.distances(to: none).allSatisfy { $0 == .infinity })
    #expect(try transform.depths(in: all).allSatisfy { $0 == .infinity })
    #expect(try transform.depths(in: all, edgeIsOutside: true).allSatisfy { $0 == 1 })
  }

  @Test func misuseIsRefused() throws {
    let transform = try DistanceTransform(size: SIMD3(3, 2, 2), spacing: .one)
    #expect(throws: MetricsError.sizeDiffers(voxels: 2, size: SIMD3(3, 2, 2))) {
      try transform.distances(to: [true, false])
    }
    #expect(throws: MetricsError.spacingInvalid(SIMD3(1, 0, 1))) {
      try DistanceTransform(size: .one, spacing: SIMD3(1, 0, 1))
    }
    #expect(throws: MetricsError.sizeInvalid(SIMD3(-1, -1, 1))) {
      try DistanceTransform(size: SIMD3(-1, -1, 1), spacing: .one)
    }
    #expect(throws: MetricsError.sizeInvalid(SIMD3(.max, 2, 1))) {
      try DistanceTransform(size: SIMD3(.max, 2, 1), spacing: .one)
    }
    let nothing = try DistanceTransform(size: SIMD3(0, 2, 2), spacing: .one)
    #expect(try nothing.distances(to: [Bool]()).isEmpty)
  }

  private static func place(_ voxel: Int, _ size: SIMD3<Int>) -> SIMD3<Int> {
    SIMD3(voxel % size.x, voxel / size.x % size.y, voxel / size.x / size.y)
  }
}
