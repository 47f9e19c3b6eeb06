// A cursor over file bytes whose every step is checked against the end.

/// Reads little-endian numbers, strings and lines from a range of a file.
struct ByteReader {
  let bytes: FileBytes
  let format: String
  private(set) var offset: Int
  let end: Int

  init(_ bytes: FileBytes, format: String, range: Range<Int>? = nil) {
    self.bytes = bytes
    self.format = format
    let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
    offset = range.lowerBound
    end = range.upperBound
  }

  var remaining: Int { end - offset }

  /// Claims the next bytes and returns where they lie.
  ///
  /// - Throws: ``WeightsError/malformed(path:format:problem:)`` when fewer are left.
  mutating func take(_ length: Int) throws -> Range<Int> {
    guard length >= 0, length <= remaining else {
      throw malformed("needs \(length) bytes at \(offset), has \(remaining)")
    }
    defer { offset += length }
    return offset..<offset + length
  }

  mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
    let range = try take(MemoryLayout<Integer>.size)
    let value = bytes.withBytes(range) { $0.loadUnaligned(as: Integer.self) } ?? 0
    return Integer(littleEndian: value)
  }

  /// A length or position stored without sign, refused where `Int` cannot hold it.
  mutating func length<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Int {
    let value = try integer(type)
    guard let length = Int(exactly: value), length >= 0 else {
      throw malformed("length \(value) at \(offset)")
    }
    return length
  }

  mutating func byte() throws -> UInt8 { try integer(UInt8.self) }

  mutating func array(_ length: Int) throws -> [UInt8] {
    let range = try take(length)
    return bytes.withBytes(range) { Array($0) } ?? []
  }

  mutating func string(_ length: Int) throws -> String {
    let range = try take(length)
    return bytes.withBytes(range) { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// The bytes up to the next line feed, which is consumed too.
  mutating func line() throws -> [UInt8] {
    let found = bytes.withBytes(offset..<end) { $0.firstIndex(of: 0x0A) }
    guard let found, let length = found else {
      throw malformed("a line without end at \(offset)")
    }
    let line = try array(length)
    offset += 1
    return line
  }

  func malformed(_ problem: String) -> WeightsError {
    .malformed(path: bytes.path, format: format, problem: problem)
  }
}
