// From NIfTI's sform and qform (RAS) to an orthonormal grid in LPS millimetres.

extension NIfTIHeader {
  /// The grid, from the sform if its code is set, else the qform, else the spacing alone.
  ///
  /// The order is that of nibabel, FSL and FreeSurfer. Without any code the axes are RAS with the origin at
  /// voxel 0, the standard's method 1. A sheared sform is refused, never replaced by the qform.
  ///
  /// - Throws: ``ImagingError`` for senseless sizes or spacing, shear, and several volumes.
  func geometry(path: String) throws -> Geometry {
    guard (1...7).contains(dimensions[0]) else {
      throw ImagingError.badGeometry(
        path: path, defect: "\(dimensions[0]) dimensions where 1 to 7 are possible")
    }
    let used = Array(dimensions[1...dimensions[0]])
    let size = (0..<3).map { $0 < used.count ? used[$0] : 1 }
    if let extent = used.first(where: { $0 < 1 }) {
      throw ImagingError.badGeometry(path: path, defect: "the dimension \(extent) in its header")
    }
    let volumes = used.dropFirst(3).reduce(1) { product, extent in
      let (result, overflows) = product.multipliedReportingOverflow(by: extent)
      return overflows ? .max : result
    }
    if volumes > 1 { throw ImagingError.severalVolumes(path: path, count: volumes) }
    let voxels = size.reduce(1) { product, extent in
      let (result, overflows) = product.multipliedReportingOverflow(by: extent)
      return overflows ? .max : result
    }
    guard voxels < Int.max / 64 else {
      throw ImagingError.badGeometry(
        path: path, defect: "\(size[0])×\(size[1])×\(size[2]) voxels in its header")
    }
    let millimetres: [Int: Double] = [1: 1000, 2: 1, 3: 0.001]  // Metres, millimetres, micrometres.
    let scale = millimetres[unit & 7] ?? 1
    var spacing = SIMD3<Double>.one
    for axis in 0..<3 where axis < used.count { spacing[axis] = pixdim[axis + 1] }
    var result = Geometry(size: SIMD3(size[0], size[1], size[2]), spacing: spacing)
    // The header's own spacing must make sense even where the sform does not use it.
    if let defect = result.defect() { throw ImagingError.badGeometry(path: path, defect: defect) }
    if sformCode > 0 {
      applySform(&result)
    } else if qformCode > 0 {
      applyQform(&result)
    } else {
      result.direction = [SIMD3(-1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1)]
    }
    result.spacing *= scale
    // Adding zero turns a negative zero, which comes from changing signs, into zero.
    result.origin = result.origin * scale + SIMD3<Double>.zero
    result.direction = result.direction.map { $0 + SIMD3<Double>.zero }
    if let defect = result.defect() { throw ImagingError.badGeometry(path: path, defect: defect) }
    return result
  }

  private func applySform(_ geometry: inout Geometry) {
    for axis in 0..<3 {
      let column = SIMD3(-srow[axis], -srow[4 + axis], srow[8 + axis])
      geometry.spacing[axis] = length(column)
      geometry.direction[axis] = column / length(column)
    }
    geometry.origin = SIMD3(-srow[3], -srow[7], srow[11])
  }

  private func applyQform(_ geometry: inout Geometry) {
    var (b, c, d) = (quaternion[0], quaternion[1], quaternion[2])
    let rest = 1 - (b * b + c * c + d * d)
    var a = 0.0
    if rest < 1e-7 {
      // A half turn, whose three parts are a unit vector but for rounding.
      let norm = (b * b + c * c + d * d).squareRoot()
      (b, c, d) = (b / norm, c / norm, d / norm)
    } else {
      a = rest.squareRoot()
    }
    let columns = [
      SIMD3(a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)),
      SIMD3(2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)),
      SIMD3(2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c),
    ]
    let handedness: Double = pixdim[0] < 0 ? -1 : 1
    let toLPS = SIMD3<Double>(-1, -1, 1)
    geometry.direction = columns.map { $0 * toLPS }
    geometry.direction[2] *= handedness
    geometry.origin = SIMD3(-quaternion[3], -quaternion[4], quaternion[5])
  }
}
