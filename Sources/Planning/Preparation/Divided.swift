// Work divided among threads in ranges that do not depend on which thread takes them.

import Dispatch
import Foundation

/// Threads that preparing uses when nothing is said: as many as there are cores.
let allCores = ProcessInfo.processInfo.activeProcessorCount

/// Calls `body` with consecutive ranges that make up 0 ..< count, at most `threads` at once.
func divided(_ count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
  let pieces = min(count, threads <= 1 ? 1 : threads * 4)
  guard pieces > 1 else {
    if count > 0 { body(0..<count) }
    return
  }
  DispatchQueue.concurrentPerform(iterations: min(threads, pieces)) { worker in
    for piece in stride(from: worker, to: pieces, by: min(threads, pieces)) {
      body(count * piece / pieces..<count * (piece + 1) / pieces)
    }
  }
}
