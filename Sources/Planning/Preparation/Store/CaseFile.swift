// Writing a prepared case to disk, block by block, and checking one that is there.

import CITK
import Foundation

enum CaseFile {
  /// Blocks that are compressed before they are written: bounds the memory that they take.
  private static let batch = 32

  /// Writes a case aside and renames it.
  ///
  /// - Throws: ``PreparationError/diskFull(path:bytes:)``, ``PreparationError/cannotWrite(path:reason:)``
  static func write(
    _ prepared: PreparedCase, id: String, key: String, block: [Int], groups: [[Int16]]?,
    threads: Int, to path: String
  ) throws {
    guard prepared.image.count <= Int(UInt32.max) else {
      throw PreparationError.malformedImage(
        reason: "it has \(prepared.image.count) voxels after resampling, more than 2³²")
    }
    let labels = prepared.labels?.labels ?? []
    let counts = ClassLocations.voxelCounts(of: labels).sorted { $0.key < $1.key }
    let drawn = ClassLocations.sampled(
      from: labels, groups: groups ?? counts.filter { $0.key > 0 }.map { [$0.key] })
    let header = CaseHeader(
      id: id, key: key, shape: prepared.image.shape, spacing: prepared.image.spacing,
      channels: prepared.image.channels.count, hasLabels: prepared.labels != nil,
      labels: counts.map { .init(label: $0.key, voxels: $0.value) },
      groups: drawn.map { .init(labels: $0.labels, drawn: $0.voxels.count, total: $0.total) },
      block: block, placement: prepared.placement)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = [UInt8](try encoder.encode(header))
    let layout = header.layout
    let voxels = drawn.flatMap(\.voxels)
    let map = CaseFileMap(json: json.count, blocks: layout.count, drawn: voxels.count)

    let file = try PartialFile(path)
    try file.write([UInt8](repeating: 0, count: map.blocks))
    var table = Bytes()
    for start in stride(from: 0, to: layout.count, by: batch) {
      let range = start..<min(start + batch, layout.count)
      for block in try encoded(prepared, layout, range, threads: threads) {
        table.append(UInt64(file.count))
        table.append(UInt32(block.count))
        table.append(citk_checksum(0, block, Int64(block.count)))
        try file.write(block)
      }
    }
    var head = Bytes(values: CaseFileMap.magic)
    head.append(CaseFileMap.version)
    head.append(UInt32(0))
    head.append(UInt64(json.count))
    head.append(UInt64(file.count))
    head.values += json
    head.pad(to: map.table)
    head.values += table.values
    for voxel in voxels { head.append(voxel) }
    head.pad(to: map.blocks)
    var sum = Bytes()
    sum.append(head.values.withUnsafeBytes(CaseFileMap.checksum))
    let place = CaseFileMap.checksumOffset
    head.values.replaceSubrange(place..<place + 4, with: sum.values)
    try file.write(head.values, at: 0)
    try file.finish()
  }

  private static func encoded(
    _ prepared: PreparedCase, _ layout: BlockLayout, _ range: Range<Int>, threads: Int
  ) throws -> [[UInt8]] {
    let results = Collected<[UInt8]>(count: range.count)
    divided(range.count, threads: threads) { part in
      for index in part {
        results.put(
          Result {
            try DecodedBlock.encoded(
              prepared, layout, place: layout.place(of: range.lowerBound + index))
          }, at: index)
      }
    }
    return try results.values()
  }
}

/// Numbers as little-endian bytes.
private struct Bytes {
  var values: [UInt8] = []

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { values.append(contentsOf: $0) }
  }

  mutating func pad(to count: Int) {
    values += Array(repeating: 0, count: count - values.count)
  }
}

/// Where threads put what they found.
final class Collected<Value: Sendable>: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var found: [Result<Value, any Error>?]

  init(count: Int) { found = Array(repeating: nil, count: count) }

  func put(_ result: Result<Value, any Error>, at index: Int) {
    lock.withLock { found[index] = result }
  }

  /// All values in order, or the first error.
  func values() throws -> [Value] { try lock.withLock { try found.compactMap { try $0?.get() } } }
}
