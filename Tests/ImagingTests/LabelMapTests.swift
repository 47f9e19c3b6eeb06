// Label maps: what is accepted, what is refused, and the type that is written.

import Foundation
import Imaging
import Testing

@Suite struct LabelMapTests {
  private let flat = Geometry(size: SIMD3(2, 2, 1))

  @Test(
    arguments: [
      ([0, 1, 255, 3], VoxelType.uint8), ([0, 256, 65535, 3], .uint16), ([0, 65536, 2, 3], .int32),
      ([0, -1, 2, 3], .int32),
    ] as [([Int32], VoxelType)])
  func smallestType(_ labels: [Int32], _ type: VoxelType) throws {
    let folder = try TemporaryFolder()
    let map = LabelMap(geometry: flat, labels: labels)
    for ending in ["nii.gz", "nii", "nrrd", "mha", "mhd", "png", "tif"] {
      let path = folder.path("a." + ending)
      if type == .int32 && ["png", "tif"].contains(ending) {
        #expect(throws: ImagingError.self) { try map.write(to: path) }
        continue
      }
      try map.write(to: path)
      #expect(try Volume(contentsOf: path).voxels.type == type)
      #expect(try LabelMap(contentsOf: path).labels == labels)
    }
  }

  @Test func greyColoursAreLabels() throws {
    let grey: [UInt8] = [0, 0, 0, 1, 1, 1, 255, 255, 255, 7, 7, 7]
    let map = try LabelMap(Volume(geometry: flat, channels: 3, voxels: .uint8(grey)))
    #expect(map.labels == [0, 1, 255, 7])
    let opaque: [UInt8] = [0, 0, 0, 255, 1, 1, 1, 255, 5, 5, 5, 255, 7, 7, 7, 255]
    #expect(
      try LabelMap(Volume(geometry: flat, channels: 4, voxels: .uint8(opaque))).labels
        == [0, 1, 5, 7])
    var coloured = grey
    coloured[4] = 2
    var clear = opaque
    clear[7] = 9
    for volume in [
      Volume(geometry: flat, channels: 3, voxels: .uint8(coloured)),
      Volume(geometry: flat, channels: 4, voxels: .uint8(clear)),
      Volume(geometry: flat, channels: 5, voxels: .uint8([UInt8](repeating: 0, count: 20))),
      Volume(geometry: flat, voxels: .float32([0, 1, 2.5, 3])),
      Volume(geometry: flat, voxels: .float32([0, 1, .nan, 3])),
      Volume(geometry: flat, voxels: .float64([0, 1, 1e12, 3])),
      Volume(geometry: flat, voxels: .uint32([0, 1, .max, 3])),
    ] {
      let error = #expect(throws: ImagingError.self) { try LabelMap(volume) }
      #expect(error?.description.contains("\n") == false)
    }
    #expect(
      try LabelMap(Volume(geometry: flat, voxels: .float32([0, 1, -2, 3]))).labels == [0, 1, -2, 3])
  }

  @Test func fractionsInAFileNameThePath() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.nii")
    try Volume(geometry: flat, voxels: .float32([0, 0.5, 1, 2])).write(to: path)
    let error = #expect(throws: ImagingError.self) { try LabelMap(contentsOf: path) }
    #expect(error?.description.hasPrefix(path) == true)
  }

  /// A 4 × 1 PNG with a palette, made by Pillow: indices 0, 1, 2, 1 in black, red and green.
  @Test func paletteIndicesAreLabels() throws {
    let encoded =
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABAgMAAACEUudeAAAACVBMVEUAAAD/AAAA/wD0g79+AAAACklEQVR4nGOQBAAAGwAaLtKNrQAAAABJRU5ErkJggg=="
    let folder = try TemporaryFolder()
    let data = try #require(Data(base64Encoded: encoded))
    let path = try folder.write("a.png", [UInt8](data))
    #expect(try LabelMap(contentsOf: path).labels == [0, 1, 2, 1])
    let photograph = try Volume(contentsOf: path)
    #expect(photograph.channels == 3)
    #expect(photograph.voxels == .uint8([0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 0, 0]))
  }

  @Test func counting() {
    let map = LabelMap(geometry: flat, labels: [3, 3, 0, 3])
    #expect(map.counts == [3: 3, 0: 1])
  }
}
