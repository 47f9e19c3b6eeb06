// The area of the piece of surface that marching cubes put around a corner of voxels.
// Lorensen and Cline, SIGGRAPH Computer Graphics 21 (1987) 163.

/// Areas (lengths in two dimensions) for each set of the voxels around a corner.
///
/// Edges between a voxel inside and one outside are cut in the middle. Of the voxels inside and those
/// outside the fewer are looked at; each group of them that hangs together by faces gets a piece of its
/// own, which is cut into the triangles that surface-distance 1f805ce has. The bit of voxel (i, j, k), each
/// 0 or 1, is i + 2 j + 4 k.
enum SurfaceElements {
  /// Areas in mm² for 256 codes of eight voxels.
  static func areas(spacing: SIMD3<Double>) -> [Double] {
    let faces = SIMD3(spacing.y * spacing.z, spacing.x * spacing.z, spacing.x * spacing.y)
    return triangles.map { triangles in
      triangles.map { ($0 * $0 * faces * faces).sum().squareRoot() / 8 }.reduce(0, +)
    }
  }

  /// Lengths in mm for 16 codes of four pixels.
  static func lengths(spacing: SIMD3<Double>) -> [Double] {
    let diagonal = (spacing.x * spacing.x + spacing.y * spacing.y).squareRoot() / 2
    return (0..<16).map { code in
      switch code {
      case 0b0000, 0b1111: 0
      case 0b0011, 0b1100: spacing.x
      case 0b0101, 0b1010: spacing.y
      case 0b0110, 0b1001: 2 * diagonal
      default: diagonal
      }
    }
  }

  /// Each triangle of a code as its normal, as long as its area in cubes of size one, in eighths.
  private static let triangles: [[SIMD3<Double>]] = (0..<256).map { code in
    let inside = (0..<8).filter { code >> $0 & 1 == 1 }
    let fewer = inside.count <= 4 ? inside : (0..<8).filter { code >> $0 & 1 == 0 }
    return groups(fewer).flatMap(triangles)
  }

  /// Two voxels share a face when their numbers differ in one bit.
  private static func touch(_ a: Int, _ b: Int) -> Bool { (a ^ b).nonzeroBitCount == 1 }

  private static func groups(_ voxels: [Int]) -> [[Int]] {
    var groups: [[Int]] = []
    for voxel in voxels {
      let near = groups.filter { $0.contains { touch($0, voxel) } }
      groups.removeAll { $0.contains { touch($0, voxel) } }
      groups.append(near.flatMap { $0 } + [voxel])
    }
    return groups
  }

  private static func triangles(_ group: [Int]) -> [SIMD3<Double>] {
    // The axes along which neighbours of the group lie, as bits 1, 2, 4.
    let steps = group.map { a in group.filter { touch(a, $0) }.map { a ^ $0 } }
    let most = steps.map(\.count).max() ?? 0
    let used = Set(steps.joined())
    let unused = without(used)
    switch (group.count, most) {
    case (1, _): return [.one]
    case (2, _): return [2 * unused, 2 * unused]
    case (3, _): return [.one, 2 * .one, 4 * unused]
    case (4, 3): return [.one, .one, 2 * .one, 2 * .one]
    case (4, _) where used.count == 2: return [4 * unused, 4 * unused]
    default:
      // A winding path: two triangles lie along the axis of its first and of its last step.
      let ends = steps.filter { $0.count == 1 }.joined()
      return ends.map { 2 * without([$0]) } + [.one, 3 * .one]
    }
  }

  /// 1 for each axis that is not among those given as bits.
  private static func without(_ axes: Set<Int>) -> SIMD3<Double> {
    SIMD3((0..<3).map { axes.contains(1 << $0) ? 0 : 1 })
  }
}
