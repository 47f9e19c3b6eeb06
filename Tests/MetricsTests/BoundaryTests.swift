// Boundary bands against the definitions word by word.

import Metrics
import Testing

@Suite struct BoundaryTests {
  @Test(arguments: SurfacePair.many) func agreesWithDefinitions(pair: SurfacePair) throws {
    for band in [BoundaryBand.erosion(1), .erosion(2), .distance(below: 1.3), .distance(below: 3)] {
      let table = try BoundaryOverlapTable(
        prediction: pair.prediction, reference: pair.reference, size: pair.size,
        spacing: pair.spacing, band: band, flat: pair.flat)
      for label in table.labels {
        let predicted = Self.voxels(of: PlainMask(pair.prediction, label, pair), band, pair.spacing)
        let referenced = Self.voxels(of: PlainMask(pair.reference, label, pair), band, pair.spacing)
        let common = predicted.intersection(referenced).count
        let union = predicted.union(referenced).count
        #expect(table[label].truePositives == common)
        #expect(table[label].union == union)
        #expect(table.boundaryIoU(label) == Double(common) / Double(union))
      }
    }
  }

  @Test func widthOfTheAuthors() {
    #expect(BoundaryBand.shareOfDiagonal(SIMD3(300, 400, 1)) == .erosion(10))
    #expect(BoundaryBand.shareOfDiagonal(SIMD3(10, 10, 1)) == .erosion(1))
    #expect(BoundaryBand.shareOfDiagonal(SIMD3(200, 200, 100)) == .erosion(6))
  }

  @Test func emptyAndMisused() throws {
    func table(_ band: BoundaryBand) throws -> BoundaryOverlapTable {
      try BoundaryOverlapTable(
        prediction: [0, 0], reference: [0, 1], size: SIMD3(2, 1, 1), spacing: .one, band: band)
    }
    #expect(try table(.erosion(1)).boundaryIoU(1) == 0)
    #expect(try table(.erosion(1)).boundaryIoU(2) == nil)
    #expect(try table(.erosion(1)).boundaryIoU(2, whenEmpty: .one) == 1)
    #expect(throws: MetricsError.distanceInvalid(0)) { try table(.erosion(0)) }
    #expect(throws: MetricsError.distanceInvalid(-1)) { try table(.distance(below: -1)) }
  }

  private static func voxels(
    of mask: PlainMask, _ band: BoundaryBand, _ spacing: SIMD3<Double>
  ) -> Set<SIMD3<Int>> {
    switch band {
    case .erosion(let width):
      let across = mask.isPlanar ? 0 : width
      return Set(
        mask.voxels.filter { voxel in
          (-across...across).contains { z in
            (-width...width).contains { y in
              (-width...width).contains { x in !mask.contains(voxel &+ SIMD3(x, y, z)) }
            }
          }
        })
    case .distance(let width):
      let distances = BruteForce.distances(mask.voxels, mask.border, spacing)
      return Set(zip(mask.voxels, distances).filter { $1 < width }.map(\.0))
    }
  }
}
