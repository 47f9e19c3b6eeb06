// Work on rows shared among all cores, in pieces that depend on the amount of work alone, so that sums of
// what the pieces found are the same on every machine.

import Dispatch
import Foundation

/// Calls `body` for the pieces of 0 ..< count, each of at least `grain`.
func inPieces(_ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
  let pieces = max(1, min(32, count / max(1, grain)))
  if pieces == 1 { return body(0..<count) }
  DispatchQueue.concurrentPerform(iterations: pieces) { piece in
    body(count * piece / pieces..<count * (piece + 1) / pieces)
  }
}

/// What `body` gives for the pieces of 0 ..< count, in order.
func mapPieces<Value: Sendable>(
  _ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Value
) -> [Value] {
  let found = Found<Value>()
  inPieces(count, grain: grain) { piece in found.put(body(piece), at: piece.lowerBound) }
  return found.values
}

/// Where threads put what they found.
private final class Found<Value: Sendable>: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var found: [(start: Int, value: Value)] = []

  func put(_ value: Value, at start: Int) { lock.withLock { found.append((start, value)) } }

  var values: [Value] { lock.withLock { found.sorted { $0.start < $1.start }.map(\.value) } }
}
