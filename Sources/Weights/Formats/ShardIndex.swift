// The index of weights that were split over several files, as Hugging Face publishes large models.

import Foundation

/// The `weight_map` of a `*.index.json`.
struct ShardIndex {
  static let format = "shard index"

  /// The shard of each tensor.
  let shards: [String: String]
  let metadata: [String: String]

  /// Whether the file begins as a JSON object.
  static func recognises(_ bytes: FileBytes) -> Bool {
    let head = bytes.withBytes(0..<min(64, bytes.count)) { Array($0) } ?? []
    return head.first { !$0.isWhitespace } == UInt8(ascii: "{")
  }

  /// Parses the index and refuses shards outside its own folder.
  ///
  /// - Throws: ``WeightsError/malformed(path:format:problem:)``.
  init(_ bytes: FileBytes) throws {
    var reader = ByteReader(bytes, format: Self.format)
    guard reader.remaining <= SafetensorsReader.longestHeader else {
      throw reader.malformed("it exceeds 100 MB")
    }
    let json = try JSONText.parse(
      try reader.array(reader.remaining), path: bytes.path, format: Self.format)
    guard case .object(let members)? = json["weight_map"] else {
      throw WeightsError.unrecognised(path: bytes.path, met: "JSON without a weight_map")
    }
    var shards: [String: String] = [:]
    for member in members {
      guard let shard = member.value.text else {
        throw reader.malformed("\(member.key) has no shard")
      }
      let parts = shard.split(separator: "/", omittingEmptySubsequences: false)
      guard
        !parts.contains("..") && !parts.contains("") && !shard.contains("\\")
          && !shard.contains("\0")
      else { throw reader.malformed("the shard \(shard) of \(member.key) leaves its folder") }
      shards[member.key] = shard
    }
    var metadata: [String: String] = [:]
    if case .object(let members)? = json["metadata"] {
      for member in members {
        switch member.value {
        case .string(let text): metadata[member.key] = text
        case .integer(let number): metadata[member.key] = String(number)
        default: continue
        }
      }
    }
    self.shards = shards
    self.metadata = metadata
  }

  /// The only index in a folder.
  ///
  /// - Throws: ``WeightsError/unreadable(path:reason:)`` when there is none or more than one.
  static func path(in folder: String) throws -> String {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw WeightsError.unreadable(path: folder, reason: error.localizedDescription)
    }
    for ending in [".safetensors.index.json", ".bin.index.json"] {
      let found = names.filter { $0.hasSuffix(ending) }
      guard found.count < 2 else {
        throw WeightsError.unreadable(
          path: folder, reason: "it holds \(found.joined(separator: " and ")), choose one")
      }
      if let name = found.first {
        return URL(fileURLWithPath: folder).appendingPathComponent(name).path
      }
    }
    throw WeightsError.unreadable(
      path: folder, reason: "a folder without *.safetensors.index.json; name a file in it")
  }
}

extension UInt8 {
  fileprivate var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
