// The grid that label arrays lie on, checked once.

/// Size in voxels and spacing in mm, x first; x runs fastest.
struct Grid: Sendable {
  let size: SIMD3<Int>
  let spacing: SIMD3<Double>
  let voxels: Int

  init(size: SIMD3<Int>, spacing: SIMD3<Double> = .one) throws {
    let (plane, planeOverflows) = size.x.multipliedReportingOverflow(by: size.y)
    let (voxels, overflows) = plane.multipliedReportingOverflow(by: size.z)
    // One more than the size must be countable in 32 bits, for the corners of voxels.
    guard !planeOverflows, !overflows, size.min() >= 0, size.max() < Int(Int32.max) else {
      throw MetricsError.sizeInvalid(size)
    }
    guard spacing.min() > 0, (0..<3).allSatisfy({ spacing[$0].isFinite }) else {
      throw MetricsError.spacingInvalid(spacing)
    }
    self.size = size
    self.spacing = spacing
    self.voxels = voxels
  }

  init(
    prediction: [Int32], reference: [Int32], size: SIMD3<Int>, spacing: SIMD3<Double> = .one
  ) throws {
    guard prediction.count == reference.count else {
      throw MetricsError.lengthsDiffer(prediction: prediction.count, reference: reference.count)
    }
    try self.init(size: size, spacing: spacing)
    try check(voxels: reference.count)
  }

  func check(voxels count: Int) throws {
    guard count == voxels else { throw MetricsError.sizeDiffers(voxels: count, size: size) }
  }
}
