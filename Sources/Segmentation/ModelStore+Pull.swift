// Fetching published weights into the cache.

public import Foundation
public import Models

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension ModelStore {
  /// Whether the published weights of a model lie in the cache.
  public func has(_ entry: RegisteredModel) -> Bool {
    FileManager.default.fileExists(atPath: path(of: entry).path)
  }

  /// Fetches the published weights of a model, checks their hash and puts them into the cache.
  ///
  /// A file that is there and has the right hash is kept. Nothing half-written stays behind.
  /// - Throws: ``PullError``.
  @discardableResult
  public func pull(_ entry: RegisteredModel) async throws -> URL {
    let target = path(of: entry)
    guard let checkpoint = entry.checkpoint else { throw PullError.noPublishedWeights(entry.id) }
    if has(entry), checkpoint.isPublished(sha256: try Self.sha256(ofFile: target.path)) != false {
      return target
    }
    guard let address = checkpoint.url, let url = URL(string: address) else {
      throw PullError.onlyByHand(
        id: entry.id, file: checkpoint.file, page: checkpoint.page, place: target.path)
    }
    // A cache that cannot be written is told before megabytes are fetched.
    do {
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw PullError.notKept(path: target.path, reason: "its folder cannot be created")
    }
    let data: Data
    do {
      let (body, response) = try await URLSession.shared.data(from: url)
      let status = (response as? HTTPURLResponse)?.statusCode ?? 200
      guard status == 200 else {
        throw PullError.unreachable(url: address, reason: "the server answers \(status)")
      }
      data = body
    } catch let error as PullError {
      throw error
    } catch {
      throw PullError.unreachable(url: address, reason: error.localizedDescription)
    }
    let aside = target.appendingPathExtension("\(UUID().uuidString).part")
    defer { try? FileManager.default.removeItem(at: aside) }
    do { try data.write(to: aside) } catch {
      throw PullError.notKept(path: target.path, reason: error.localizedDescription)
    }
    guard checkpoint.isPublished(sha256: try Self.sha256(ofFile: aside.path)) != false else {
      throw PullError.otherContent(url: address)
    }
    guard rename(aside.path, target.path) == 0 else {
      throw PullError.notKept(path: target.path, reason: String(cString: strerror(errno)))
    }
    return target
  }
}

/// Why weights could not be fetched.
public enum PullError: Error, Equatable, CustomStringConvertible {
  case noPublishedWeights(String)
  case onlyByHand(id: String, file: String, page: String?, place: String)
  case unreachable(url: String, reason: String)
  case otherContent(url: String)
  case notKept(path: String, reason: String)

  public var description: String {
    switch self {
    case .noPublishedWeights(let id): "\(id) has no published weights"
    case .onlyByHand(let id, let file, let page, let place):
      "the weights of \(id) have no address to fetch them from; get \(file) at "
        + "\(page ?? "its authors' page") and put it at \(place), or name it with --weights"
    case .unreachable(let url, let reason):
      "\(url) cannot be fetched: \(reason); fetch it elsewhere and name the file with --weights"
    case .otherContent(let url):
      "\(url) is not the file that the card describes: its SHA-256 differs; nothing was kept"
    case .notKept(let path, let reason):
      "\(path) cannot be written: \(reason); set VESALIUS_CACHE to a folder that can"
    }
  }
}
