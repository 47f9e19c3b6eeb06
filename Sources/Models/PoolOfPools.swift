// Memory for maps that goes from one image to the next, whichever network computes it.

import Foundation
import Tensors

/// Memory for as many images as are computed at once, by all networks that are there: folds that take
/// turns need it once.
final class PoolOfPools: @unchecked Sendable {
  // Safe because every use of the list holds the lock.
  private let lock = NSLock()
  private var idle: [PagePool] = []

  /// Ends with the last network.
  static var shared: PoolOfPools {
    registry.lock.withLock {
      let pools = registry.pools ?? PoolOfPools()
      registry.pools = pools
      return pools
    }
  }

  private final class Registry: @unchecked Sendable {
    // Safe because every use of `pools` holds the lock.
    let lock = NSLock()
    weak var pools: PoolOfPools?
  }

  private static let registry = Registry()

  func lending<Result>(_ body: (PagePool) throws -> Result) rethrows -> Result {
    let pool = lock.withLock { idle.popLast() } ?? PagePool()
    defer { lock.withLock { idle.append(pool) } }
    return try body(pool)
  }
}
