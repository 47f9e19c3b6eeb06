// Images, NIfTI headers and DICOM files made for the tests, in temporary folders of their own.

import Foundation
import Imaging

/// A folder that goes away with the value.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("imaging-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }
}

enum Sample {
  /// An oblique grid whose axes, sizes and spacings all differ.
  static let oblique = Geometry(
    size: SIMD3(5, 4, 3), spacing: SIMD3(0.5, 1.25, 3), origin: SIMD3(-12.5, 30.25, 7.75),
    direction: rotated)

  /// A turn by about 17°, 12° and 5°, orthonormal to rounding.
  static let rotated: [SIMD3<Double>] = {
    let (a, b) = (0.3, 0.2)
    return [
      SIMD3(cos(a), sin(a), 0), SIMD3(-sin(a) * cos(b), cos(a) * cos(b), sin(b)),
      SIMD3(sin(a) * sin(b), -cos(a) * sin(b), cos(b)),
    ]
  }()

  /// Values that differ everywhere and reach the limits of the type.
  static func voxels(_ type: VoxelType, count: Int) -> Voxels {
    func fill<Value: FixedWidthInteger>(_: Value.Type) -> [Value] {
      (0..<count).map { index in
        index == 0 ? .min : index == 1 ? .max : Value(truncatingIfNeeded: index &* 2_654_435_761)
      }
    }
    switch type {
    case .uint8: return .uint8(fill(UInt8.self))
    case .int8: return .int8(fill(Int8.self))
    case .uint16: return .uint16(fill(UInt16.self))
    case .int16: return .int16(fill(Int16.self))
    case .uint32: return .uint32(fill(UInt32.self))
    case .int32: return .int32(fill(Int32.self))
    case .float32: return .float32((0..<count).map { Float($0) * 0.37 - 5 })
    case .float64: return .float64((0..<count).map { Double($0) / 3 - 5 })
    }
  }

  static func volume(
    _ type: VoxelType, channels: Int = 1, geometry: Geometry = oblique
  ) -> Volume {
    Volume(
      geometry: geometry, channels: channels,
      voxels: voxels(type, count: geometry.count * channels))
  }
}

/// A little-endian NIfTI-1 file put together by hand, sound unless a test breaks it.
struct NIfTIBytes {
  var bytes: [UInt8]

  init(
    dimensions: [Int16] = [3, 2, 3, 4], datatype: Int16 = 4, bits: Int16 = 16,
    spacing: [Float] = [1, 2, 3, 4], voxels: [UInt8]? = nil
  ) {
    bytes = [UInt8](repeating: 0, count: 352)
    set(0, Int32(348))
    let padded = dimensions + [Int16](repeating: 1, count: 8 - dimensions.count)
    for (index, value) in padded.enumerated() { set(40 + 2 * index, value) }
    set(70, datatype)
    set(72, bits)
    for (index, value) in (spacing + [1, 1, 1, 1]).prefix(8).enumerated() {
      set(76 + 4 * index, value)
    }
    set(108, Float(352))
    bytes[123] = 2
    bytes.replaceSubrange(344..<348, with: Array("n+1\0".utf8))
    let count = dimensions.dropFirst().reduce(1) { $0 * Int($1) } * Int(bits) / 8
    bytes += voxels ?? (0..<max(0, count)).map { UInt8(truncatingIfNeeded: $0) }
  }

  mutating func set<Value: BitwiseCopyable>(_ offset: Int, _ value: Value) {
    withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
  }
}

/// A classic DICOM slice, explicit little endian, put together by hand.
struct DICOMBytes {
  var columns = 4
  var rows = 3
  var position: [Double]? = [0, 0, 0]
  var orientation: [Double] = [1, 0, 0, 0, 1, 0]
  var spacing: [Double] = [0.75, 0.5]
  var seriesUID = "1.2.3.4"
  var classUID = "1.2.840.10008.5.1.4.1.1.2"
  var slope = 1.0
  var intercept = 0.0
  var value: Int16 = 0
  var description = "synthetic"

  var bytes: [UInt8] {
    var body: [UInt8] = []
    func element(_ group: UInt16, _ tag: UInt16, _ kind: String, _ value: [UInt8]) {
      var value = value
      if value.count % 2 == 1 { value.append(kind == "UI" ? 0 : 32) }
      for part in [group, tag] { body += [UInt8(part & 255), UInt8(part >> 8)] }
      body += Array(kind.utf8)
      let count = value.count
      if ["OW", "OB"].contains(kind) {
        body += [0, 0] + (0..<4).map { UInt8(count >> (8 * $0) & 255) }
      } else {
        body += [UInt8(count & 255), UInt8(count >> 8)]
      }
      body += value
    }
    func text(_ group: UInt16, _ tag: UInt16, _ kind: String, _ value: String) {
      element(group, tag, kind, Array(value.utf8))
    }
    func short(_ tag: UInt16, _ value: Int) {
      element(0x0028, tag, "US", [UInt8(value & 255), UInt8(value >> 8)])
    }
    func decimals(_ group: UInt16, _ tag: UInt16, _ values: [Double]) {
      text(group, tag, "DS", values.map { "\($0)" }.joined(separator: "\\"))
    }
    text(0x0002, 0x0002, "UI", classUID)
    text(0x0002, 0x0003, "UI", "\(seriesUID).\(abs(position?[2].hashValue ?? 0) % 100_000)")
    text(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1")
    let meta = body.count
    body = []
    text(0x0008, 0x0016, "UI", classUID)
    text(0x0008, 0x0060, "CS", "CT")
    text(0x0008, 0x103E, "LO", description)
    text(0x0020, 0x000E, "UI", seriesUID)
    if let position { decimals(0x0020, 0x0032, position) }
    decimals(0x0020, 0x0037, orientation)
    short(0x0002, 1)
    text(0x0028, 0x0004, "CS", "MONOCHROME2")
    short(0x0010, rows)
    short(0x0011, columns)
    decimals(0x0028, 0x0030, spacing)
    short(0x0100, 16)
    short(0x0101, 16)
    short(0x0102, 15)
    short(0x0103, 1)
    decimals(0x0028, 0x1052, [intercept])
    decimals(0x0028, 0x1053, [slope])
    let pixels = (0..<columns * rows).flatMap { index -> [UInt8] in
      let stored = UInt16(bitPattern: value &+ Int16(index))
      return [UInt8(stored & 255), UInt8(stored >> 8)]
    }
    element(0x7FE0, 0x0010, "OW", pixels)
    let data = body
    body = []
    element(0x0002, 0x0000, "UL", (0..<4).map { UInt8(meta >> (8 * $0) & 255) })
    let length = body
    body = []
    text(0x0002, 0x0002, "UI", classUID)
    text(0x0002, 0x0003, "UI", "\(seriesUID).\(abs(position?[2].hashValue ?? 0) % 100_000)")
    text(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1")
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length + body + data
  }
}
