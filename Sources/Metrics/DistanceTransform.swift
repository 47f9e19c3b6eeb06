// How far every voxel lies from a mask, or how deep inside it: exact Euclidean distances in mm.

/// Euclidean distances between the centres of voxels of one grid, x fastest, in mm.
///
/// Exact in double precision. Time and memory grow with the number of voxels alone (8 bytes each).
public struct DistanceTransform: Sendable {
  private let grid: Grid

  /// - Parameters:
  ///   - size: voxels along x, y and z; z is 1 for a picture
  ///   - spacing: mm between the centres of neighbouring voxels
  /// - Throws: ``MetricsError``
  public init(size: SIMD3<Int>, spacing: SIMD3<Double>) throws {
    grid = try Grid(size: size, spacing: spacing)
  }

  /// From each voxel to the nearest one of the mask: 0 in the mask, infinite when the mask is empty.
  ///
  /// - Parameter mask: one byte per voxel, not 0 in the mask
  /// - Returns: one distance in mm per voxel
  /// - Throws: ``MetricsError/sizeDiffers(voxels:size:)``
  public func distances(to mask: [UInt8]) throws -> [Double] {
    try mask.withUnsafeBytes { try distances(to: $0) }
  }

  /// From each voxel to the nearest one of the mask: 0 in the mask, infinite when the mask is empty.
  public func distances(to mask: [Bool]) throws -> [Double] {
    try mask.withUnsafeBytes { try distances(to: $0) }
  }

  /// From each voxel of the mask to the nearest voxel outside; 0 outside. Infinite where nothing is
  /// outside.
  ///
  /// - Parameters:
  ///   - mask: one byte per voxel, not 0 in the mask
  ///   - edgeIsOutside: whether voxels beyond the image count as outside too. Those before the first and
  ///     behind the last slice of an image of one slice never do
  /// - Returns: one distance in mm per voxel
  /// - Throws: ``MetricsError/sizeDiffers(voxels:size:)``
  public func depths(in mask: [UInt8], edgeIsOutside: Bool = false) throws -> [Double] {
    try mask.withUnsafeBytes { try depths(in: $0, edgeIsOutside) }
  }

  /// From each voxel of the mask to the nearest voxel outside, as for bytes.
  public func depths(in mask: [Bool], edgeIsOutside: Bool = false) throws -> [Double] {
    try mask.withUnsafeBytes { try depths(in: $0, edgeIsOutside) }
  }

  private func distances(to mask: UnsafeRawBufferPointer) throws -> [Double] {
    try grid.check(voxels: mask.count)
    return roots(to: VoxelSet(bytes: mask, zeros: false, of: grid), limitedByEdge: false)
  }

  private func depths(in mask: UnsafeRawBufferPointer, _ edgeIsOutside: Bool) throws -> [Double] {
    try grid.check(voxels: mask.count)
    return roots(
      to: VoxelSet(bytes: mask, zeros: true, of: grid), limitedByEdge: edgeIsOutside)
  }

  private func roots(to set: VoxelSet, limitedByEdge: Bool) -> [Double] {
    let voxels = grid.voxels
    return [Double](unsafeUninitializedCapacity: voxels) { buffer, count in
      count = voxels
      guard let base = buffer.baseAddress, voxels > 0 else { return }
      SquaredDistances.write(to: set, spacing: grid.spacing, base)
      nonisolated(unsafe) let values = base
      let size = grid.size
      set.inRows { rows in
        for row in Int(rows.first)..<Int(rows.last) {
          let toEdge = limitedByEdge ? distanceBeyondEdge(row: row) : .infinity
          let line = values + row * size.x
          for x in 0..<size.x {
            let distance = line[x].squareRoot()
            let side = Double(min(x + 1, size.x - x)) * grid.spacing.x
            line[x] = limitedByEdge ? min(distance, toEdge, side) : distance
          }
        }
      }
    }
  }

  /// To the nearest voxel beyond the image along y or z.
  private func distanceBeyondEdge(row: Int) -> Double {
    let (y, z) = (row % grid.size.y, row / grid.size.y)
    let along = Double(min(y + 1, grid.size.y - y)) * grid.spacing.y
    let across = Double(min(z + 1, grid.size.z - z)) * grid.spacing.z
    return grid.size.z == 1 ? along : min(along, across)
  }
}
