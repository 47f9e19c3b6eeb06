// Batches made ahead of the training on threads of their own.

internal import Foundation

/// Hands out the batches of successive steps; the same ones for any number of threads and any first step.
///
/// Threads take the next step that nobody works on, up to `ahead` steps before the one that is asked for, so that
/// memory stays bounded. They stop when the loader is cancelled or released.
public final class BatchLoader: Sendable {
  private let queue: BatchQueue

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - sampler: Chooses the places; it must cut patches of the augmentation's initial size.
  ///   - augmentation: What is done to them.
  ///   - step: The first step that is handed out.
  ///   - ahead: Batches that may wait or be in work at once, at least 1.
  ///   - threads: Threads that make them, at least 1.
  /// - Throws: ``SamplingError/settingInvalid(name:met:expected:)``.
  public init(
    sampler: PatchSampler, augmentation: Augmentation, from step: Int = 0, ahead: Int = 4,
    threads: Int = 1
  ) throws {
    try augmentation.check()
    try Self.require("ahead", ahead, ahead > 0, "at least 1")
    try Self.require("threads", threads, threads > 0, "at least 1")
    try Self.require(
      "initialPatchSize", augmentation.initialPatchSize,
      Array(sampler.size.suffix(sampler.dimensions)) == augmentation.initialPatchSize,
      "the size \(sampler.size) that the sampler cuts")
    queue = BatchQueue(from: step, ahead: ahead)
    for number in 0..<min(threads, ahead) {
      let queue = queue
      let thread = Thread {
        while let step = queue.take() {
          queue.put(Result { try sampler.batch(step: step, augmentation) }, at: step)
        }
      }
      thread.name = "batches \(number)"
      thread.qualityOfService = .utility
      thread.start()
    }
  }

  deinit { queue.cancel() }

  /// Waits for the batch of the next step.
  ///
  /// - Returns: The batch.
  /// - Throws: ``SamplingError`` with the case's name if it could not be made, or
  ///   ``SamplingError/cancelled``.
  public func next() throws -> Batch { try queue.next() }

  /// Stops the threads after the batches that they are making; batches that wait are dropped.
  public func cancel() { queue.cancel() }

  private static func require(
    _ name: String, _ met: some Any, _ holds: Bool, _ expected: String
  ) throws {
    if holds { return }
    throw SamplingError.settingInvalid(
      name: "BatchLoader.\(name)", met: "\(met)", expected: expected)
  }
}

extension PatchSampler {
  /// Makes the batch of one step at once, on this thread.
  ///
  /// - Parameters:
  ///   - step: Number of the step; it decides all that is random.
  ///   - augmentation: What is done to the patches.
  /// - Returns: The same batch as a ``BatchLoader`` hands out.
  /// - Throws: ``SamplingError`` with the case's name if it could not be read.
  public func batch(step: Int, _ augmentation: Augmentation) throws -> Batch {
    let patches = try (0..<settings.batchSize).map { sample in
      let random = random(step: step, sample: sample)
      let place = placement(step: step, sample: sample)
      var patch = try patch(at: place, window: augmentation.window(random: random), step: step)
      augmentation.apply(to: &patch, random: random)
      return patch
    }
    return try Batch(patches, step: step)
  }
}

/// Steps that are handed to threads, and batches that come back in any order.
private final class BatchQueue: @unchecked Sendable {
  // Safe because every access holds the condition's lock.
  private let condition = NSCondition()
  private let ahead: Int
  private var finished: [Int: Result<Batch, any Error>] = [:]
  private var nextTaken: Int
  private var nextAsked: Int
  private var isCancelled = false

  init(from step: Int, ahead: Int) {
    self.ahead = ahead
    nextTaken = step
    nextAsked = step
  }

  /// Waits for a step that may be worked on; `nil` ends the thread.
  func take() -> Int? {
    condition.withLock {
      while !isCancelled, nextTaken >= nextAsked + ahead { condition.wait() }
      if isCancelled { return nil }
      nextTaken += 1
      return nextTaken - 1
    }
  }

  func put(_ result: Result<Batch, any Error>, at step: Int) {
    condition.withLock {
      if isCancelled { return }
      finished[step] = result
      condition.broadcast()
    }
  }

  func next() throws -> Batch {
    let result: Result<Batch, any Error>? = condition.withLock {
      while !isCancelled, finished[nextAsked] == nil { condition.wait() }
      if isCancelled { return nil }
      nextAsked += 1
      condition.broadcast()
      return finished.removeValue(forKey: nextAsked - 1)
    }
    guard let result else { throw SamplingError.cancelled }
    return try result.get()
  }

  func cancel() {
    condition.withLock {
      isCancelled = true
      finished = [:]
      condition.broadcast()
    }
  }
}
