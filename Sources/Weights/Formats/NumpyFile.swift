// Reads numpy's .npy files, in which published models keep their test input and output.

public import Tensors

/// One array of numpy.
public struct NumpyFile: Sendable {
  static let format = ".npy file"

  /// The array, whose strides say whether it was stored in C or Fortran order.
  public let tensor: StoredTensor

  /// The sizes of the axes.
  public var shape: [Int] { tensor.shape }

  /// The element type.
  ///
  /// - Throws: ``WeightsError/unsupportedType(path:tensor:type:)``.
  public var dtype: DType { get throws { try tensor.dtype } }

  /// Maps a .npy file.
  ///
  /// - Throws: ``WeightsError`` when it cannot be read, is cut off or holds Python objects.
  public init(contentsOf path: String) throws {
    try self.init(FileBytes(mapping: path))
  }

  /// Reads a .npy file that is already in memory.
  package init(bytes: [UInt8], name: String) throws {
    try self.init(FileBytes(copying: bytes, path: name))
  }

  static func recognises(_ bytes: FileBytes) -> Bool {
    bytes.starts(with: [0x93] + Array("NUMPY".utf8))
  }

  init(_ bytes: FileBytes) throws {
    var reader = ByteReader(bytes, format: Self.format)
    guard Self.recognises(bytes) else {
      throw reader.malformed("it does not begin as one")
    }
    _ = try reader.take(6)
    let version = try reader.byte()
    _ = try reader.byte()
    guard (1...3).contains(version) else { throw reader.malformed("version \(version)") }
    let length =
      version == 1 ? try reader.length(UInt16.self) : try reader.length(UInt32.self)
    let header = NumpyHeader(try reader.array(length))
    guard let description = header.text(of: "descr"), let isFortran = header.flag("fortran_order"),
      let shape = header.sizes(of: "shape"),
      let layout = StridedLayout(contiguous: shape, isFortran: isFortran)
    else { throw reader.malformed("its header lacks a plain descr, fortran_order or shape") }
    let type = NumpyType(description)
    guard let stored = type.storedType else {
      throw WeightsError.unsupported(
        path: bytes.path, feature: "a numpy array of \(description)",
        remedy: "save an array of numbers")
    }
    guard let size = layout.count.multiplied(by: stored.bits / 8),
      let tensor = StoredTensor(
        name: "array", type: stored, layout: layout, bytes: bytes, offset: reader.offset,
        limits: try reader.take(size), isBigEndian: type.isBigEndian)
    else { throw reader.malformed("an array of shape \(shape) does not fit") }
    self.tensor = tensor
  }
}

/// The Python dictionary at the head of a .npy file, of which three plain entries matter.
private struct NumpyHeader {
  let text: [UInt8]

  init(_ text: [UInt8]) { self.text = text }

  func text(of key: String) -> String? {
    guard let rest = value(of: key), let quote = rest.first, "'\"".utf8.contains(quote),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return nil }
    return String(decoding: rest[rest.startIndex + 1..<end], as: UTF8.self)
  }

  func flag(_ key: String) -> Bool? {
    guard let rest = value(of: key) else { return nil }
    if rest.starts(with: "True".utf8) { return true }
    return rest.starts(with: "False".utf8) ? false : nil
  }

  func sizes(of key: String) -> [Int]? {
    guard let rest = value(of: key), rest.first == UInt8(ascii: "("),
      let end = rest.firstIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let parts = rest[rest.startIndex + 1..<end].split(separator: UInt8(ascii: ","))
      .map { $0.filter { $0 != 0x20 && $0 != UInt8(ascii: "L") } }
      .filter { !$0.isEmpty }
    let sizes = parts.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    return sizes.count == parts.count && sizes.allSatisfy { $0 >= 0 } ? sizes : nil
  }

  /// What follows a quoted key and its colon.
  private func value(of key: String) -> ArraySlice<UInt8>? {
    for quote in ["'", "\""] {
      let needle = Array("\(quote)\(key)\(quote)".utf8)
      guard text.count >= needle.count,
        let start = (0...text.count - needle.count).first(where: {
          text[$0...].starts(with: needle)
        })
      else { continue }
      let rest = text[(start + needle.count)...].drop { $0 == 0x20 }
      guard rest.first == UInt8(ascii: ":") else { return nil }
      return rest.dropFirst().drop { $0 == 0x20 }
    }
    return nil
  }
}
