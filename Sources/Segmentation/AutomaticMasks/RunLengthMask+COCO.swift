// The text that COCO's tools store a mask as: run lengths in base 32, each against that before last.

public import Models

extension RunLengthMask {
  /// Each number is written in groups of five bits from the lowest, as the character 48 + group; 32 is
  /// added to all groups but the last. From the fourth on, a run is stored as its difference from the
  /// run two before it.
  public var cocoString: String {
    var bytes: [UInt8] = []
    for (index, count) in counts.enumerated() {
      var rest = Int64(count) - (index > 2 ? Int64(counts[index - 2]) : 0)
      var isFinished = false
      while !isFinished {
        let group = UInt8(truncatingIfNeeded: rest & 31)
        rest >>= 5
        // The highest bit of the last group is the sign.
        isFinished = rest == (group & 16 == 0 ? 0 : -1)
        bytes.append(48 + group + (isFinished ? 0 : 32))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads the text of a mask of `size`.
  ///
  /// - Throws: ``SegmentationError/unusable(_:)`` when it holds another character, ends early or does
  ///   not fill the size.
  public init(cocoString: String, size: PixelSize) throws {
    var counts: [UInt32] = []
    var value: Int64 = 0
    var shift: Int64 = 0
    for byte in cocoString.utf8 {
      guard (48..<112).contains(byte), shift < 60 else {
        throw SegmentationError.unusable(
          "the text of a mask has characters from 0 to o; give it as pycocotools writes it")
      }
      let group = Int64(byte) - 48
      value |= (group & 31) << shift
      shift += 5
      if group & 32 != 0 { continue }
      if group & 16 != 0 { value |= -1 << shift }
      if counts.count > 2 { value += Int64(counts[counts.count - 2]) }
      guard let count = UInt32(exactly: value) else {
        throw SegmentationError.unusable("the text of a mask has a run of \(value) pixels")
      }
      counts.append(count)
      (value, shift) = (0, 0)
    }
    let total = counts.reduce(0) { $0 + Int($1) }
    guard shift == 0, total == size.height * size.width else {
      throw SegmentationError.unusable(
        "the text of a mask tells of \(total) pixels and the image has "
          + "\(size.width) × \(size.height); check the size")
    }
    self.init(size: size, counts: counts)
  }
}
