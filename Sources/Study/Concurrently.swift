// Many independent files at once, as many as there are processors.

import Foundation

/// Applies a function to all elements, as many at once as there are processors; keeps their order.
func concurrently<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ function: @escaping @Sendable (Element) throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var waiting = Array(elements.enumerated()).makeIterator()
    var results: [Int: Result] = [:]
    for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) {
      guard let (index, element) = waiting.next() else { break }
      group.addTask { (index, try function(element)) }
    }
    while let (index, result) = try await group.next() {
      results[index] = result
      if let (index, element) = waiting.next() {
        group.addTask { (index, try function(element)) }
      }
    }
    return elements.indices.compactMap { results[$0] }
  }
}

/// What a function gives for 0 ..< count, in order, on all cores; of several errors that of the first.
func onAllCores<Value: Sendable>(
  _ count: Int, _ function: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let found = Found<Value>(count: count)
  DispatchQueue.concurrentPerform(iterations: count) { index in
    found.put(Result { try function(index) }, at: index)
  }
  return try found.values
}

/// Where threads put what they found.
private final class Found<Value: Sendable>: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var results: [Result<Value, any Error>?]

  init(count: Int) { results = Array(repeating: nil, count: count) }

  func put(_ result: Result<Value, any Error>, at index: Int) {
    lock.withLock { results[index] = result }
  }

  var values: [Value] {
    get throws { try lock.withLock { try results.compactMap { try $0?.get() } } }
  }
}
