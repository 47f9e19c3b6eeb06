// A label map in memory, one byte per voxel, and pieces of it under a deformation.

internal import Datasets
internal import Foundation
internal import Imaging

/// Labels by their numbers, axes in LPS order, so that a slice along z is axial.
struct IndexedLabels: Sendable {
  let geometry: Geometry
  let values: [UInt8]
  /// The box of all labels, as voxel indices.
  private let low: SIMD3<Int>
  private let high: SIMD3<Int>

  init(_ path: String, _ description: DatasetDescription, _ numbers: [Int32: UInt8]) throws {
    let map = try LabelMap(contentsOf: path).semantic(description).reoriented(to: .lps)
    self.init(geometry: map.geometry, values: map.labels.map { numbers[$0] ?? 0 })
  }

  init(geometry: Geometry, values: [UInt8]) {
    self.geometry = geometry
    self.values = values
    var low = geometry.size
    var high = SIMD3<Int>.zero
    for index in values.indices where values[index] != 0 {
      let place = SIMD3(
        index % geometry.size.x, index / geometry.size.x % geometry.size.y,
        index / (geometry.size.x * geometry.size.y))
      low = pointwiseMin(low, place)
      high = pointwiseMax(high, place)
    }
    self.low = pointwiseMin(low, high)
    self.high = high
  }

  /// Where a piece of the size is centred: somewhere on the labels.
  func place(for size: SIMD3<Int>, random: inout CounterRandom) -> SIMD3<Double> {
    var centre = SIMD3<Double>.zero
    for axis in 0..<3 {
      let first = Double(low[axis])
      let last = Double(high[axis])
      let middle = (first + last) / 2
      let reach = max(0, (last - first - Double(size[axis])) / 2)
      if size.z == 1, axis == 2 {
        centre[axis] = Double(random.integer(in: low[axis]...high[axis]))
      } else {
        centre[axis] = middle + random.uniform(in: -reach...reach)
      }
    }
    return centre
  }

  /// The grid of a piece in space.
  func geometry(size: SIMD3<Int>, around centre: SIMD3<Double>) -> Geometry {
    var result = geometry
    result.size = size
    let half = SIMD3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1)) / 2
    result.origin = geometry.worldMM(ofVoxel: centre - half)
    return result
  }

  /// The label at the voxel closest to a place, background outside.
  func label(at place: SIMD3<Double>) -> UInt8 {
    let voxel = place.rounded(.toNearestOrEven)
    let size = geometry.size
    guard voxel.x >= 0, voxel.y >= 0, voxel.z >= 0, voxel.x < Double(size.x),
      voxel.y < Double(size.y), voxel.z < Double(size.z)
    else { return 0 }
    return values[Int(voxel.x) + size.x * (Int(voxel.y) + size.y * Int(voxel.z))]
  }
}

/// A random deformation of a piece.
struct LabelWarp: Sendable {
  let size: SIMD3<Int>
  private let affine: Affine
  private let elastic: Displacement

  init(
    _ settings: LabelDrivenSettings, size: SIMD3<Int>, isFlat: Bool,
    random: inout CounterRandom
  ) {
    self.size = size
    affine = Affine(settings, isFlat: isFlat, random: &random)
    elastic = Displacement(
      size: size, deviation: random.uniform(in: 0...settings.elasticVoxels),
      knotVoxels: settings.elasticKnotVoxels, random: &random)
  }

  /// Labels of the deformed piece; rotations are right in mm whatever the spacing.
  func labels(of map: IndexedLabels, around centre: SIMD3<Double>) -> [UInt8] {
    let half = SIMD3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1)) / 2
    let spacing = map.geometry.spacing
    var result = [UInt8](repeating: 0, count: size.x * size.y * size.z)
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x {
          let shift = elastic.offset(x, y, z)
          let voxel =
            SIMD3(Double(x), Double(y), Double(z)) - half
            + SIMD3(Double(shift.x), Double(shift.y), Double(shift.z))
          let place = affine(voxel * spacing) / spacing + centre
          result[x + size.x * (y + size.y * z)] = map.label(at: place)
        }
      }
    }
    return result
  }
}
