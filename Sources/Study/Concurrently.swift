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
