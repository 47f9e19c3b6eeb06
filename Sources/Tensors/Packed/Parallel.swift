// Work divided among the cores, with memory that each piece has for itself.

import Dispatch
import Foundation

/// Divides 0 ..< count among all threads in pieces of about equal work.
func parallel(_ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
  let threads = (try? Engine.threads) ?? 1
  let pieces = max(1, min(threads == 1 ? 1 : threads * 8, count / grain))
  if pieces == 1 { return body(0..<count) }
  DispatchQueue.concurrentPerform(iterations: pieces) { piece in
    body(count * piece / pieces..<count * (piece + 1) / pieces)
  }
}

/// What `body` gives for 0 ..< count, in order, on so many threads, or as many as libtorch may use; of several
/// errors that of the first. With a number of threads libtorch is not loaded.
public func concurrentMap<Value: Sendable>(
  _ count: Int, threads: Int? = nil, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let results = Results<Value>(count: count)
  let workers = min(max(try threads ?? Engine.threads, 1), max(count, 1))
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    for index in stride(from: worker, to: count, by: workers) {
      results.put(Result { try body(index) }, at: index)
    }
  }
  return try results.values
}

/// Where threads put what they found.
private final class Results<Value: Sendable>: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var found: [Result<Value, any Error>?]

  init(count: Int) { found = Array(repeating: nil, count: count) }

  func put(_ result: Result<Value, any Error>, at index: Int) {
    lock.withLock { found[index] = result }
  }

  var values: [Value] {
    get throws { try lock.withLock { try found.compactMap { try $0?.get() } } }
  }
}

/// Memory aligned to cache lines that grows as it is asked for; one thread at a time.
public final class Scratch {
  /// What rows are for: those of one purpose last until the same are asked for again.
  public enum Purpose: CaseIterable, Sendable {
    case gathered, hidden, keys, scores, wide, wider
  }

  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)
  private var rows: [Purpose: Rows] = [:]

  init() {}

  deinit { memory.deallocate() }

  /// Rows whose values are not yet set.
  public func rows(_ purpose: Purpose, count: Int, width: Int) -> Rows {
    if let held = rows[purpose], held.count >= count * width {
      return Rows(sharing: held, count: count, width: width)
    }
    let held = Rows(count: count * width, width: 1)
    rows[purpose] = held
    return Rows(sharing: held, count: count, width: width)
  }

  func bytes(_ count: Int64) -> UnsafeMutableRawPointer {
    if memory.count < Int(count) {
      memory.deallocate()
      memory = .allocate(byteCount: max(64, Int(count)), alignment: 64)
    }
    return memory.baseAddress.unsafelyUnwrapped
  }
}

/// Scratch that goes from one piece of work to the next, because fresh memory costs the system time.
final class ScratchPool: @unchecked Sendable {
  // Safe because every use of `idle` holds the lock.
  static let shared = ScratchPool()

  private var idle: [Scratch] = []
  private let lock = NSLock()

  func lending<Result>(_ body: (Scratch) -> Result) -> Result {
    let scratch = lock.withLock { idle.popLast() } ?? Scratch()
    defer { lock.withLock { idle.append(scratch) } }
    return body(scratch)
  }
}

/// Constant numbers at an address that stays.
final class Constants<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Safe because nothing writes after initialisation, and deinit alone frees.
  let pointer: UnsafePointer<Element>
  private let memory: UnsafeMutablePointer<Element>

  init(count: Int, zero: Element, _ fill: (UnsafeMutablePointer<Element>) throws -> Void) rethrows {
    memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(64, count * MemoryLayout<Element>.stride), alignment: 64
    ).bindMemory(to: Element.self, capacity: max(1, count))
    memory.initialize(repeating: zero, count: count)
    pointer = UnsafePointer(memory)
    do { try fill(memory) } catch {
      memory.deallocate()
      throw error
    }
  }

  convenience init(_ values: [Element], paddedTo count: Int = 0, zero: Element) {
    self.init(count: max(count, values.count), zero: zero) { memory in
      for (index, value) in values.enumerated() { memory[index] = value }
    }
  }

  deinit { memory.deallocate() }
}
