// Where a voxel grid lies in the patient, in the convention of DICOM and ITK.

/// The position of a voxel grid in space: LPS axes, millimetres.
///
/// The centre of voxel `(i, j, k)` lies at `origin + direction * (spacing * (i, j, k))`.
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
}
