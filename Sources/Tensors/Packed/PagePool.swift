// Memory for maps and for what kernels need meanwhile, which goes from hand to hand: fresh pages cost the
// system time, and a plane that was read for the last time is room for the next one.

import CKernels
import Foundation

/// Memory that is kept until the pool ends, handed out in pieces and taken back when they are dropped.
public final class PagePool: @unchecked Sendable {
  // Safe because every use of the lists holds the lock.
  private let lock = NSLock()
  private var idle: [Int: [UnsafeMutableRawPointer]] = [:]
  private var slabs: [UnsafeMutableRawPointer] = []
  private var allocated = 0

  /// What a slab holds at least; pages that nobody touches cost nothing.
  private static let slab = 32 << 20

  public init() {}

  deinit { for slab in slabs { vk_pages_free(slab) } }

  /// Bytes that were asked of the system, touched or not.
  public var byteCount: Int { lock.withLock { allocated } }

  /// A piece of so many bytes, whose values are not set, at a multiple of 64. What is needed for a
  /// while only may be a piece of up to eight times the size, where one is idle.
  func pages(_ bytes: Int, forAWhile: Bool = false) throws -> Pages {
    // Pieces that began at the same place of their pages would compete for the same lines of the cache.
    var size = (max(bytes, 1) + 4095) / 4096 * 4096 + 17 * 64
    let start = try lock.withLock {
      if forAWhile {
        size =
          idle.filter { $0.key >= size && $0.key <= 8 * size && !$0.value.isEmpty }.keys.min()
          ?? size
      }
      if let start = idle[size]?.popLast() { return start }
      let count = max(1, Self.slab / size)
      guard let slab = vk_pages_allocate(Int64(count * size)) else {
        throw TensorError.outOfMemory(operation: "feature map", message: "\(count * size) bytes")
      }
      slabs.append(slab)
      allocated += count * size
      // The last of the list is handed out first.
      idle[size, default: []] += (1..<count).reversed().map { slab + $0 * size }
      return slab
    }
    return Pages(start: start, size: size, pool: self)
  }

  /// Divides 0 ..< count among all threads, each piece with so many bytes of its own.
  func parallel(
    _ count: Int, bytes: Int, _ body: @Sendable (Range<Int>, UnsafeMutableRawPointer) -> Void
  ) throws {
    let failure = Failure()
    Tensors.parallel(count, grain: 1) { range in
      do {
        let scratch = try pages(bytes, forAWhile: true)
        withExtendedLifetime(scratch) { body(range, $0.start) }
      } catch { failure.note(error) }
    }
    try failure.rethrow()
  }

  fileprivate func takeBack(_ start: UnsafeMutableRawPointer, size: Int) {
    lock.withLock { idle[size, default: []].append(start) }
  }
}

/// A piece of a pool's memory, or memory that somebody else keeps alive.
final class Pages: @unchecked Sendable {
  // Safe because the owner decides who writes; the pieces of a pool do not overlap.
  let start: UnsafeMutableRawPointer
  private let size: Int
  private let pool: PagePool?

  fileprivate init(start: UnsafeMutableRawPointer, size: Int, pool: PagePool) {
    (self.start, self.size, self.pool) = (start, size, pool)
  }

  /// Memory that outlives this object.
  init(borrowing start: UnsafeRawPointer) {
    (self.start, size, pool) = (UnsafeMutableRawPointer(mutating: start), 0, nil)
  }

  deinit { pool?.takeBack(start, size: size) }

  var floats: UnsafeMutablePointer<Float> { start.assumingMemoryBound(to: Float.self) }
}

/// The first error that one of several threads met.
private final class Failure: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var error: (any Error)?

  func note(_ new: any Error) { lock.withLock { error = error ?? new } }

  func rethrow() throws { if let error = lock.withLock({ error }) { throw error } }
}
