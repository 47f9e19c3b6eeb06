// What is written comes back: every format, voxel type, channel count and orientation.

import Foundation
import Imaging
import Testing

@Suite struct RoundTripTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var ending: String
    var type: VoxelType
    var channels: Int
    var testDescription: String { "\(ending) \(type.rawValue) ×\(channels)" }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for ending in [".nrrd", ".mha", ".mhd", ".nii", ".nii.gz"] {
      for type in VoxelType.allCases { cases.append(Case(ending: ending, type: type, channels: 1)) }
      for channels in [3, 4] {
        cases.append(Case(ending: ending, type: .uint8, channels: channels))
      }
    }
    for ending in [".nrrd", ".mha", ".mhd"] {
      cases.append(Case(ending: ending, type: .float32, channels: 2))
      cases.append(Case(ending: ending, type: .int16, channels: 5))
    }
    for channels in [1, 3, 4] {
      for type in [VoxelType.uint8, .uint16] {
        cases.append(Case(ending: ".png", type: type, channels: channels))
        cases.append(Case(ending: ".tif", type: type, channels: channels))
        cases.append(Case(ending: ".tiff", type: type, channels: channels))
      }
    }
    cases.append(Case(ending: ".tif", type: .float32, channels: 1))
    return cases
  }()

  @Test(arguments: cases)
  func comesBack(_ test: Case) throws {
    let folder = try TemporaryFolder()
    let isFlat = test.ending.hasPrefix(".png") || test.ending.hasPrefix(".tif")
    let geometry = isFlat ? Geometry(size: SIMD3(7, 5, 1)) : Sample.oblique
    let volume = Sample.volume(test.type, channels: test.channels, geometry: geometry)
    try volume.write(to: folder.path("image" + test.ending))
    #expect(
      folder.names
        == (test.ending == ".mhd" ? ["image.mhd", "image.raw"] : ["image" + test.ending]))
    let back = try Volume(contentsOf: folder.path("image" + test.ending))
    #expect(back.voxels == volume.voxels)
    #expect(back.channels == volume.channels)
    #expect(back.geometry.matches(geometry, toleranceMM: 1e-5), "\(back.geometry)")
    #expect(back.source?.orientation == geometry.orientation)
  }

  @Test func jpegIsCloseAndOverwrites() throws {
    let folder = try TemporaryFolder()
    let geometry = Geometry(size: SIMD3(16, 8, 1))
    let values = (0..<128).map { UInt8($0) }
    let path = folder.path("a.jpg")
    try folder.write("a.jpg", [1, 2, 3])
    try Volume(geometry: geometry, voxels: .uint8(values)).write(to: path)
    let back = try Volume(contentsOf: path)
    #expect(back.channels == 1)
    #expect(zip(try back.floats(), values).allSatisfy { abs($0 - Float($1)) < 6 })
    #expect(folder.names == ["a.jpg"])
  }

  /// All orders and flips: the value at each point in space survives reordering, writing and reading.
  @Test(arguments: Orientation.all)
  func keepsWorldValues(_ orientation: Orientation) throws {
    let folder = try TemporaryFolder()
    let volume = Sample.volume(.int16)
    let moved = volume.reoriented(to: orientation)
    #expect(moved.geometry.orientation == orientation)
    #expect(moved.reoriented(to: volume.geometry.orientation).voxels == volume.voxels)
    let labels = try LabelMap(volume).reoriented(to: orientation)
    #expect(try LabelMap(moved) == labels)
    for ending in [".nii.gz", ".nrrd", ".mha"] {
      try moved.write(to: folder.path("a" + ending))
      let back = try Volume(contentsOf: folder.path("a" + ending))
      #expect(back.geometry.orientation == orientation)
      expectSameWorld(back, volume)
    }
  }

  @Test func coloursMoveTogether() {
    let volume = Sample.volume(.uint8, channels: 3)
    for orientation in Orientation.all {
      expectSameWorld(volume.reoriented(to: orientation), volume)
    }
  }

  @Test func tilesLargerThanOne() {
    let geometry = Geometry(size: SIMD3(70, 33, 65))
    let volume = Sample.volume(.int32, geometry: geometry)
    for orientation in Orientation.all {
      let moved = volume.reoriented(to: orientation)
      #expect(moved.reoriented(to: .lps).voxels == volume.voxels)
    }
    expectSameWorld(volume.reoriented(to: Orientation.all[29]), volume)
  }

  private func expectSameWorld(_ met: Volume, _ expected: Volume) {
    let (values, wanted) = (met.voxels.doubles, expected.voxels.doubles)
    let (to, from) = (met.geometry, expected.geometry)
    var different = 0
    for z in 0..<from.size.z {
      for y in 0..<from.size.y {
        for x in 0..<from.size.x {
          let place = to.voxel(
            atWorldMM: from.worldMM(ofVoxel: SIMD3(Double(x), Double(y), Double(z))))
          let near = place.rounded(.toNearestOrAwayFromZero)
          let off = place - near
          let there = Int(near.x) + to.size.x * (Int(near.y) + to.size.y * Int(near.z))
          let here = x + from.size.x * (y + from.size.y * z)
          for channel in 0..<met.channels {
            let same =
              values[there * met.channels + channel] == wanted[here * met.channels + channel]
            if !same || (off * off).sum() > 1e-8 { different += 1 }
          }
        }
      }
    }
    #expect(different == 0)
  }

  @Test func aLinkToAnImageIsReadAsTheImage() throws {
    let folder = try TemporaryFolder()
    let image = try LabelMap(
      geometry: Geometry(size: SIMD3(5, 4, 3)), labels: (0..<60).map { Int32($0 % 4) })
    try image.write(to: folder.path("mask.nii"))
    let link = folder.path("link.nii")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path("mask.nii"))
    #expect(try LabelMap(contentsOf: link).labels == image.labels)
  }
}
