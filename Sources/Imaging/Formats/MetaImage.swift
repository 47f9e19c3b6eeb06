// Reading MetaImage ourselves, because ITK's MetaIO accepts cut streams in silence and a damaged header
// ends the process.

import CITK
internal import Foundation

extension Volume {
  /// Reads .mha, or .mhd with the file that it names.
  init(metaImage path: String) throws {
    let header = try MetaHeader(path: path)
    let source = Source(format: .metaImage, orientation: header.geometry.orientation)
    self.init(
      geometry: header.geometry, channels: header.channels, voxels: try header.voxels(),
      source: source)
  }
}

/// What a MetaImage header says, checked.
private struct MetaHeader {
  let geometry: Geometry
  let channels: Int
  private let path: String
  private let text: TextHeader
  private let stored: StoredType

  init(path: String) throws {
    self.path = path
    let text = try TextHeader(path, .metaImage)
    self.text = text
    let dimensions = text.numbers("ndims").first.map { Int($0.clamped) } ?? 0
    let extents = text.numbers("dimsize").map { Int($0.clamped) }
    guard (2...4).contains(dimensions), extents.count == dimensions else {
      throw ImagingError.damaged(
        path: path, met: "has \(dimensions) dimensions and \(extents.count) sizes in its header")
    }
    if dimensions == 4, extents[3] != 1 {
      throw ImagingError.severalVolumes(path: path, count: extents[3])
    }
    let axes = min(3, dimensions)
    var geometry = Geometry(size: .one)
    for axis in 0..<axes { geometry.size[axis] = extents[axis] }
    try MetaHeader.fill(&geometry, axes: axes, of: dimensions, from: text, path: path)
    if let defect = geometry.defect() {
      throw ImagingError.badGeometry(path: path, defect: defect)
    }
    self.geometry = geometry
    channels = text.numbers("elementnumberofchannels").first.map { Int($0.clamped) } ?? 1
    guard (1...65535).contains(channels) else {
      throw ImagingError.damaged(path: path, met: "has \(channels) channels in its header")
    }
    guard let stored = MetaHeader.types[text["elementtype"] ?? ""] else {
      throw ImagingError.unsupported(
        path: path, met: "a MetaImage of element type \(text["elementtype"] ?? "none")")
    }
    self.stored = stored
  }

  private static func fill(
    _ geometry: inout Geometry, axes: Int, of dimensions: Int, from text: TextHeader, path: String
  ) throws {
    func values(_ keys: [String], _ count: Int) throws -> [Double]? {
      guard let key = keys.first(where: { text[$0] != nil }) else { return nil }
      let numbers = text.numbers(key)
      guard numbers.count == count else {
        throw ImagingError.damaged(
          path: path, met: "has \(numbers.count) numbers for \(key) where \(count) are needed")
      }
      return numbers
    }
    if let spacing = try values(["elementspacing", "elementsize"], dimensions) {
      for axis in 0..<axes { geometry.spacing[axis] = spacing[axis] }
    }
    if let origin = try values(["offset", "position", "origin"], dimensions) {
      for axis in 0..<axes { geometry.origin[axis] = origin[axis] }
    }
    let turns = ["transformmatrix", "rotation", "orientation"]
    if let matrix = try values(turns, dimensions * dimensions) {
      for axis in 0..<axes {
        for coordinate in 0..<axes {
          geometry.direction[axis][coordinate] = matrix[axis * dimensions + coordinate]
        }
      }
    }
  }

  func voxels() throws -> Voxels {
    if text["binarydata"]?.lowercased() == "false" {
      throw ImagingError.unsupported(path: path, met: "a MetaImage with voxels written as text")
    }
    guard let place = try text.dataPlace() else {
      throw ImagingError.unsupported(path: path, met: "a MetaImage spread over several files")
    }
    let order = text["binarydatabyteordermsb"] ?? text["elementbyteordermsb"] ?? "false"
    var binary = BinaryVoxels(
      path: place.path, image: path, offset: place.offset, stored: stored, count: .max,
      bigEndian: order.lowercased() == "true")
    let (plane, first) = geometry.size.x.multipliedReportingOverflow(by: geometry.size.y)
    let (voxels, second) = plane.multipliedReportingOverflow(by: geometry.size.z)
    let (count, third) = voxels.multipliedReportingOverflow(by: channels)
    if !first && !second && !third { binary.count = count }
    if text["compresseddata"]?.lowercased() == "true" { return try binary.readCompressed() }
    if let skip = text.numbers("headersize").first, skip.clamped != 0 {
      let size = FileBytes.size(of: place.path)
      let (bytes, overflows) = binary.count.multipliedReportingOverflow(by: stored.bytes)
      // Minus one means that the voxels end with the file.
      binary.offset = skip < 0 ? max(0, overflows ? 0 : size - bytes) : Int(skip.clamped)
    }
    return try binary.read()
  }

  private static let types: [String: StoredType] = [
    "MET_UCHAR": .plain(.uint8), "MET_CHAR": .plain(.int8), "MET_USHORT": .plain(.uint16),
    "MET_SHORT": .plain(.int16), "MET_UINT": .plain(.uint32), "MET_INT": .plain(.int32),
    "MET_ULONG": .plain(.uint32), "MET_LONG": .plain(.int32), "MET_ULONG_LONG": .uint64,
    "MET_LONG_LONG": .int64, "MET_FLOAT": .plain(.float32), "MET_DOUBLE": .plain(.float64),
  ]
}

extension Double {
  /// A number that fits an `Int` whatever the header says; NaN becomes −1.
  fileprivate var clamped: Double { isNaN ? -1 : Swift.min(Swift.max(self, -1e15), 1e15) }
}
