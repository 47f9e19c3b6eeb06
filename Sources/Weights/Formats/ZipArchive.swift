// Finds the stored entries of a zip archive, as torch.save and TorchScript write them.

/// The directory of a zip archive whose entries are mapped, never unpacked.
struct ZipArchive {
  static let format = "zip archive"

  let bytes: FileBytes
  /// The names in the order of the central directory.
  let names: [String]
  private let entries: [String: Entry]

  private struct Entry {
    let method: Int
    let isEncrypted: Bool
    let size: Int
    let offset: Int
  }

  static func recognises(_ bytes: FileBytes) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06])
  }

  /// Reads the central directory.
  ///
  /// - Throws: ``WeightsError/malformed(path:format:problem:)`` for a directory that is cut off,
  ///   leaves the file or lists a name twice.
  init(_ bytes: FileBytes) throws {
    self.bytes = bytes
    let directory = try Self.directory(of: bytes)
    var reader = ByteReader(bytes, format: Self.format, range: directory)
    var names: [String] = []
    var entries: [String: Entry] = [:]
    while reader.remaining > 0 {
      let (name, entry) = try Self.entry(&reader)
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw reader.malformed("it lists \(name) twice")
      }
      names.append(name)
    }
    self.names = names
    self.entries = entries
  }

  func contains(_ name: String) -> Bool { entries[name] != nil }

  /// Where the content of an entry lies in the file, or nil when there is no such entry.
  ///
  /// - Throws: ``WeightsError/unsupported(path:feature:remedy:)`` for compressed or encrypted
  ///   entries; ``WeightsError/malformed(path:format:problem:)`` for one that leaves the file.
  func range(of name: String) throws -> Range<Int>? {
    guard let entry = entries[name] else { return nil }
    guard entry.method == 0, !entry.isEncrypted else {
      let kind = entry.isEncrypted ? "an encrypted" : "a compressed"
      throw WeightsError.unsupported(
        path: bytes.path, feature: "\(kind) entry (\(name))",
        remedy: "torch.save stores its entries, so save the file with it again")
    }
    guard entry.offset <= bytes.count else {
      throw malformed("the entry \(name) lies at \(entry.offset), beyond the file")
    }
    var reader = ByteReader(
      bytes, format: Self.format, range: entry.offset..<bytes.count)
    guard try reader.integer(UInt32.self) == 0x0403_4B50 else {
      throw malformed("no entry where \(name) should begin")
    }
    _ = try reader.take(22)
    let nameLength = try reader.length(UInt16.self)
    let extraLength = try reader.length(UInt16.self)
    _ = try reader.take(nameLength + extraLength)
    return try reader.take(entry.size)
  }

  func malformed(_ problem: String) -> WeightsError {
    .malformed(path: bytes.path, format: Self.format, problem: problem)
  }

  /// Where the central directory lies, by the end record or its zip64 form.
  private static func directory(of bytes: FileBytes) throws -> Range<Int> {
    var reader = ByteReader(bytes, format: format)
    let lowest = max(0, bytes.count - 22 - 65_535)
    guard bytes.count >= 22,
      let end = (lowest...bytes.count - 22).last(where: {
        bytes.starts(with: [0x50, 0x4B, 0x05, 0x06], at: $0)
      })
    else { throw reader.malformed("it has no directory at its end, so it was cut off") }
    reader = ByteReader(bytes, format: format, range: end + 12..<bytes.count)
    var size = try reader.length(UInt32.self)
    var offset = try reader.length(UInt32.self)
    if bytes.starts(with: [0x50, 0x4B, 0x06, 0x07], at: end - 20) {
      reader = ByteReader(bytes, format: format, range: end - 12..<end)
      let position = try reader.length(UInt64.self)
      guard bytes.starts(with: [0x50, 0x4B, 0x06, 0x06], at: position) else {
        throw reader.malformed("its zip64 directory is missing")
      }
      reader = ByteReader(bytes, format: format, range: position + 4..<bytes.count)
      _ = try reader.take(36)
      size = try reader.length(UInt64.self)
      offset = try reader.length(UInt64.self)
    }
    guard let last = offset.adding(size), last <= bytes.count else {
      throw reader.malformed("its directory lies beyond the file, so it was cut off")
    }
    return offset..<last
  }

  private static func entry(_ reader: inout ByteReader) throws -> (String, Entry) {
    guard try reader.integer(UInt32.self) == 0x0201_4B50 else {
      throw reader.malformed("no directory entry at \(reader.offset - 4)")
    }
    _ = try reader.take(4)
    let flags = try reader.integer(UInt16.self)
    let method = try reader.length(UInt16.self)
    _ = try reader.take(8)
    var packed = try reader.length(UInt32.self)
    var size = try reader.length(UInt32.self)
    let nameLength = try reader.length(UInt16.self)
    let extraLength = try reader.length(UInt16.self)
    let commentLength = try reader.length(UInt16.self)
    _ = try reader.take(8)
    var offset = try reader.length(UInt32.self)
    let name = try reader.string(nameLength)
    let extraRange = try reader.take(extraLength)
    _ = try reader.take(commentLength)
    var extra = ByteReader(reader.bytes, format: format, range: extraRange)
    while extra.remaining >= 4 {
      let kind = try extra.integer(UInt16.self)
      let field = try extra.take(try extra.length(UInt16.self))
      guard kind == 1 else { continue }
      var wide = ByteReader(reader.bytes, format: format, range: field)
      if size == 0xFFFF_FFFF { size = try wide.length(UInt64.self) }
      if packed == 0xFFFF_FFFF { packed = try wide.length(UInt64.self) }
      if offset == 0xFFFF_FFFF { offset = try wide.length(UInt64.self) }
    }
    guard method != 0 || packed == size else {
      throw reader.malformed("the stored entry \(name) claims two sizes")
    }
    return (
      name, Entry(method: method, isEncrypted: flags & 1 != 0, size: size, offset: offset)
    )
  }
}
