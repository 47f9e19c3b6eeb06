// Writes safetensors laid out as the reference library does, aside and then renamed.

import Foundation
public import Tensors

/// One tensor to be written: its description now, its bytes when its turn comes.
public struct TensorRecord: Sendable {
  let name: String
  let type: StoredType
  let shape: [Int]
  let bytes: @Sendable () throws -> [UInt8]

  /// A tensor whose bytes (row-major, little-endian) are fetched only while they are written.
  public init(
    name: String, dtype: DType, shape: [Int], bytes: @escaping @Sendable () throws -> [UInt8]
  ) {
    self.name = name
    type = StoredType(dtype)
    self.shape = shape
    self.bytes = bytes
  }

  /// A tensor whose bytes are already in memory.
  public init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) {
    self.init(name: name, dtype: dtype, shape: shape) { bytes }
  }

  /// A tensor copied from another weight file.
  ///
  /// - Throws: ``WeightsError/unsupportedType(path:tensor:type:)``.
  public init(_ tensor: StoredTensor) throws {
    self.init(name: tensor.name, dtype: try tensor.dtype, shape: tensor.shape) {
      try tensor.contiguousBytes()
    }
  }
}

extension WeightFile {
  /// Writes a safetensors file; equal input gives equal bytes.
  ///
  /// The tensors are sorted by type (widest first) and name, as the reference library does.
  /// - Parameters:
  ///   - tensors: What to write; names must differ.
  ///   - metadata: Text kept under `__metadata__`.
  ///   - path: Where the file appears once it is complete.
  /// - Throws: ``WeightsError/unwritable(path:reason:)``, or what a record's bytes throw; in both
  ///   cases a file that was there before is untouched.
  public static func writeSafetensors(
    _ tensors: [TensorRecord], metadata: [String: String] = [:], to path: String
  ) throws {
    let plan = try SafetensorsPlan(tensors, metadata: metadata, path: path)
    let target = URL(fileURLWithPath: path)
    let aside = target.deletingLastPathComponent()
      .appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString).partial")
    do {
      try plan.write(to: aside)
      guard rename(aside.path, target.path) == 0 else {
        throw WeightsError.unwritable(path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      try? FileManager.default.removeItem(at: aside)
      if error is WeightsError || !(error is CocoaError) { throw error }
      throw WeightsError.unwritable(path: path, reason: error.localizedDescription)
    }
  }
}

private struct SafetensorsPlan {
  let path: String
  let header: [UInt8]
  let records: [(record: TensorRecord, size: Int)]

  init(_ tensors: [TensorRecord], metadata: [String: String], path: String) throws {
    var names: Set<String> = ["__metadata__"]
    var position = 0
    var members: [String] = []
    var records: [(TensorRecord, Int)] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    for tensor in tensors.sorted(by: { ($1.type, $0.name) < ($0.type, $1.name) }) {
      guard names.insert(tensor.name).inserted else {
        throw WeightsError.unwritable(path: path, reason: "the name \(tensor.name) is taken")
      }
      guard let size = StridedLayout.count(of: tensor.shape)?.multiplied(by: tensor.type.bits / 8),
        let end = position.adding(size)
      else {
        throw WeightsError.unwritable(path: path, reason: "the shape of \(tensor.name)")
      }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(position),\(end)]}")
      records.append((tensor, size))
      position = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    guard header.count <= SafetensorsReader.longestHeader else {
      throw WeightsError.unwritable(path: path, reason: "its header exceeds 100 MB")
    }
    self.path = path
    self.header = header
    self.records = records
  }

  func write(to url: URL) throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw WeightsError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    let handle = try FileHandle(forWritingTo: url)
    defer { try? handle.close() }
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    try handle.write(contentsOf: length + Data(header))
    for (record, size) in records {
      let bytes = try record.bytes()
      guard bytes.count == size else {
        throw WeightsError.unwritable(
          path: path,
          reason: "\(record.name) has \(bytes.count) bytes, its shape needs \(size)")
      }
      try handle.write(contentsOf: Data(bytes))
    }
    try handle.synchronize()
  }
}

/// A JSON string with the escapes that the reference library writes.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\u{8}": result += "\\b"
    case "\u{C}": result += "\\f"
    case "\u{0}"..<"\u{20}":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
