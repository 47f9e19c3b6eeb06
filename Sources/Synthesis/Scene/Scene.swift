// A scene of solids, later ones over earlier ones, and its exact rendering on a grid.

internal import Foundation
internal import Imaging

/// Parts in the order in which they are painted.
struct Scene: Sendable {
  struct Part: Sendable {
    let solid: Solid
    /// What the physics sees: an index into a table of the modality.
    let material: Int
    let label: Int32
    /// The number of the object, 0 where it does not matter.
    let instance: Int32
  }

  private(set) var parts: [Part] = []
  /// Bounding boxes of the parts, since asking for them again is dear.
  private var boxes: [(low: SIMD3<Double>, high: SIMD3<Double>)] = []

  mutating func add(_ solid: Solid, _ material: Int, label: Int32 = 0, instance: Int32 = 0) {
    parts.append(Part(solid: solid, material: material, label: label, instance: instance))
    boxes.append(solid.bounds)
  }

  func box(of part: Int) -> (low: SIMD3<Double>, high: SIMD3<Double>) { boxes[part] }

  /// The index of the uppermost part at a point, −1 where there is none.
  func owner(at point: SIMD3<Double>) -> Int { owner(at: point, among: Array(parts.indices)) }

  /// The same among some parts, in their order.
  func owner(at point: SIMD3<Double>, among some: [Int]) -> Int {
    var place = some.count - 1
    while place >= 0 {
      let index = some[place]
      let box = boxes[index]
      if point.x >= box.low.x, point.x <= box.high.x, point.y >= box.low.y,
        point.y <= box.high.y, point.z >= box.low.z, point.z <= box.high.z,
        parts[index].solid.contains(point)
      {
        return index
      }
      place -= 1
    }
    return -1
  }

  /// Voxels along a side of a tile.
  private static let tile = 8

  /// Which parts may reach into each column of tiles: a vessel tree has thousands.
  private func tiles(on grid: SceneGrid) -> (columns: Int, parts: [[Int]]) {
    let columns = (grid.size.x + Self.tile - 1) / Self.tile
    let rows = (grid.size.y + Self.tile - 1) / Self.tile
    var result = [[Int]](repeating: [], count: columns * rows)
    for part in parts.indices {
      // A sample lies up to half a voxel beside a centre.
      let low = grid.index(of: boxes[part].low - 0.5 * grid.spacing, rounded: .up)
      let high = grid.index(of: boxes[part].high + 0.5 * grid.spacing, rounded: .down)
      if low.x > high.x || low.y > high.y { continue }
      for row in low.y / Self.tile...high.y / Self.tile {
        for column in low.x / Self.tile...high.x / Self.tile {
          result[column + columns * row].append(part)
        }
      }
    }
    return (columns, result)
  }

  /// Which part owns the centre of each voxel; −1 for none.
  func owners(on grid: SceneGrid) -> [Int32] {
    let size = grid.size
    var result = [Int32](repeating: -1, count: size.x * size.y * size.z)
    for (number, part) in parts.enumerated() {
      let low = grid.index(of: boxes[number].low, rounded: .up)
      let high = grid.index(of: boxes[number].high, rounded: .down)
      if low.x > high.x || low.y > high.y || low.z > high.z { continue }
      for z in low.z...high.z {
        for y in low.y...high.y {
          for x in low.x...high.x where part.solid.contains(grid.point(x, y, z)) {
            result[x + size.x * (y + size.y * z)] = Int32(number)
          }
        }
      }
    }
    return result
  }

  /// Labels by voxel centre: exact, since the solids are analytic.
  func labels(_ owners: [Int32]) -> [Int32] {
    owners.map { $0 < 0 ? 0 : parts[Int($0)].label }
  }

  /// Numbers of objects by voxel centre.
  func instances(_ owners: [Int32]) -> [Int32] {
    owners.map { $0 < 0 ? 0 : parts[Int($0)].instance }
  }

  /// The mean of a tissue's value over each voxel: partial volume.
  ///
  /// Voxels whose neighbours all belong to the same part are that part's; the others are divided into
  /// `samples`³ points (`samples`² · 3 on a single slice, whose thickness counts too).
  ///
  /// - Parameters:
  ///   - value: of each part
  ///   - outside: where no part is
  ///   - owners: from ``owners(on:)``
  ///   - grid: the voxels
  ///   - samples: points along each side of a voxel
  /// - Returns: the mean values
  func partialVolumes(
    _ value: [Float], outside: Float, owners: [Int32], on grid: SceneGrid, samples: Int = 3
  ) -> Field {
    let size = grid.size
    var field = Field(size: size, filledWith: outside)
    let depth = size.z == 1 ? 3 : samples
    let steps = Self.offsets(samples)
    let tiles = tiles(on: grid)
    let depthSteps = Self.offsets(depth)
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x {
          let index = x + size.x * (y + size.y * z)
          let own = owners[index]
          if own >= 0 { field.values[index] = value[Int(own)] }
          guard grid.isAtBorder(x, y, z, owners) else { continue }
          let nearby = tiles.parts[x / Self.tile + tiles.columns * (y / Self.tile)]
          var sum: Float = 0
          for dz in depthSteps {
            for dy in steps {
              for dx in steps {
                let point = grid.point(Double(x) + dx, Double(y) + dy, Double(z) + dz)
                let part = owner(at: point, among: nearby)
                sum += part < 0 ? outside : value[part]
              }
            }
          }
          field.values[index] = sum / Float(depth * samples * samples)
        }
      }
    }
    return field
  }

  private static func offsets(_ count: Int) -> [Double] {
    (0..<count).map { (Double($0) + 0.5) / Double(count) - 0.5 }
  }
}

/// Voxels around the middle of a scene.
struct SceneGrid: Sendable {
  let size: SIMD3<Int>
  /// mm
  let spacing: SIMD3<Double>
  /// The centre of voxel (0, 0, 0), mm.
  let origin: SIMD3<Double>

  init(size: SIMD3<Int>, spacing: SIMD3<Double>) {
    self.size = size
    self.spacing = spacing
    let middle = SIMD3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1)) / 2
    origin = -middle * spacing
  }

  /// The extent of all voxels, mm.
  var extent: SIMD3<Double> {
    SIMD3(Double(size.x), Double(size.y), Double(size.z)) * spacing
  }

  /// The centre of a voxel, mm.
  func point(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Double> {
    point(Double(x), Double(y), Double(z))
  }

  func point(_ x: Double, _ y: Double, _ z: Double) -> SIMD3<Double> {
    origin + SIMD3(x, y, z) * spacing
  }

  /// The voxel index of a point, kept within the grid; a lower bound may come out above the upper one.
  fileprivate func index(of point: SIMD3<Double>, rounded rule: FloatingPointRoundingRule)
    -> SIMD3<Int>
  {
    let place = (point - origin) / spacing
    var result = SIMD3<Int>.zero
    for axis in 0..<3 {
      let whole = place[axis].rounded(rule)
      let inside = min(max(whole, -1), Double(size[axis]))
      result[axis] =
        rule == .up ? max(0, Int(inside)) : min(size[axis] - 1, Int(inside))
    }
    return result
  }

  /// Whether one of the neighbours belongs to another part.
  fileprivate func isAtBorder(_ x: Int, _ y: Int, _ z: Int, _ owners: [Int32]) -> Bool {
    let own = owners[x + size.x * (y + size.y * z)]
    for dz in max(0, z - 1)...min(size.z - 1, z + 1) {
      for dy in max(0, y - 1)...min(size.y - 1, y + 1) {
        for dx in max(0, x - 1)...min(size.x - 1, x + 1)
        where owners[dx + size.x * (dy + size.y * dz)] != own {
          return true
        }
      }
    }
    return false
  }

  /// The grid in space: LPS axes, the middle of the scene at the origin.
  var geometry: Geometry { Geometry(size: size, spacing: spacing, origin: origin) }
}
