// Writes the little binary pieces of which valid sample files are made.

/// Bytes under construction.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func add(_ more: some Sequence<UInt8>) { bytes += more }

  public mutating func add(_ text: String) { bytes += text.utf8 }

  public mutating func little<Integer: FixedWidthInteger>(_ value: Integer) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}

/// A zip archive of stored entries, as torch.save writes it.
public struct ZipBuilder: Sendable {
  private var body = ByteWriter()
  private var directory = ByteWriter()
  private var count: UInt16 = 0
  private let isZip64: Bool

  /// Starts an empty archive; `isZip64` writes the wide form of its sizes.
  public init(isZip64: Bool = false) { self.isZip64 = isZip64 }

  public mutating func add(_ name: String, _ content: [UInt8], method: UInt16 = 0) {
    let offset = body.bytes.count
    body.little(UInt32(0x0403_4B50))
    describe(&body, name, content, method, extra: 0)
    body.add(name)
    body.add(content)
    directory.little(UInt32(0x0201_4B50))
    directory.little(UInt16(20))
    describe(&directory, name, content, method, extra: isZip64 ? 28 : 0)
    directory.add([UInt8](repeating: 0, count: 10))
    directory.little(isZip64 ? UInt32.max : UInt32(offset))
    directory.add(name)
    if isZip64 {
      directory.little(UInt16(1))
      directory.little(UInt16(24))
      for value in [content.count, content.count, offset] { directory.little(UInt64(value)) }
    }
    count += 1
  }

  public func finished() -> [UInt8] {
    var result = body
    let start = result.bytes.count
    result.add(directory.bytes)
    if isZip64 {
      let end = result.bytes.count
      result.little(UInt32(0x0606_4B50))
      result.little(UInt64(44))
      result.add([UInt8](repeating: 0, count: 12))
      for value in [Int(count), Int(count), directory.bytes.count, start] {
        result.little(UInt64(value))
      }
      result.little(UInt32(0x0706_4B50))
      result.little(UInt32(0))
      result.little(UInt64(end))
      result.little(UInt32(1))
    }
    result.little(UInt32(0x0605_4B50))
    result.little(UInt32(0))
    result.little(count)
    result.little(count)
    result.little(isZip64 ? UInt32.max : UInt32(directory.bytes.count))
    result.little(isZip64 ? UInt32.max : UInt32(start))
    result.little(UInt16(0))
    return result.bytes
  }

  private func describe(
    _ writer: inout ByteWriter, _ name: String, _ content: [UInt8], _ method: UInt16,
    extra: UInt16
  ) {
    let isWide = isZip64 && extra > 0
    writer.little(UInt16(20))
    writer.little(UInt16(0))
    writer.little(method)
    writer.add([UInt8](repeating: 0, count: 8))
    writer.little(isWide ? UInt32.max : UInt32(content.count))
    writer.little(isWide ? UInt32.max : UInt32(content.count))
    writer.little(UInt16(name.utf8.count))
    writer.little(extra)
  }
}
