// One published file on its way into the cache: checked for room and length before it is fetched, and
// for its hash before it gets its name.

import Foundation
import Models

/// The download of one file.
struct Pull: Sendable {
  let checkpoint: Checkpoint
  let address: URL
  let target: URL
  /// Seconds without a single byte after which the connection counts as broken.
  let patience: TimeInterval
  let report: @Sendable (PullProgress) -> Void

  init(
    _ checkpoint: Checkpoint, from address: URL, to target: URL, patience: TimeInterval = 60,
    report: @escaping @Sendable (PullProgress) -> Void = { _ in }
  ) {
    self.checkpoint = checkpoint
    self.address = address
    self.target = target
    self.patience = patience
    self.report = report
  }

  /// - Throws: ``PullError``; `CancellationError` when the task is cancelled while it waits.
  func run() async throws -> Pulled {
    let start = ContinuousClock.now
    if let kept = checkpoint.published(at: target) { return kept }
    try prepareFolder()
    let part = try await PartialFile.opened(beside: target) { report(.waiting) }
    // While this pull waited for its turn, another may have brought the file.
    if let kept = checkpoint.published(at: target) {
      part.discard()
      return kept
    }
    while true {
      let kept = try await fetch(into: part)
      let hash = try part.sha256()
      if checkpoint.isPublished(sha256: hash) != false {
        let bytes = part.size
        try part.publish()
        return Pulled(
          path: target.path, sha256: hash, bytes: bytes, resumedFrom: kept,
          seconds: (ContinuousClock.now - start) / .seconds(1))
      }
      // Nobody may go on from wrong content. Where the beginning is of an earlier pull, that may have
      // been the wrong part, and the file gets one more chance from its first byte.
      guard kept > 0 else {
        part.discard()
        throw PullError.otherContent(url: address.absoluteString)
      }
      try part.clear()
    }
  }

  /// Completes the partial file and returns how many of its bytes had been there.
  private func fetch(into part: PartialFile) async throws -> Int {
    do {
      let kept = try usableBytes(of: part)
      if kept == checkpoint.bytes ?? part.origin?.length { return kept }
      try requireSpace(checkpoint.bytes.map { $0 - kept })
      if kept > 0, case .complete(let start) = try await transfer(to: part) { return start }
      if kept > 0 { try part.clear() }
      guard case .complete(let start) = try await transfer(to: part) else {
        throw PullError.unreachable(
          url: address.absoluteString, reason: "the server refuses to begin")
      }
      return start
    } catch {
      if part.size == 0 { part.discard() }
      throw error
    }
  }

  /// How much of the partial file can be gone on from; what cannot is removed.
  ///
  /// Something must be able to tell that the file has changed since: the server or the hash.
  private func usableBytes(of part: PartialFile) throws -> Int {
    let whole = checkpoint.bytes ?? part.origin?.length ?? .max
    if let origin = part.origin, origin.url == address.absoluteString, part.size <= whole,
      origin.validator != nil || checkpoint.sha256 != nil
    {
      return part.size
    }
    try part.clear()
    return 0
  }

  private func transfer(to part: PartialFile) async throws -> Transfer.Outcome {
    try await Transfer(
      from: address, to: part, expected: checkpoint.bytes, patience: patience,
      requireSpace: requireSpace, report: report
    ).run()
  }

  /// A cache that cannot be written is told before anything is fetched.
  private func prepareFolder() throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder),
      isFolder.boolValue
    {
      throw PullError.notKept(path: target.path, reason: "a folder has this name")
    }
    do {
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw PullError.notKept(path: target.path, reason: "its folder cannot be created")
    }
  }

  /// - Throws: ``PullError/noSpace(path:needed:free:)``.
  private func requireSpace(_ needed: Int?) throws {
    var disk = statvfs()
    guard let needed, statvfs(target.deletingLastPathComponent().path, &disk) == 0 else { return }
    let (bytes, isBeyond) = Int(clamping: disk.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: disk.f_frsize))
    let free = isBeyond ? .max : bytes
    if free < needed { throw PullError.noSpace(path: target.path, needed: needed, free: free) }
  }
}
