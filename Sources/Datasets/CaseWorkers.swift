// Work on many cases at once, with a result and an error that do not depend on how many workers there are.

public import Foundation

public enum CaseWorkers {
  /// Maps `0..<count` over worker threads and returns the results in order.
  ///
  /// Cases are begun in their order and none is begun after a failure, so that the error thrown is that of
  /// the first case that fails, however many threads work.
  ///
  /// - Parameters:
  ///   - count: how many cases there are
  ///   - threads: workers; each holds one case in memory at a time
  ///   - progress: called with the number of finished cases and the index and result of the last, by one
  ///     thread at a time
  ///   - work: what is done with the case of an index
  /// - Returns: one result per case
  /// - Throws: what `work` throws
  public static func map<Result: Sendable>(
    _ count: Int, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: @Sendable (_ finished: Int, _ index: Int, Result) -> Void = { _, _, _ in },
    _ work: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let board = Board<Result>(count: count)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while let index = board.take() {
        board.put(Swift.Result { try work(index) }, at: index, progress)
      }
    }
    return try board.results()
  }

  // Safe because every access to the state holds the lock.
  private final class Board<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var next = 0
    private var finished = 0
    private var hasFailed = false
    private var outcomes: [Swift.Result<Value, any Error>?]

    init(count: Int) { outcomes = Array(repeating: nil, count: count) }

    func take() -> Int? {
      lock.withLock {
        guard !hasFailed, next < outcomes.count else { return nil }
        next += 1
        return next - 1
      }
    }

    func put(
      _ outcome: Swift.Result<Value, any Error>, at index: Int,
      _ progress: (Int, Int, Value) -> Void
    ) {
      lock.withLock {
        outcomes[index] = outcome
        finished += 1
        switch outcome {
        case .success(let value): progress(finished, index, value)
        case .failure: hasFailed = true
        }
      }
    }

    func results() throws -> [Value] {
      try lock.withLock {
        try outcomes.compactMap { try $0?.get() }
      }
    }
  }
}
