// A prepared case on disk: patches come from the blocks that they touch and nothing else is read.

import CITK
import Foundation

/// A prepared case in a file that is mapped into memory; any number of threads may read patches at once.
public final class MappedCase: Sendable {
  public let path: String
  let header: CaseHeader
  private let file: MappedFile
  private let map: CaseFileMap
  private let layout: BlockLayout
  private let cache: BlockCache

  /// Opens a case and checks everything but the blocks, which are checked when they are read.
  ///
  /// - Throws: ``PreparationError/missing(path:)``, ``PreparationError/damaged(path:reason:)``
  init(path: String, cache: BlockCache) throws {
    self.path = path
    self.cache = cache
    file = try MappedFile(path)
    (header, map) = try Self.parse(file)
    layout = header.layout
  }

  deinit { cache.remove(owner: ObjectIdentifier(self)) }

  public var id: String { header.id }
  /// Three extents on the configuration's grid.
  public var shape: [Int] { header.shape }
  /// Millimetres.
  public var spacing: [Double] { header.spacing }
  public var channels: Int { header.channels }
  public var hasLabels: Bool { header.hasLabels }
  /// The way back to the grid of the file.
  public var placement: Placement { header.placement }
  /// What the case was made from, as 64 hexadecimal digits: differs when plan, image or labels differ.
  public var key: String { header.key }

  /// Labels in use and their voxels; −1 and 0 included.
  public var labelCounts: [Int16: Int] {
    Dictionary(uniqueKeysWithValues: header.labels.map { ($0.label, $0.voxels) })
  }

  /// The labels, or groups of labels, that ``location(of:at:)`` knows voxels of.
  public var classes: [[Int16]] { header.groups.map(\.labels) }

  /// How many voxels are known of the class with this number in ``classes``.
  public func locationCount(of number: Int) -> Int { header.groups[number].drawn }

  /// One of the voxels that are known of a class: z, y, x on this case's grid.
  ///
  /// - Parameters:
  ///   - number: The class's number in ``classes``.
  ///   - index: From 0 to ``locationCount(of:)``.
  /// - Returns: Three numbers within ``shape``.
  public func location(of number: Int, at index: Int) -> [Int] {
    precondition(index >= 0 && index < header.groups[number].drawn, "no such location")
    let before = header.groups[..<number].reduce(0) { $0 + $1.drawn }
    let place = map.voxels + (before + index) * MemoryLayout<UInt32>.size
    let voxel = Int(
      UInt32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
    return [voxel / (shape[1] * shape[2]), voxel / shape[2] % shape[1], voxel % shape[2]]
  }

  /// Copies a box of the case.
  ///
  /// - Parameters:
  ///   - lower: First voxel, which may lie outside the case, as may the rest of the box.
  ///   - size: Three extents of the box.
  ///   - image: Receives ``channels`` × box values; 0 outside the case.
  ///   - labels: Receives a label per voxel of the box if given; −1 outside the case or without labels.
  /// - Throws: ``PreparationError/damaged(path:reason:)``
  public func read(
    lower: [Int], size: [Int], image: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int16>? = nil
  ) throws {
    let count = size.reduce(1, *)
    precondition(lower.count == 3 && size.count == 3 && size.allSatisfy { $0 >= 0 })
    precondition(image.count >= channels * count, "too small a buffer for the channels")
    precondition(labels.map { $0.count >= count } ?? true, "too small a buffer for the labels")
    let first = (0..<3).map { max(lower[$0], 0) }
    let last = (0..<3).map { min(lower[$0] + size[$0], shape[$0]) }
    let isInside = (0..<3).allSatisfy { first[$0] == lower[$0] && last[$0] - lower[$0] == size[$0] }
    if !isInside { image.update(repeating: 0) }
    if !isInside || !hasLabels { labels?.update(repeating: -1) }
    guard (0..<3).allSatisfy({ first[$0] < last[$0] }) else { return }

    let block = layout.block
    let target = Target(lower: lower, size: size, image: image, labels: hasLabels ? labels : nil)
    for z in first[0] / block[0]...(last[0] - 1) / block[0] {
      for y in first[1] / block[1]...(last[1] - 1) / block[1] {
        for x in first[2] / block[2]...(last[2] - 1) / block[2] {
          let place = [z, y, x]
          target.copy(
            try decoded(layout.index(place)), channels: channels,
            blockLower: layout.lower(of: place),
            blockSize: layout.size(of: place))
        }
      }
    }
  }

  /// Reads every block once.
  ///
  /// - Throws: ``PreparationError/damaged(path:reason:)`` when a checksum differs.
  func verify() throws {
    for index in 0..<layout.count { _ = try bytes(ofBlock: index) }
  }

  private func decoded(_ index: Int) throws -> DecodedBlock {
    let key = BlockCache.Key(owner: ObjectIdentifier(self), block: index)
    if let block = cache.block(key) { return block }
    let bytes = try bytes(ofBlock: index)
    guard let block = DecodedBlock(decoding: bytes, layout, place: layout.place(of: index)) else {
      throw PreparationError.damaged(path: path, reason: "block \(index) does not inflate")
    }
    cache.insert(block, key)
    return block
  }

  private func bytes(ofBlock index: Int) throws -> UnsafeRawBufferPointer {
    let entry = map.table + index * CaseFileMap.tableEntryLength
    let offset = file.bytes.number(entry, as: UInt64.self)
    let length = file.bytes.number(entry + 8, as: UInt32.self)
    guard offset >= map.blocks, offset <= file.bytes.count, length <= file.bytes.count - offset
    else {
      throw PreparationError.damaged(path: path, reason: "block \(index) lies outside the file")
    }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + length])
    let sum = citk_checksum(0, bytes.baseAddress, Int64(length))
    guard Int(sum) == file.bytes.number(entry + 12, as: UInt32.self) else {
      throw PreparationError.damaged(
        path: path, reason: "the checksum of block \(index) is another")
    }
    return bytes
  }
}

/// The buffers of a box that blocks are copied into.
private struct Target {
  let lower: [Int]
  let size: [Int]
  let image: UnsafeMutableBufferPointer<Float>
  let labels: UnsafeMutableBufferPointer<Int16>?

  func copy(_ block: DecodedBlock, channels: Int, blockLower: [Int], blockSize: [Int]) {
    let first = (0..<3).map { max(lower[$0], blockLower[$0]) }
    let last = (0..<3).map { min(lower[$0] + size[$0], blockLower[$0] + blockSize[$0]) }
    let width = last[2] - first[2]
    let (sizes, blocks) = (size.reduce(1, *), blockSize.reduce(1, *))
    block.image.withUnsafeBufferPointer { source in
      block.labels.withUnsafeBufferPointer { sourceLabels in
        guard let from = source.baseAddress, let to = image.baseAddress else { return }
        for z in first[0]..<last[0] {
          for y in first[1]..<last[1] {
            let there = ((z - lower[0]) * size[1] + y - lower[1]) * size[2] + first[2] - lower[2]
            let here =
              ((z - blockLower[0]) * blockSize[1] + y - blockLower[1]) * blockSize[2] + first[2]
              - blockLower[2]
            for channel in 0..<channels {
              (to + channel * sizes + there).update(
                from: from + channel * blocks + here, count: width)
            }
            if let labels = labels?.baseAddress, let from = sourceLabels.baseAddress {
              (labels + there).update(from: from + here, count: width)
            }
          }
        }
      }
    }
  }
}
