// Resampling with answers known beforehand.

import Imaging
import Testing

@Suite struct ResamplingTests {
  @Test(arguments: Interpolation.allCases, [1, 3])
  func ontoItself(_ interpolation: Interpolation, channels: Int) throws {
    let volume = Sample.volume(.uint8, channels: channels)
    let result = try volume.resampled(onto: volume.geometry, interpolation: interpolation)
    #expect(result.channels == channels)
    #expect(zip(result.voxels.doubles, volume.voxels.doubles).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect((result.voxels.type == .uint8) == (interpolation == .nearest))
  }

  /// f(p) = 2x − 3y + 5z + 7 in mm is linear, so that linear and cubic give it back between voxels.
  @Test(arguments: [Interpolation.linear, .cubic])
  func linearRamp(_ interpolation: Interpolation) throws {
    var geometry = Sample.oblique
    geometry.size = SIMD3(24, 20, 16)
    func value(_ point: SIMD3<Double>) -> Double { (point * SIMD3(2, -3, 5)).sum() + 7 }
    func fill(_ geometry: Geometry) -> [Double] {
      (0..<geometry.count).map { index in
        let (x, rest) = (index % geometry.size.x, index / geometry.size.x)
        let voxel = SIMD3(x, rest % geometry.size.y, rest / geometry.size.y)
        return value(
          geometry.worldMM(ofVoxel: SIMD3(Double(voxel.x), Double(voxel.y), Double(voxel.z))))
      }
    }
    let volume = Volume(geometry: geometry, voxels: .float64(fill(geometry)))
    // A finer, straight grid in the middle, away from the edges where the spline mirrors.
    let centre = geometry.worldMM(ofVoxel: SIMD3(11.5, 9.5, 7.5))
    let target = Geometry(
      size: SIMD3(4, 4, 4), spacing: SIMD3(0.3, 0.4, 0.7), origin: centre - SIMD3(0.5, 0.6, 1))
    let result = try volume.resampled(onto: target, interpolation: interpolation)
    let tolerance = interpolation == .linear ? 1e-9 : 2e-2
    #expect(
      zip(result.voxels.doubles, fill(target)).allSatisfy { abs($0 - $1) < tolerance })
  }

  @Test func outsideIsFilled() throws {
    let volume = Volume(geometry: Geometry(size: SIMD3(2, 1, 1)), voxels: .int16([10, 20]))
    let target = Geometry(size: SIMD3(6, 1, 1), spacing: SIMD3(0.5, 1, 1), origin: SIMD3(-1, 0, 0))
    let linear = try volume.resampled(onto: target, fill: -5)
    // −1 lies outside; −0.5 continues the first voxel; 0.5 is halfway; 1.5 is the far border itself.
    #expect(linear.voxels == .float32([-5, 10, 10, 15, 20, -5]))
    let nearest = try volume.resampled(onto: target, interpolation: .nearest, fill: -5)
    #expect(nearest.voxels.type == .int16)
    #expect(nearest.voxels.doubles.first == -5 && nearest.voxels.doubles[4] == 20)
  }

  @Test func spacingKeepsExtent() throws {
    let geometry = try Sample.oblique.resampled(toSpacing: SIMD3(1, 1, 1))
    #expect(geometry.size == SIMD3(3, 5, 9))
    let before = Sample.oblique.worldMM(ofVoxel: SIMD3(repeating: -0.5))
    let after = geometry.worldMM(ofVoxel: SIMD3(repeating: -0.5))
    #expect(((before - after) * (before - after)).sum() < 1e-18)
    let constant = Volume(
      geometry: Sample.oblique, voxels: .uint8([UInt8](repeating: 9, count: 60)))
    for interpolation in Interpolation.allCases {
      let result = try constant.resampled(toSpacing: SIMD3(1, 1, 1), interpolation: interpolation)
      #expect(result.voxels.doubles.allSatisfy { abs($0 - 9) < 1e-4 })
    }
  }

  @Test func labelsStayLabels() throws {
    let labels = LabelMap(
      geometry: Sample.oblique, labels: (0..<60).map { Int32($0 % 7) * 100_000 })
    let fine = try labels.resampled(toSpacing: SIMD3(0.25, 0.625, 1.5))
    #expect(Set(fine.labels) == Set(labels.labels))
    #expect(fine.counts[0] == (labels.counts[0] ?? 0) * 8)
    #expect(try labels.resampled(onto: labels.geometry) == labels)
  }

  @Test(arguments: [0, -1, Double.nan, .infinity, 1e-9])
  func badSpacing(_ spacing: Double) {
    #expect(throws: ImagingError.self) {
      try Sample.volume(.uint8).resampled(toSpacing: SIMD3(1, spacing, 1))
    }
  }
}
