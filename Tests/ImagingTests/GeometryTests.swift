// World and voxel coordinates, orientation codes and what counts as a sound grid.

import Imaging
import Testing

@Suite struct GeometryTests {
  @Test func worldAndVoxelAreInverse() {
    var generator = SystemRandomNumberGenerator()
    for orientation in Orientation.all {
      let geometry = Sample.oblique.reoriented(to: orientation)
      for _ in 0..<20 {
        let voxel = SIMD3<Double>.random(in: -10...10, using: &generator)
        let back = geometry.voxel(atWorldMM: geometry.worldMM(ofVoxel: voxel))
        let gap = back - voxel
        #expect((gap * gap).sum() < 1e-18)
      }
    }
  }

  @Test func knownPlaces() {
    let geometry = Geometry(
      size: SIMD3(10, 10, 10), spacing: SIMD3(1, 2, 3), origin: SIMD3(5, 6, 7),
      direction: [SIMD3(0, 1, 0), SIMD3(-1, 0, 0), SIMD3(0, 0, 1)])
    #expect(geometry.worldMM(ofVoxel: SIMD3(1, 1, 1)) == SIMD3(3, 7, 10))
    #expect(geometry.voxel(atWorldMM: SIMD3(3, 7, 10)) == SIMD3(1, 1, 1))
    #expect(geometry.orientation.code == "PRS")
    #expect(geometry.voxelVolume == 6)
    #expect(geometry.contains(voxel: SIMD3(-0.5, 9.5, 0)))
    #expect(!geometry.contains(voxel: SIMD3(-0.6, 0, 0)))
  }

  @Test func codes() throws {
    #expect(Set(Orientation.all.map(\.code)).count == 48)
    #expect(try Orientation("lps") == .lps)
    #expect(Geometry(size: .one).orientation == .lps)
    for orientation in Orientation.all {
      #expect(try Orientation(orientation.code) == orientation)
      #expect(Geometry(size: .one).reoriented(to: orientation).orientation == orientation)
    }
  }

  @Test(arguments: ["", "LP", "LRS", "LPSS", "XYZ", "LPL", "LÄS"])
  func badCodes(_ code: String) {
    #expect(throws: ImagingError.badOrientation(code: code)) { try Orientation(code) }
  }

  @Test func fortyFiveDegreesHaveACode() {
    let half = 0.5.squareRoot()
    let geometry = Geometry(
      size: .one, direction: [SIMD3(half, half, 0), SIMD3(-half, half, 0), SIMD3(0, 0, 1)])
    #expect(geometry.orientation.code == "LPS")
  }

  @Test func defects() {
    let sound = Geometry(size: SIMD3(2, 2, 2))
    #expect(sound.defect() == nil)
    #expect(Sample.oblique.defect() == nil)
    var broken: [Geometry] = []
    for spacing in [0, -1, Double.nan, .infinity] {
      broken.append(Geometry(size: sound.size, spacing: SIMD3(1, spacing, 1)))
      broken.append(
        Geometry(size: sound.size, direction: [SIMD3(1, spacing, 1), SIMD3(0, 1, 0), .zero]))
    }
    broken.append(Geometry(size: SIMD3(0, 1, 1)))
    broken.append(Geometry(size: sound.size, origin: SIMD3(.nan, 0, 0)))
    broken.append(
      Geometry(size: sound.size, direction: [SIMD3(1, 0, 0), SIMD3(0.1, 0.995, 0), SIMD3(0, 0, 1)]))
    broken.append(Geometry(size: sound.size, direction: []))
    for geometry in broken { #expect(geometry.defect() != nil) }
  }
}
