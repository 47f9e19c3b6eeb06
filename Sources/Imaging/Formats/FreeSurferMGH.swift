// Reading FreeSurfer's MGH and MGZ volumes, for which ITK 5.2 has no reader.

/// The 284-byte big-endian header of an MGH file.
struct MGHHeader {
  var size: SIMD3<Int>
  var frames: Int
  var type: Int
  var spacing: SIMD3<Double>
  /// Direction cosines of the three axes, RAS.
  var axes: [SIMD3<Double>]
  /// The point in RAS at voxel `size / 2`.
  var centre: SIMD3<Double>

  /// Nil unless the bytes begin with version 1 and a known voxel type.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 284 else { return nil }
    let reader = ByteReader(bytes: bytes, bigEndian: true)
    func int(_ place: Int) -> Int { Int(reader.integer(4 * place, as: Int32.self)) }
    guard int(0) == 1, [0, 1, 2, 3, 4, 10].contains(int(5)), int(1) != 0 else { return nil }
    size = SIMD3(int(1), int(2), int(3))
    frames = int(4)
    type = int(5)
    spacing = .one
    axes = [SIMD3(-1, 0, 0), SIMD3(0, 0, -1), SIMD3(0, 1, 0)]
    centre = .zero
    // Without the flag FreeSurfer means 1 mm coronal slices around the origin.
    guard reader.integer(28, as: Int16.self) == 1 else { return }
    func vector(_ offset: Int) -> SIMD3<Double> {
      SIMD3(reader.float(offset), reader.float(offset + 4), reader.float(offset + 8))
    }
    spacing = vector(30)
    axes = (0..<3).map { vector(42 + 12 * $0) }
    centre = vector(78)
  }

  /// The grid in LPS.
  var geometry: Geometry {
    let toLPS = SIMD3<Double>(-1, -1, 1)
    let half = SIMD3(Double(size.x), Double(size.y), Double(size.z)) / 2 * spacing
    let origin = centre - axes[0] * half.x - axes[1] * half.y - axes[2] * half.z
    return Geometry(
      size: size, spacing: spacing, origin: origin * toLPS + SIMD3<Double>.zero,
      direction: axes.map { $0 * toLPS + SIMD3<Double>.zero })
  }
}

extension Volume {
  /// Reads .mgh or .mgz.
  init(freeSurfer path: String) throws {
    let bytes = try FileBytes.prefix(of: path, count: 284, inflating: true)
    guard let header = MGHHeader(bytes) else {
      throw ImagingError.damaged(path: path, met: "has no FreeSurfer MGH header")
    }
    let geometry = header.geometry
    if let defect = geometry.defect() {
      throw ImagingError.badGeometry(path: path, defect: defect)
    }
    if header.frames != 1 {
      throw ImagingError.severalVolumes(path: path, count: header.frames)
    }
    let stored: VoxelType
    switch header.type {
    case 0: stored = .uint8
    case 1: stored = .int32
    case 3: stored = .float32
    case 4: stored = .int16
    case 10: stored = .uint16
    default:
      throw ImagingError.unsupported(path: path, met: "an MGH file of voxel type \(header.type)")
    }
    let (plane, planeOverflows) = header.size.x.multipliedReportingOverflow(by: header.size.y)
    let (count, overflows) = plane.multipliedReportingOverflow(by: header.size.z)
    let binary = BinaryVoxels(
      path: path, image: path, offset: 284, stored: .plain(stored),
      count: planeOverflows || overflows ? .max : count, bigEndian: true)
    self.init(
      geometry: geometry, voxels: try binary.read(),
      source: Source(format: .freeSurfer, orientation: geometry.orientation))
  }
}
