// Whether a JPEG file reaches its end marker, because libjpeg fills what is missing with grey.

/// Walks the markers of a JPEG stream.
enum JPEGStream {
  /// True when the end marker follows at least one scan.
  static func isComplete(_ bytes: [UInt8]) -> Bool {
    var place = 2
    var hasScan = false
    while place + 1 < bytes.count {
      guard bytes[place] == 0xFF else {
        // Inside a scan: compressed bytes up to the next marker.
        guard hasScan else { return false }
        place += 1
        continue
      }
      switch bytes[place + 1] {
      case 0xD9: return hasScan
      case 0x00, 0x01, 0xD0...0xD7: place += 2
      case 0xFF: place += 1
      case let marker:
        guard place + 3 < bytes.count else { return false }
        if marker == 0xDA { hasScan = true }
        place += 2 + Int(bytes[place + 2]) << 8 + Int(bytes[place + 3])
      }
    }
    return false
  }
}
