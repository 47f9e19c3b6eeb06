// Blocks that were decompressed lately, shared by all threads that cut patches.

import Foundation

/// Keeps decompressed blocks up to a number of bytes; those not used for the longest time go first.
final class BlockCache: @unchecked Sendable {
  // Safe because every access to what changes holds the lock.
  struct Key: Hashable {
    let owner: ObjectIdentifier
    let block: Int
  }

  private struct Entry {
    let block: DecodedBlock
    var used: UInt64
  }

  let limit: Int
  private let lock = NSLock()
  private var entries: [Key: Entry] = [:]
  private var clock: UInt64 = 0
  private var total = 0

  init(limit: Int) { self.limit = limit }

  /// Bytes that are held.
  var bytes: Int { lock.withLock { total } }

  func block(_ key: Key) -> DecodedBlock? {
    lock.withLock {
      clock += 1
      entries[key]?.used = clock
      return entries[key]?.block
    }
  }

  func insert(_ block: DecodedBlock, _ key: Key) {
    guard block.bytes <= limit else { return }
    lock.withLock {
      guard entries[key] == nil else { return }
      if total + block.bytes > limit { makeRoom(for: block.bytes) }
      clock += 1
      entries[key] = Entry(block: block, used: clock)
      total += block.bytes
    }
  }

  /// Forgets the blocks of a case that is no longer open: another may get its identity.
  func remove(owner: ObjectIdentifier) {
    lock.withLock {
      for (key, entry) in entries where key.owner == owner {
        entries[key] = nil
        total -= entry.block.bytes
      }
    }
  }

  /// Makes more room than is needed, so that sorting pays.
  private func makeRoom(for bytes: Int) {
    let goal = min(limit - bytes, limit / 8 * 7)
    for (key, entry) in entries.sorted(by: { $0.value.used < $1.value.used }) {
      if total <= goal { break }
      entries[key] = nil
      total -= entry.block.bytes
    }
  }
}
