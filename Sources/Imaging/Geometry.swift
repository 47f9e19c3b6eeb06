// Where a voxel grid lies in the patient, in the convention of DICOM and ITK.

/// The position of a voxel grid in space: LPS axes, millimetres.
///
/// The centre of voxel `(i, j, k)` lies at `origin + Σ direction[axis] * spacing[axis] * index[axis]`.
public struct Geometry: Sendable, Hashable, Codable {
  /// Voxels along x (fastest), y and z as stored; a 2-D image has one slice.
  public var size: SIMD3<Int>
  /// Distance between voxel centres along each stored axis, in mm.
  public var spacing: SIMD3<Double>
  /// Centre of voxel (0, 0, 0), in mm, LPS.
  public var origin: SIMD3<Double>
  /// Unit vectors of the stored x, y and z axes, LPS: `direction[axis]`.
  public var direction: [SIMD3<Double>]

  public init(
    size: SIMD3<Int>, spacing: SIMD3<Double> = .one, origin: SIMD3<Double> = .zero,
    direction: [SIMD3<Double>] = [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
  ) {
    self.size = size
    self.spacing = spacing
    self.origin = origin
    self.direction = direction
  }

  /// Voxels in the grid.
  public var count: Int { size.x * size.y * size.z }

  /// Volume of one voxel, in mm³.
  public var voxelVolume: Double { spacing.x * spacing.y * spacing.z }

  /// The point in space of a voxel position, which may lie between voxel centres, in mm, LPS.
  public func worldMM(ofVoxel voxel: SIMD3<Double>) -> SIMD3<Double> {
    let steps = voxel * spacing
    return origin + direction[0] * steps.x + direction[1] * steps.y + direction[2] * steps.z
  }

  /// The voxel position of a point in space (mm, LPS); it may lie between centres or outside the grid.
  public func voxel(atWorldMM point: SIMD3<Double>) -> SIMD3<Double> {
    // Cramer's rule, so that directions rounded in a file invert exactly.
    let offset = point - origin
    let across = [
      cross(direction[1], direction[2]), cross(direction[2], direction[0]),
      cross(direction[0], direction[1]),
    ]
    let determinant = dot(direction[0], across[0])
    let steps = SIMD3(dot(across[0], offset), dot(across[1], offset), dot(across[2], offset))
    return steps / (spacing * determinant)
  }

  /// Whether a voxel position lies within the outer border of the grid, half a voxel around the centres.
  public func contains(voxel: SIMD3<Double>) -> Bool {
    (0..<3).allSatisfy { voxel[$0] >= -0.5 && voxel[$0] <= Double(size[$0]) - 0.5 }
  }

  /// What is wrong with this geometry in a few words, or nil when it is sound.
  ///
  /// Sound means: sizes of at least 1, finite positive spacing, a finite origin, and axes that are unit
  /// vectors at right angles within `tolerance`. Left-handed axes are sound.
  public func defect(tolerance: Double = 1e-3) -> String? {
    if (0..<3).contains(where: { size[$0] < 1 }) {
      return "size \(size.x)×\(size.y)×\(size.z) where every axis needs at least 1 voxel"
    }
    if !(0..<3).allSatisfy({ spacing[$0].isFinite && spacing[$0] > 0 }) {
      return "spacing \(text(spacing)) mm where positive numbers are needed"
    }
    if !(0..<3).allSatisfy({ origin[$0].isFinite }) {
      return "origin \(text(origin)) mm where finite numbers are needed"
    }
    guard direction.count == 3 else { return "\(direction.count) axes where 3 are needed" }
    for first in 0..<3 {
      for second in first..<3 {
        let product = dot(direction[first], direction[second])
        let expected: Double = first == second ? 1 : 0
        // Written so that NaN counts as a defect.
        if !(abs(product - expected) <= tolerance) {
          return first == second
            ? "an axis that is not a unit vector" : "axes that are not at right angles (sheared)"
        }
      }
    }
    return nil
  }

  /// Whether two grids have the same size and lie in the same place within `toleranceMM`.
  public func matches(_ other: Geometry, toleranceMM: Double = 1e-3) -> Bool {
    guard size == other.size else { return false }
    // Corners bound the distance of all voxels, since both maps are affine.
    return (0..<8).allSatisfy { corner in
      let voxel = SIMD3(
        corner & 1 == 0 ? 0 : Double(size.x - 1), corner & 2 == 0 ? 0 : Double(size.y - 1),
        corner & 4 == 0 ? 0 : Double(size.z - 1))
      let gap = worldMM(ofVoxel: voxel) - other.worldMM(ofVoxel: voxel)
      return dot(gap, gap).squareRoot() <= toleranceMM
    }
  }

  private func text(_ vector: SIMD3<Double>) -> String { "\(vector.x), \(vector.y), \(vector.z)" }
}

func dot(_ first: SIMD3<Double>, _ second: SIMD3<Double>) -> Double { (first * second).sum() }

func cross(_ first: SIMD3<Double>, _ second: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(
    first.y * second.z - first.z * second.y, first.z * second.x - first.x * second.z,
    first.x * second.y - first.y * second.x)
}

func length(_ vector: SIMD3<Double>) -> Double { dot(vector, vector).squareRoot() }
