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
  ///   - progress: called with the number of finished cases, by one thread at a time
  ///   - work: what is done with the case of an index
  /// - Returns: one result per case
  /// - Throws: what `work` throws
  public static func map<Result: Sendable>(
    _ count: Int, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: (@Sendable (Int) -> Void)? = nil, _ work: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let board = Board<Result>(count: count)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while let index = board.take() {
        let outcome = Swift.Result { try work(index) }
        board.put(outcome, at: index, progress)
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
      _ progress: (@Sendable (Int) -> Void)?
    ) {
      lock.withLock {
        outcomes[index] = outcome
        if case .failure = outcome { hasFailed = true }
        finished += 1
        progress?(finished)
      }
    }

    func results() throws -> [Value] {
      try lock.withLock {
        try outcomes.compactMap { try $0?.get() }
      }
    }
  }
}
