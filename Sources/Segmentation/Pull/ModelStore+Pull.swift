// Fetching published weights into the cache: what is asked for and what is told of it.

import Foundation
public import Models

/// What a pull did.
public struct Pulled: Sendable, Codable, Equatable {
  public let path: String
  public let sha256: String
  public let bytes: Int
  /// Bytes that were here before: what a broken pull had left, or the whole file.
  public let resumedFrom: Int
  /// Wall-clock seconds.
  public let seconds: Double
}

/// How far a pull is.
public enum PullProgress: Sendable, Equatable {
  /// Another pull is bringing the same file.
  case waiting
  /// Bytes of the file that are here, and how many it has if that is known.
  case received(Int, of: Int?)
}

extension ModelStore {
  /// Whether the published weights of a model lie in the cache.
  public func has(_ entry: RegisteredModel) -> Bool {
    FileManager.default.fileExists(atPath: path(of: entry).path)
  }

  /// Fetches the published weights of a model, checks their hash and puts them into the cache.
  ///
  /// A file that is there and has the right hash is kept. What a broken connection leaves lies beside
  /// the target as `<file>.part`, is never used as weights, and is where the next pull goes on. Pulls of
  /// the same file wait for each other. `report` is told how far the pull is, on any thread.
  /// - Throws: ``PullError``.
  @discardableResult
  public func pull(
    _ entry: RegisteredModel, report: @escaping @Sendable (PullProgress) -> Void = { _ in }
  ) async throws -> Pulled {
    let target = path(of: entry)
    guard let checkpoint = entry.checkpoint else { throw PullError.noPublishedWeights(entry.id) }
    if let kept = checkpoint.published(at: target) { return kept }
    guard let address = checkpoint.url.flatMap(URL.init(string:)) else {
      throw PullError.onlyByHand(
        id: entry.id, file: checkpoint.file, page: checkpoint.page, place: target.path)
    }
    return try await Pull(checkpoint, from: address, to: target, report: report).run()
  }
}

extension Checkpoint {
  /// The file at `place` if it is the published one, as far as the card can tell.
  func published(at place: URL) -> Pulled? {
    let start = ContinuousClock.now
    var status = stat()
    guard stat(place.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      bytes.map({ $0 == Int(status.st_size) }) ?? true,
      // A file that cannot be read is no use either: it is fetched anew.
      let hash = try? ModelStore.sha256(ofFile: place.path), isPublished(sha256: hash) != false
    else { return nil }
    return Pulled(
      path: place.path, sha256: hash, bytes: Int(status.st_size),
      resumedFrom: Int(status.st_size), seconds: (ContinuousClock.now - start) / .seconds(1))
  }
}
