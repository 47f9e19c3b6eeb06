// What a file of a prepared case says of itself before the blocks begin.

import CITK
import Foundation

/// The JSON part of the file.
struct CaseHeader: Codable, Sendable, Equatable {
  struct Label: Codable, Sendable, Equatable {
    var label: Int16
    var voxels: Int
  }

  struct Group: Codable, Sendable, Equatable {
    var labels: [Int16]
    /// Voxels that were drawn, and all there are.
    var drawn: Int
    var total: Int
  }

  var id: String
  var key: String
  var shape: [Int]
  var spacing: [Double]
  var channels: Int
  var hasLabels: Bool
  var labels: [Label]
  var groups: [Group]
  var block: [Int]
  var placement: Placement

  var layout: BlockLayout {
    BlockLayout(shape: shape, block: block, channels: channels, hasLabels: hasLabels)
  }

  /// Whether the numbers can be those of a file at all.
  var isSound: Bool {
    shape.count == 3 && block.count == 3 && spacing.count == 3 && channels > 0
      && (shape + block).allSatisfy { $0 > 0 && $0 < 1 << 20 } && channels < 1 << 16
      && groups.allSatisfy { $0.drawn >= 0 && $0.drawn < 1 << 32 }
  }
}

/// Where the parts of a file lie: prelude, JSON, table of blocks, drawn voxels, blocks. Little-endian.
struct CaseFileMap: Sendable, Equatable {
  static let magic: [UInt8] = Array("VSLCASE\n".utf8)
  /// Changes when the meaning of a file or of its contents changes.
  static let version: UInt32 = 1
  /// Magic, version, checksum, length of the JSON, length of the file.
  static let preludeLength = 32
  static let checksumOffset = 12
  /// Offset, length, checksum.
  static let tableEntryLength = 16

  let table: Int
  let voxels: Int
  let blocks: Int

  init(json: Int, blocks count: Int, drawn: Int) {
    let aligned = { (offset: Int) in (offset + 7) / 8 * 8 }
    table = aligned(Self.preludeLength + json)
    voxels = table + count * Self.tableEntryLength
    blocks = aligned(voxels + drawn * MemoryLayout<UInt32>.size)
  }

  /// The checksum of everything before the blocks but itself.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let rest = checksumOffset + 4
    let first = citk_checksum(0, bytes.baseAddress, Int64(checksumOffset))
    return citk_checksum(
      first, bytes.baseAddress.map { $0 + rest }, Int64(bytes.count - rest))
  }
}
