// Reading NIfTI-1 and NIfTI-2 ourselves, because ITK 5.2 accepts sheared affines and cut files in silence.

internal import Foundation

/// The parts of a NIfTI header that place and type the voxels.
struct NIfTIHeader {
  var dimensions: [Int]
  var datatype: Int
  var pixdim: [Double]
  var offset: Int
  var slope: Double
  var intercept: Double
  var unit: Int
  var intent: Int
  var qformCode: Int
  var sformCode: Int
  /// Quaternion b, c, d and the offset x, y, z.
  var quaternion: [Double]
  /// Three rows of four.
  var srow: [Double]
  var bigEndian: Bool
  var isPair: Bool

  /// - Throws: ``ImagingError/damaged(path:met:advice:)`` when this is no NIfTI header.
  init(path: String) throws {
    let bytes = try FileBytes.prefix(of: path, count: 544, inflating: true)
    guard bytes.count >= 348 else {
      throw ImagingError.damaged(
        path: path, met: "holds \(bytes.count) bytes where a NIfTI header needs 348")
    }
    let little = ByteReader(bytes: bytes, bigEndian: false)
    let big = ByteReader(bytes: bytes, bigEndian: true)
    let sizes = [little, big].map { $0.integer(0, as: Int32.self) }
    guard let place = sizes.firstIndex(where: { $0 == 348 || $0 == 540 }) else {
      throw ImagingError.damaged(
        path: path, met: "NIfTI header size \(sizes[0]) where 348 or 540 is expected")
    }
    let reader = place == 0 ? little : big
    if sizes[place] == 348 {
      self.init(first: reader)
    } else if bytes.count >= 540 {
      self.init(second: reader)
    } else {
      throw ImagingError.damaged(
        path: path, met: "holds \(bytes.count) bytes where a NIfTI-2 header needs 540")
    }
  }

  private init(first reader: ByteReader) {
    func short(_ offset: Int) -> Int { Int(reader.integer(offset, as: Int16.self)) }
    dimensions = (0..<8).map { short(40 + 2 * $0) }
    intent = short(68)
    datatype = short(70)
    pixdim = (0..<8).map { reader.float(76 + 4 * $0) }
    offset = Int(exactly: reader.float(108).rounded()) ?? 0
    slope = reader.float(112)
    intercept = reader.float(116)
    unit = Int(reader.bytes[123])
    qformCode = short(252)
    sformCode = short(254)
    quaternion = (0..<6).map { reader.float(256 + 4 * $0) }
    srow = (0..<12).map { reader.float(280 + 4 * $0) }
    bigEndian = reader.bigEndian
    isPair = reader.bytes[345] == UInt8(ascii: "i")
  }

  private init(second reader: ByteReader) {
    func code(_ offset: Int) -> Int { Int(reader.integer(offset, as: Int32.self)) }
    dimensions = (0..<8).map { Int(reader.integer(16 + 8 * $0, as: Int64.self)) }
    datatype = Int(reader.integer(12, as: Int16.self))
    pixdim = (0..<8).map { reader.double(104 + 8 * $0) }
    offset = Int(reader.integer(168, as: Int64.self))
    slope = reader.double(176)
    intercept = reader.double(184)
    qformCode = code(344)
    sformCode = code(348)
    quaternion = (0..<6).map { reader.double(352 + 8 * $0) }
    srow = (0..<12).map { reader.double(400 + 8 * $0) }
    unit = code(500)
    intent = code(504)
    bigEndian = reader.bigEndian
    isPair = reader.bytes[5] == UInt8(ascii: "i")
  }
}

extension Volume {
  /// Reads .nii, .nii.gz or an .hdr/.img pair; 64-bit integers are narrowed, scaled values become float32.
  init(nifti path: String) throws {
    var headerPath = path
    if path.lowercased().hasSuffix(".img") || path.lowercased().hasSuffix(".img.gz") {
      headerPath = try NIfTIHeader.partner(of: path, ending: ".hdr")
    }
    let header = try NIfTIHeader(path: headerPath)
    let geometry = try header.geometry(path: path)
    let (stored, channels) = try header.storedType(path: path)
    var voxelPath = headerPath
    if header.isPair { voxelPath = try NIfTIHeader.partner(of: headerPath, ending: ".img") }
    let minimum = header.isPair ? 0 : 348
    guard header.offset >= minimum else {
      throw ImagingError.damaged(
        path: path, met: "voxel offset \(header.offset) where at least \(minimum) is expected")
    }
    let (count, overflows) = geometry.count.multipliedReportingOverflow(by: channels)
    let binary = BinaryVoxels(
      path: voxelPath, image: path, offset: header.offset, stored: stored,
      count: overflows ? .max : count,
      bigEndian: header.bigEndian)
    let voxels = header.rescaled(try binary.read(), channels: channels)
    self.init(
      geometry: geometry, channels: channels, voxels: voxels,
      source: Source(format: .nifti, orientation: geometry.orientation))
  }
}

extension NIfTIHeader {
  /// The other file of an .hdr/.img pair, which may be gzip on its own.
  static func partner(of path: String, ending: String) throws -> String {
    var stem = path
    if stem.lowercased().hasSuffix(".gz") { stem = String(stem.dropLast(3)) }
    stem = String(stem.dropLast(4))
    let candidates = [ending, ending.uppercased(), ending + ".gz"].map { stem + $0 }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) })
    else {
      throw ImagingError.damaged(
        path: path, met: "is half of an .hdr/.img pair and \(candidates[0]) is missing",
        advice: "put both files into the same folder")
    }
    return found
  }

  func storedType(path: String) throws -> (StoredType, channels: Int) {
    switch datatype {
    case 2: (.plain(.uint8), 1)
    case 4: (.plain(.int16), 1)
    case 8: (.plain(.int32), 1)
    case 16: (.plain(.float32), 1)
    case 64: (.plain(.float64), 1)
    case 128: (.plain(.uint8), 3)
    case 256: (.plain(.int8), 1)
    case 512: (.plain(.uint16), 1)
    case 768: (.plain(.uint32), 1)
    case 1024: (.int64, 1)
    case 1280: (.uint64, 1)
    case 2304: (.plain(.uint8), 4)
    default:
      throw ImagingError.unsupported(
        path: path, met: "a NIfTI image of data type \(datatype) (\(typeName))")
    }
  }

  private var typeName: String {
    switch datatype {
    case 1: "one bit per voxel"
    case 32, 1792, 2048: "complex numbers"
    case 1536: "128-bit floating point"
    default: "unknown"
    }
  }

  /// Applies slope and intercept; a slope of 0 means none, as the standard says.
  func rescaled(_ voxels: Voxels, channels: Int) -> Voxels {
    guard slope.isFinite, slope != 0, channels == 1 else { return voxels }
    let intercept = intercept.isFinite ? intercept : 0
    if slope == 1 && intercept == 0 { return voxels }
    if case .float64(let values) = voxels {
      return .float64(values.map { $0 * slope + intercept })
    }
    return .float32(voxels.doubles.map { Float($0 * slope + intercept) })
  }
}
