// A random map from the voxels of a result to places in a label map: affine and elastic, without folds.

internal import Datasets
internal import Foundation

/// Offsets in voxels of the result, on a coarser grid.
struct Displacement: Sendable {
  private var components: [Field]
  private let size: SIMD3<Int>

  /// Integrates stationary velocities by scaling and squaring, which cannot fold space.
  ///
  /// Source: Arsigny et al., A Log-Euclidean Framework for Statistics on Diffeomorphisms, MICCAI 2006.
  ///
  /// - Parameters:
  ///   - size: of the result, in voxels
  ///   - deviation: of the velocities, in voxels
  ///   - knotVoxels: distance of their knots
  ///   - random: where the numbers come from
  init(
    size: SIMD3<Int>, deviation: Double, knotVoxels: Double, random: inout CounterRandom
  ) {
    self.size = size
    var coarse = SIMD3<Int>.one
    var cells = SIMD3<Int>.one
    for axis in 0..<3 where size[axis] > 1 {
      coarse[axis] = max(2, size[axis] / 4)
      cells[axis] = max(1, Int((Double(size[axis]) / knotVoxels).rounded()))
    }
    components = []
    // Each of 2⁶ steps is small enough to be a shift.
    let steps = 6
    for axis in 0..<3 {
      var field = Field.smoothNoise(coarse, cells: cells, random: &random)
      let scale = size[axis] > 1 ? Float(deviation / Double(1 << steps)) : 0
      for index in field.values.indices { field.values[index] *= scale }
      components.append(field)
    }
    for _ in 0..<steps { square() }
  }

  /// Follows the offsets twice.
  private mutating func square() {
    let grid = components[0].size
    let before = self
    for z in 0..<grid.z {
      for y in 0..<grid.y {
        for x in 0..<grid.x {
          let index = x + grid.x * (y + grid.y * z)
          let own = SIMD3(
            before.components[0].values[index], before.components[1].values[index],
            before.components[2].values[index])
          let ratio = SIMD3<Float>(
            Float(grid.x) / Float(size.x), Float(grid.y) / Float(size.y),
            Float(grid.z) / Float(size.z))
          let place = SIMD3(Float(x), Float(y), Float(z)) + own * ratio
          let further = before.sample(place)
          for axis in 0..<3 { components[axis].values[index] = own[axis] + further[axis] }
        }
      }
    }
  }

  /// The offset at a voxel of the result, in its voxels.
  func offset(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Float> {
    let grid = components[0].size
    return sample(
      SIMD3(
        (Float(x) + 0.5) * Float(grid.x) / Float(size.x) - 0.5,
        (Float(y) + 0.5) * Float(grid.y) / Float(size.y) - 0.5,
        (Float(z) + 0.5) * Float(grid.z) / Float(size.z) - 0.5))
  }

  /// Linear between the knots of the coarse grid, continued beyond it.
  private func sample(_ place: SIMD3<Float>) -> SIMD3<Float> {
    let grid = components[0].size
    var low = SIMD3<Int>.zero
    var part = SIMD3<Float>.zero
    for axis in 0..<3 {
      let inside = min(max(place[axis], 0), Float(grid[axis] - 1))
      low[axis] = min(Int(inside), max(0, grid[axis] - 2))
      part[axis] = inside - Float(low[axis])
    }
    var result = SIMD3<Float>.zero
    for corner in 0..<8 {
      var weight: Float = 1
      var index = 0
      var stride = 1
      for axis in 0..<3 {
        let isHigh = corner >> axis & 1 == 1
        weight *= isHigh ? part[axis] : 1 - part[axis]
        index += min(low[axis] + (isHigh ? 1 : 0), grid[axis] - 1) * stride
        stride *= grid[axis]
      }
      if weight == 0 { continue }
      result +=
        weight
        * SIMD3(
          components[0].values[index], components[1].values[index], components[2].values[index])
    }
    return result
  }
}

/// A random affine map about a centre.
struct Affine: Sendable {
  private let rows: [SIMD3<Double>]

  /// Draws rotation, scaling and shearing; a flat map stays in its plane.
  init(_ settings: LabelDrivenSettings, isFlat: Bool, random: inout CounterRandom) {
    var rows = [SIMD3(1.0, 0, 0), SIMD3(0, 1.0, 0), SIMD3(0, 0, 1.0)]
    func turn(_ first: Int, _ second: Int) {
      let limit = settings.rotationDegrees / 180 * Double.pi
      let angle = random.uniform(in: -limit...limit)
      let one = rows[first]
      let other = rows[second]
      rows[first] = one * cos(angle) - other * sin(angle)
      rows[second] = one * sin(angle) + other * cos(angle)
    }
    turn(0, 1)
    if !isFlat {
      turn(1, 2)
      turn(0, 2)
    }
    for axis in 0..<(isFlat ? 2 : 3) {
      rows[axis] *= random.uniform(in: 1 - settings.scaling...1 + settings.scaling)
      let other = (axis + 1) % (isFlat ? 2 : 3)
      rows[axis] += rows[other] * random.uniform(in: -settings.shearing...settings.shearing)
    }
    self.rows = rows
  }

  func callAsFunction(_ point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3((rows[0] * point).sum(), (rows[1] * point).sum(), (rows[2] * point).sum())
  }
}
