// Fills an array on all cores; each element depends on its index alone, never on the thread.

import Dispatch

/// The array of `body(0)`, …, `body(count − 1)`, computed in blocks on all cores.
///
/// - Parameters:
///   - count: elements
///   - initial: what the array is filled with beforehand
///   - scratch: memory that each block gets a copy of, so that elements need not allocate
///   - body: the element at an index
/// - Returns: the elements in order
func concurrently<Element: Sendable, Scratch: Sendable>(
  _ count: Int, initial: Element, scratch: Scratch,
  _ body: @Sendable (Int, inout Scratch) -> Element
) -> [Element] {
  // Small enough for an even load, large enough that making scratch memory does not count.
  let block = 128
  let blocks = (count + block - 1) / block
  var result = [Element](repeating: initial, count: count)
  result.withUnsafeMutableBufferPointer { buffer in
    let shared = Shared(buffer: buffer)
    DispatchQueue.concurrentPerform(iterations: blocks) { number in
      var scratch = scratch
      for index in number * block..<min(count, (number + 1) * block) {
        shared.buffer[index] = body(index, &scratch)
      }
    }
  }
  return result
}

// Safe because blocks write disjoint parts of the buffer, which outlives them.
private struct Shared<Element>: @unchecked Sendable {
  let buffer: UnsafeMutableBufferPointer<Element>
}
