// Reading JPEG photographs through libjpeg, strictly: a cut or damaged picture is refused.

import CITK

extension Volume {
  /// Reads a .jpg or .jpeg, grey or colour, as one slice of spacing 1.
  init(jpeg path: String) throws {
    var header = citk_header()
    guard citk_jpeg_read(path, &header, nil, 0) == 0 else {
      throw ImagingError.damaged(path: path, met: "JPEG header not understood (\(ITK.lastMessage))")
    }
    let geometry = Geometry(size: SIMD3(Int(header.size.0), Int(header.size.1), 1))
    let count = geometry.count * Int(header.channels)
    guard FileBytes.canHold(count, path: path, isCompressed: true) else {
      throw ImagingError.damaged(
        path: path, met: "promises \(count) bytes of pixels in \(FileBytes.size(of: path)) bytes")
    }
    let voxels = try Voxels(type: .uint8, count: count) { buffer in
      guard citk_jpeg_read(path, nil, buffer.baseAddress, Int64(buffer.count)) == 0 else {
        throw ImagingError.damaged(
          path: path, met: "is cut short or damaged (\(ITK.lastMessage))")
      }
    }
    self.init(
      geometry: geometry, channels: Int(header.channels), voxels: voxels,
      source: Source(format: .jpeg, orientation: geometry.orientation))
  }
}
