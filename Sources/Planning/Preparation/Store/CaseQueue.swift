// Numbers that several threads take one after another until all are done or one has failed.

import Dispatch
import Foundation

final class CaseQueue: @unchecked Sendable {
  // Safe because every access to what changes holds the lock.
  private let lock = NSLock()
  private let count: Int
  private var next = 0
  private var finished = 0
  private var failure: (index: Int, error: any Error)?

  init(count: Int) { self.count = count }

  /// Calls `body` for 0 ..< count; after an error no further number is taken.
  ///
  /// - Throws: Of several errors that of the lowest number.
  func run(workers: Int, _ body: @Sendable (Int, CaseQueue) throws -> Void) throws {
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while let index = self.take() {
        do { try body(index, self) } catch { self.fail(index, error) }
      }
    }
    if let failure { throw failure.error }
  }

  /// Counts one more as done and calls `body` with how many there are, one at a time.
  func finish(_ body: (Int) -> Void) {
    lock.withLock {
      finished += 1
      body(finished)
    }
  }

  private func take() -> Int? {
    lock.withLock {
      guard next < count, failure == nil else { return nil }
      next += 1
      return next - 1
    }
  }

  private func fail(_ index: Int, _ error: any Error) {
    lock.withLock {
      if let old = failure, old.index < index { return }
      failure = (index, error)
    }
  }
}
