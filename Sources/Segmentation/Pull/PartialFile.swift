// A file that is still being fetched: beside its target, locked, with a note of where it comes from.

import Foundation

/// `<target>.part`, which only one pull at a time writes, and `<target>.part.json` beside it.
// Safe because only one transfer at a time appends, and the pull that runs it touches the file only
// before and after.
final class PartialFile: @unchecked Sendable {
  /// Where the bytes come from, and what tells that the server still has the same file.
  struct Origin: Codable, Equatable {
    let url: String
    /// A strong ETag, else the date of the last modification, as `If-Range` takes them.
    let validator: String?
    /// Length of the whole file.
    let length: Int?
  }

  private let target: URL
  private let descriptor: Int32
  private(set) var size: Int
  private(set) var origin: Origin?

  private var part: URL { target.appendingPathExtension("part") }
  private var note: URL { target.appendingPathExtension("part.json") }

  /// Opens the partial file of `target`, or begins it, as soon as no other pull holds it.
  ///
  /// - Throws: ``PullError/notKept(path:reason:)``, `CancellationError`.
  static func opened(beside target: URL, whileWaiting: () -> Void) async throws -> PartialFile {
    var isWaiting = false
    while true {
      if let file = try PartialFile(beside: target) { return file }
      if !isWaiting { whileWaiting() }
      isWaiting = true
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// `nil` while another pull holds the file.
  private init?(beside target: URL) throws {
    self.target = target
    let path = target.appendingPathExtension("part").path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    size = 0
    guard descriptor >= 0 else {
      throw PullError.notKept(path: target.path, reason: String(cString: strerror(errno)))
    }
    // Some network file systems know no locks; there the hash alone guards the target.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
    // Between opening and locking, the pull before this one may have moved the file to its target.
    var (ours, named) = (stat(), stat())
    guard fstat(descriptor, &ours) == 0, stat(path, &named) == 0, ours.st_ino == named.st_ino,
      ours.st_dev == named.st_dev
    else { return nil }
    size = Int(ours.st_size)
    origin = (try? Data(contentsOf: note)).flatMap {
      try? JSONDecoder().decode(Origin.self, from: $0)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Notes where the bytes that follow come from.
  func remember(_ origin: Origin) throws {
    do { try JSONEncoder().encode(origin).write(to: note) } catch {
      throw PullError.notKept(path: target.path, reason: "the note beside it cannot be written")
    }
    self.origin = origin
  }

  func append(_ data: Data) throws {
    try data.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = pwrite(
          descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written, off_t(size))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failure() }
        written += count
        size += count
      }
    }
  }

  /// Forgets all bytes and where they came from.
  func clear() throws {
    unlink(note.path)
    origin = nil
    guard ftruncate(descriptor, 0) == 0 else { throw failure() }
    size = 0
  }

  func sha256() throws -> String {
    do { return try ModelStore.sha256(ofFile: part.path) } catch {
      throw PullError.notKept(path: target.path, reason: "its partial file cannot be read")
    }
  }

  /// Gives the complete file its name.
  func publish() throws {
    guard fsync(descriptor) == 0, rename(part.path, target.path) == 0 else { throw failure() }
    unlink(note.path)
  }

  /// Removes the file and its note.
  func discard() {
    unlink(note.path)
    unlink(part.path)
  }

  private func failure() -> PullError {
    .notKept(path: target.path, reason: String(cString: strerror(errno)))
  }
}
