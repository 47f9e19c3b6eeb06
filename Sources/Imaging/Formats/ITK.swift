// The only door to CITK's reader, writer and resampler.

import CITK

enum ITK {
  /// What the last failed call said, without ITK's class names and addresses; read only after a failure.
  static var lastMessage: String {
    // Chains of causes end with the first one.
    let lines = String(cString: citk_last_error()).split(whereSeparator: \.isNewline)
    let line = lines.last { !$0.allSatisfy(\.isWhitespace) } ?? "no reason given"
    let bare = line.replacing(#/(itk::|ITK )ERROR: /#, with: "")
      .replacing(#/\w+\(0x[0-9a-f]+\): /#, with: "")
    let text = String(bare.trimmingPrefix(#/[\s\t]+/#).prefix(200))
    return text.hasPrefix("[nrrd]") ? "the writer failed" : text
  }

  static func component(_ type: VoxelType) -> Int32 {
    switch type {
    case .uint8: Int32(CITK_UINT8.rawValue)
    case .int8: Int32(CITK_INT8.rawValue)
    case .uint16: Int32(CITK_UINT16.rawValue)
    case .int16: Int32(CITK_INT16.rawValue)
    case .uint32: Int32(CITK_UINT32.rawValue)
    case .int32: Int32(CITK_INT32.rawValue)
    case .float32: Int32(CITK_FLOAT32.rawValue)
    case .float64: Int32(CITK_FLOAT64.rawValue)
    }
  }

  static func code(_ format: ImageFormat) -> Int32? {
    switch format {
    case .nifti: Int32(CITK_NIFTI.rawValue)
    case .nrrd: Int32(CITK_NRRD.rawValue)
    case .metaImage: Int32(CITK_META.rawValue)
    case .png: Int32(CITK_PNG.rawValue)
    case .jpeg: Int32(CITK_JPEG.rawValue)
    case .tiff: Int32(CITK_TIFF.rawValue)
    case .dicom: Int32(CITK_DICOM.rawValue)
    case .freeSurfer: nil
    }
  }

  static func header(_ geometry: Geometry, type: VoxelType, channels: Int, dimensions: Int = 3)
    -> citk_header
  {
    var header = citk_header()
    header.component = component(type)
    header.channels = Int32(channels)
    header.dimensions = Int32(dimensions)
    header.size = (Int64(geometry.size.x), Int64(geometry.size.y), Int64(geometry.size.z), 1)
    header.spacing = (geometry.spacing.x, geometry.spacing.y, geometry.spacing.z)
    header.origin = (geometry.origin.x, geometry.origin.y, geometry.origin.z)
    let axes = geometry.direction
    header.direction = (
      axes[0].x, axes[0].y, axes[0].z, axes[1].x, axes[1].y, axes[1].z, axes[2].x, axes[2].y,
      axes[2].z
    )
    return header
  }
}

/// How values lie in a file; the two 64-bit integers are narrowed after reading.
enum StoredType: Equatable {
  case plain(VoxelType)
  case int64
  case uint64

  var bytes: Int {
    if case .plain(let type) = self { return type.bytes }
    return 8
  }
}

/// A file whose header ITK has read and whose voxels it has not.
final class ITKReader {
  let path: String
  let header: citk_header
  let stored: StoredType
  private let handle: OpaquePointer

  /// - Throws: ``ImagingError/damaged(path:met:advice:)`` when ITK cannot make sense of the header.
  init(_ path: String, _ format: ImageFormat, paletteIndices: Bool = false) throws {
    var opened: OpaquePointer?
    var header = citk_header()
    guard let code = ITK.code(format),
      citk_reader_open(path, code, paletteIndices ? 1 : 0, &opened, &header) == 0,
      let handle = opened
    else {
      throw ImagingError.damaged(
        path: path, met: "\(format.rawValue) header not understood (\(ITK.lastMessage))")
    }
    self.path = path
    self.header = header
    self.handle = handle
    switch header.component {
    case Int32(CITK_INT64.rawValue): stored = .int64
    case Int32(CITK_UINT64.rawValue): stored = .uint64
    default:
      let component = header.component
      stored = .plain(
        VoxelType.allCases.first { ITK.component($0) == component } ?? .float64)
    }
  }

  deinit { citk_reader_close(handle) }

  var channels: Int { Int(header.channels) }

  /// Values over all voxels and channels.
  var count: Int {
    Int(header.size.0 * header.size.1 * header.size.2 * header.size.3) * channels
  }

  var geometry: Geometry {
    let axes = header.direction
    return Geometry(
      size: SIMD3(Int(header.size.0), Int(header.size.1), Int(header.size.2)),
      spacing: SIMD3(header.spacing.0, header.spacing.1, header.spacing.2),
      origin: SIMD3(header.origin.0, header.origin.1, header.origin.2),
      direction: [
        SIMD3(axes.0, axes.1, axes.2), SIMD3(axes.3, axes.4, axes.5),
        SIMD3(axes.6, axes.7, axes.8),
      ])
  }

  /// Reads all voxels into memory of exactly `count * stored.bytes` bytes.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    guard citk_reader_read(handle, buffer.baseAddress, Int64(buffer.count)) == 0 else {
      throw ImagingError.damaged(path: path, met: "voxels cannot be read (\(ITK.lastMessage))")
    }
  }

  func voxels() throws -> Voxels {
    try Voxels(stored: stored, count: count, path: path) { try read(into: $0) }
  }
}

extension Voxels {
  /// Voxels as `fill` writes them; 64-bit integers become 32-bit ones when all of them fit.
  ///
  /// - Throws: ``ImagingError/damaged(path:met:advice:)`` when one does not fit.
  init(
    stored: StoredType, count: Int, path: String,
    fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    func wide<Value: FixedWidthInteger>(_: Value.Type) throws -> [Value] {
      try [Value](unsafeUninitializedCapacity: count) { buffer, written in
        try fill(UnsafeMutableRawBufferPointer(buffer))
        written = count
      }
    }
    func narrow<Value: FixedWidthInteger, Narrow: FixedWidthInteger>(
      _ values: [Value], _: Narrow.Type
    ) throws -> [Narrow] {
      try values.map { value in
        guard let kept = Narrow(exactly: value) else {
          throw ImagingError.damaged(
            path: path, met: "holds the 64-bit value \(value), beyond 32 bits",
            advice: "save it with a smaller integer or a floating point type")
        }
        return kept
      }
    }
    switch stored {
    case .plain(let type): try self.init(type: type, count: count, fill: fill)
    case .int64: self = .int32(try narrow(wide(Int64.self), Int32.self))
    case .uint64: self = .uint32(try narrow(wide(UInt64.self), UInt32.self))
    }
  }
}
