// Reads safetensors by the rules of its reference implementation, which leaves no byte unexplained.

/// The tensors and metadata of one safetensors file.
struct SafetensorsReader {
  static let format = "safetensors file"
  static let longestHeader = 100_000_000

  let tensors: [StoredTensor]
  let metadata: [String: String]

  /// Whether the file begins with a header length and an opening brace.
  static func recognises(_ bytes: FileBytes) -> Bool {
    bytes.starts(with: [UInt8(ascii: "{")], at: 8) && bytes.starts(with: [0, 0, 0], at: 5)
  }

  /// Parses the header and checks that the tensors cover the rest of the file exactly.
  ///
  /// - Throws: ``WeightsError/malformed(path:format:problem:)``.
  init(_ bytes: FileBytes) throws {
    var reader = ByteReader(bytes, format: Self.format)
    let length = try reader.length(UInt64.self)
    guard length <= Self.longestHeader else {
      throw reader.malformed("its header claims \(length) bytes, at most 100 MB are allowed")
    }
    let text = try reader.array(length)
    guard text.first == UInt8(ascii: "{") else {
      throw reader.malformed("its header does not begin with {")
    }
    let header = try JSONText.parse(text, path: bytes.path, format: Self.format)
    guard case .object(let members) = header else {
      throw reader.malformed("its header is no object")
    }
    metadata =
      try members.first { $0.key == "__metadata__" }.map {
        try Self.metadata($0.value, reader)
      } ?? [:]
    let entries = try members.filter { $0.key != "__metadata__" }.map {
      try Entry($0, reader)
    }.sorted()
    let start = reader.offset
    var position = 0
    tensors = try entries.map { entry in
      guard entry.begin == position, entry.end >= entry.begin else {
        throw reader.malformed(
          "tensor \(entry.name) lies at \(entry.begin)..<\(entry.end), expected \(position)")
      }
      position = entry.end
      return try entry.tensor(in: bytes, from: start, reader)
    }
    guard position == reader.remaining else {
      throw reader.malformed(
        "its tensors take \(position) bytes, \(reader.remaining) follow the header")
    }
  }

  private static func metadata(_ value: JSONText, _ reader: ByteReader) throws -> [String: String] {
    guard case .object(let members) = value else {
      throw reader.malformed("__metadata__ is no object")
    }
    var result: [String: String] = [:]
    for member in members {
      guard let text = member.value.text else {
        throw reader.malformed("__metadata__.\(member.key) is no string")
      }
      result[member.key] = text
    }
    return result
  }
}

private struct Entry: Comparable {
  let name: String
  let type: StoredType
  let shape: [Int]
  let begin: Int
  let end: Int

  init(_ member: JSONText.Member, _ reader: ByteReader) throws {
    name = member.key
    guard let word = member.value["dtype"]?.text, let type = StoredType(rawValue: word),
      type != .complex128
    else { throw reader.malformed("tensor \(member.key) has no known dtype") }
    guard let shape = member.value["shape"]?.integers,
      let offsets = member.value["data_offsets"]?.integers, offsets.count == 2
    else { throw reader.malformed("tensor \(member.key) lacks shape or data_offsets") }
    self.type = type
    self.shape = shape
    begin = offsets[0]
    end = offsets[1]
  }

  func tensor(in bytes: FileBytes, from start: Int, _ reader: ByteReader) throws -> StoredTensor {
    guard let layout = StridedLayout(contiguous: shape),
      let bits = layout.count.multiplied(by: type.bits), bits % 8 == 0, bits / 8 == end - begin
    else {
      throw reader.malformed(
        "tensor \(name) of shape \(shape) \(type.rawValue) does not fit its \(end - begin) bytes")
    }
    guard let first = start.adding(begin), let last = start.adding(end), last <= bytes.count,
      let tensor = StoredTensor(
        name: name, type: type, layout: layout, bytes: bytes, offset: first, limits: first..<last)
    else { throw reader.malformed("tensor \(name) ends at \(end), beyond the file") }
    return tensor
  }

  static func < (left: Entry, right: Entry) -> Bool {
    (left.begin, left.end, left.name) < (right.begin, right.end, right.name)
  }
}
