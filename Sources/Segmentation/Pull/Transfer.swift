// One HTTP request whose answer is written to disk as it arrives, from where the file on disk ends.

import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Fetches what is missing of a partial file.
// Safe because everything that changes is touched on the session's serial queue only.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  enum Outcome: Equatable {
    /// The file is whole; its bytes before `from` had been there.
    case complete(from: Int)
    /// The server cannot go on from there.
    case startOver
  }

  private let request: URLRequest
  private let part: PartialFile
  /// Length of the file that the card describes.
  private let expected: Int?
  private let patience: TimeInterval
  private let requireSpace: (Int?) throws -> Void
  private let report: @Sendable (PullProgress) -> Void

  private let queue = BoundedQueue()
  private var start: Int
  /// Length of the file that the server has.
  private var total: Int?
  private var hasBegun = false
  /// When the server was last heard of.
  private var lastSign = ContinuousClock.now
  private var timer: (any DispatchSourceTimer)?
  /// How the transfer ends; set early when the rest of the answer is of no interest.
  private var verdict: Result<Outcome, any Error>?
  private var isFinished = false
  private var continuation: CheckedContinuation<Outcome, any Error>?

  init(
    from address: URL, to part: PartialFile, expected: Int?, patience: TimeInterval,
    requireSpace: @escaping (Int?) throws -> Void,
    report: @escaping @Sendable (PullProgress) -> Void
  ) {
    var request = URLRequest(url: address, cachePolicy: .reloadIgnoringLocalCacheData)
    // Offsets count bytes of the file itself.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if part.size > 0 {
      request.setValue("bytes=\(part.size)-", forHTTPHeaderField: "Range")
      if let validator = part.origin?.validator {
        request.setValue(validator, forHTTPHeaderField: "If-Range")
      }
    }
    self.request = request
    self.part = part
    self.expected = expected
    self.patience = patience
    self.requireSpace = requireSpace
    self.report = report
    start = part.size
    queue.maxConcurrentOperationCount = 1
  }

  /// - Throws: ``PullError``.
  func run() async throws -> Outcome {
    let configuration = URLSessionConfiguration.ephemeral
    // A cache of answers would hold the whole file in memory.
    configuration.urlCache = nil
    // Stalls are watched for here; systems do not agree on what the session's own timeout counts.
    configuration.timeoutIntervalForRequest = configuration.timeoutIntervalForResource
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
    defer { session.finishTasksAndInvalidate() }
    let task = session.dataTask(with: request)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.addOperation { [self] in
          self.continuation = continuation
          // A task that was cancelled before it began has ended already.
          if isFinished { return finish() }
          task.resume()
          watch(task)
        }
      }
    } onCancel: {
      task.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    lastSign = .now
    do { try begin(response) } catch { verdict = .failure(error) }
    completionHandler(verdict == nil ? .allow : .cancel)
    // On Linux the session goes on whatever it is told.
    if verdict != nil { cancel(dataTask) }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    guard verdict == nil, hasBegun else { return }
    lastSign = .now
    do {
      try part.append(data)
      if let expected, part.size > expected {
        let met = part.size
        try part.clear()
        throw PullError.otherLength(url: url, met: met, expected: expected)
      }
      report(.received(part.size, of: total ?? expected))
    } catch {
      verdict = .failure(error)
      cancel(dataTask)
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    if verdict == nil {
      if let error {
        verdict = .failure(failure(because: reason(error)))
      } else if let whole = total ?? expected, part.size < whole {
        verdict = .failure(failure(because: "the server closed the connection"))
      } else {
        verdict = .success(.complete(from: start))
      }
    }
    isFinished = true
    finish()
  }

  private var url: String { request.url?.absoluteString ?? "" }

  /// Ends the task when nothing comes any more.
  private func watch(_ task: URLSessionDataTask) {
    lastSign = .now
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + patience / 4, repeating: patience / 4)
    timer.setEventHandler { [queue, weak self] in
      queue.addOperation { [weak self] in
        guard let self, self.verdict == nil, .now - self.lastSign >= .seconds(self.patience)
        else { return }
        self.verdict = .failure(
          self.failure(because: "nothing came for \(Int(self.patience)) s"))
        self.cancel(task)
      }
    }
    timer.resume()
    self.timer = timer
  }

  /// Elsewhere, because cancelling waits for the session, which may wait for room in this queue.
  private func cancel(_ task: URLSessionTask) {
    DispatchQueue.global().async { task.cancel() }
  }

  private func finish() {
    timer?.cancel()
    if let verdict, let continuation { continuation.resume(with: verdict) }
    continuation = nil
  }

  /// Decides by the head of the answer whether its body is wanted.
  private func begin(_ response: URLResponse) throws {
    guard let answer = (response as? HTTPURLResponse).map(Answer.init) else {
      throw PullError.unreachable(url: url, reason: "the server does not speak HTTP")
    }
    let length: Int?
    switch answer.status {
    case 200:
      length = answer.length
    case 206 where start > 0:
      length = answer.range?.total ?? part.origin?.length
      guard answer.range?.start == start, length == part.origin?.length ?? length else {
        verdict = .success(.startOver)
        return
      }
    case 416 where start > 0:
      verdict = .success(.startOver)
      return
    default:
      throw PullError.unreachable(url: url, reason: "the server answers \(answer.status)")
    }
    if let length, let expected, length != expected {
      throw PullError.otherLength(url: url, met: length, expected: expected)
    }
    try requireSpace(length.map { $0 - part.size })
    if answer.status == 200 {
      start = 0
      try part.clear()
      try part.remember(.init(url: url, validator: answer.validator, length: length))
    }
    total = length
    hasBegun = true
    report(.received(start, of: total ?? expected))
  }

  private func failure(because reason: String) -> PullError {
    part.size > 0
      ? .brokenOff(url: url, received: part.size, total: total ?? expected, reason: reason)
      : .unreachable(url: url, reason: reason)
  }

  private func reason(_ error: any Error) -> String {
    (error as? URLError)?.code == .cancelled ? "it was cancelled" : error.localizedDescription
  }
}

/// Takes so many pieces and no more, so that a network that is faster than the disk waits for it
/// instead of filling the memory.
// Safe because the semaphore is.
private final class BoundedQueue: OperationQueue, @unchecked Sendable {
  // Pieces are of at most 16 KiB.
  private let places = DispatchSemaphore(value: 512)

  override func addOperation(_ block: @escaping @Sendable () -> Void) {
    places.wait()
    super.addOperation { [places] in
      block()
      places.signal()
    }
  }
}
