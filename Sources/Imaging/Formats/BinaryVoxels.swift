// Voxels of the formats that Vesalius parses itself: plain or compressed bytes after a header.

import CITK

/// Where the voxels of a NIfTI, MGH or MetaImage file lie and how they are stored.
struct BinaryVoxels {
  /// The file with the voxels.
  var path: String
  /// The file that errors name, where the voxels lie beside their header.
  var image: String
  var offset: Int
  var stored: StoredType
  var count: Int
  var bigEndian: Bool

  /// Reads the voxels of a plain file, or one that is gzip from its first byte, without a copy.
  ///
  /// - Throws: ``ImagingError/damaged(path:met:advice:)`` when the file holds fewer bytes than promised.
  func read() throws -> Voxels {
    let start = try FileBytes.prefix(of: path, count: 2, inflating: false)
    return try read(isCompressed: start == [0x1F, 0x8B]) { buffer in
      let got = try FileBytes.read(path, at: offset, into: buffer)
      guard got == buffer.count else {
        throw tooShort(met: "\(got) bytes", bytes: "\(buffer.count)")
      }
    }
  }

  /// Reads the voxels from a zlib or gzip stream that begins at the offset and ends with the voxels.
  func readCompressed() throws -> Voxels {
    try read(isCompressed: true) { buffer in
      let status = citk_inflate_stream(
        path, Int64(offset), 0, buffer.baseAddress, Int64(buffer.count))
      guard status == 0 else { throw ImagingError.damaged(path: image, met: ITK.lastMessage) }
    }
  }

  private func read(
    isCompressed: Bool, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws -> Voxels {
    let (bytes, overflows) = count.multipliedReportingOverflow(by: stored.bytes)
    guard !overflows, FileBytes.canHold(bytes, path: path, isCompressed: isCompressed) else {
      throw tooShort(
        met: "\(FileBytes.size(of: path)) bytes on disk",
        bytes: overflows ? "more than any memory" : "\(bytes)")
    }
    return try Voxels(stored: stored, count: count, path: path) { buffer in
      try fill(buffer)
      swapBytes(buffer, width: stored.bytes, bigEndian: bigEndian)
    }
  }

  private func tooShort(met: String, bytes: String) -> ImagingError {
    .damaged(path: image, met: "is cut short: \(met) where the header promises \(bytes) of voxels")
  }
}
