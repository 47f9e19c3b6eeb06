// Voxels of the formats that Vesalius parses itself: plain or gzip bytes after a header.

/// Where the voxels of a NIfTI or MGH file lie and how they are stored.
struct BinaryVoxels {
  var path: String
  var offset: Int
  var stored: StoredType
  var count: Int
  var bigEndian: Bool

  /// Reads the voxels without a copy, in this machine's byte order.
  ///
  /// - Throws: ``ImagingError/damaged(path:met:advice:)`` when the file holds fewer bytes than promised.
  func read() throws -> Voxels {
    let (bytes, overflows) = count.multipliedReportingOverflow(by: stored.bytes)
    let start = try FileBytes.prefix(of: path, count: 2, inflating: false)
    let isGzip = start == [0x1F, 0x8B]
    guard !overflows, FileBytes.canHold(bytes, path: path, isCompressed: isGzip) else {
      throw tooShort(met: "\(FileBytes.size(of: path)) bytes on disk", bytes: bytes)
    }
    return try Voxels(stored: stored, count: count, path: path) { buffer in
      let got = try FileBytes.read(path, at: offset, into: buffer)
      guard got == buffer.count else { throw tooShort(met: "\(got) bytes", bytes: bytes) }
      swapBytes(buffer, width: stored.bytes, bigEndian: bigEndian)
    }
  }

  private func tooShort(met: String, bytes: Int) -> ImagingError {
    .damaged(
      path: path, met: "is cut short: \(met) of voxels where the header promises \(bytes)")
  }
}
