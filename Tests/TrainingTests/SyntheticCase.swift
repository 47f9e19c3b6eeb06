// Cases in memory whose voxels say where they are.

import Training

/// An image whose first channel counts its voxels, with a cube of every given label.
struct SyntheticCase: TrainingCase {
  struct Unreadable: Error, CustomStringConvertible {
    var description: String { "the disk is on fire" }
  }

  var id: String
  var shape: [Int]
  var channelCount = 1
  var labelChannelCount = 1
  var annotatedLabels: [Int]?
  var classLocations: [Int: [SIMD3<Int32>]] = [:]
  var labels: [Int16]
  var isReadable = true

  init(_ id: String, _ shape: [Int], _ voxels: [Int: [SIMD3<Int32>]]) {
    self.id = id
    self.shape = shape
    classLocations = voxels
    labels = Array(repeating: 0, count: shape.reduce(1, *))
    for label in voxels.keys.sorted() where label > 0 {
      for voxel in voxels[label] ?? [] { labels[Self.index(voxel, shape)] = Int16(label) }
    }
  }

  static func index(_ voxel: SIMD3<Int32>, _ shape: [Int]) -> Int {
    (Int(voxel.x) * shape[1] + Int(voxel.y)) * shape[2] + Int(voxel.z)
  }

  func read(
    lower: [Int], size: [Int], image: UnsafeMutableBufferPointer<Float>,
    labels out: UnsafeMutableBufferPointer<Int16>
  ) throws {
    guard isReadable else { throw Unreadable() }
    precondition((0..<3).allSatisfy { lower[$0] >= 0 && lower[$0] + size[$0] <= shape[$0] })
    let count = size.reduce(1, *)
    var place = 0
    for z in lower[0]..<lower[0] + size[0] {
      for y in lower[1]..<lower[1] + size[1] {
        for x in lower[2]..<lower[2] + size[2] {
          let voxel = (z * shape[1] + y) * shape[2] + x
          for channel in 0..<channelCount {
            image[channel * count + place] = Float(voxel + 1) * (channel == 0 ? 1 : -1)
          }
          for channel in 0..<labelChannelCount { out[channel * count + place] = labels[voxel] }
          place += 1
        }
      }
    }
  }
}

/// A case of the given shape with two labelled cubes.
func twoCubes(_ id: String, _ shape: [Int] = [20, 24, 28]) -> SyntheticCase {
  var voxels: [Int: [SIMD3<Int32>]] = [:]
  for z in 0..<3 {
    for y in 0..<3 {
      for x in 0..<3 {
        let near = SIMD3(Int32(min(z + 1, shape[0] - 1)), Int32(y + 2), Int32(x + 2))
        let far = SIMD3(
          Int32(max(0, shape[0] - 1 - z)), Int32(shape[1] - 2 - y), Int32(shape[2] - 2 - x))
        voxels[1, default: []].append(near)
        voxels[2, default: []].append(far)
      }
    }
  }
  return SyntheticCase(id, shape, voxels)
}
