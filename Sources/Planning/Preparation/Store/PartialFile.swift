// A file that is written aside and takes its name when it is whole.

import Foundation

/// Writes beside `path`; nothing half-written ever has that name, and nothing is left after an error.
final class PartialFile {
  let path: String
  private let partial: String
  private let descriptor: Int32
  private var isFinished = false
  private(set) var count = 0

  /// - Throws: ``PreparationError/cannotWrite(path:reason:)``, also when another process writes this file.
  init(_ path: String) throws {
    self.path = path
    let url = URL(fileURLWithPath: path)
    let name = ".\(url.lastPathComponent).partial"
    partial = url.deletingLastPathComponent().appendingPathComponent(name).path
    descriptor = try Self.locked(partial, path)
    // What a process left that was killed; devices have no length to set.
    _ = ftruncate(descriptor, 0)
  }

  deinit {
    if !isFinished { unlink(partial) }
    close(descriptor)
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws {
    try write(bytes, at: count)
    count += bytes.count
  }

  /// Writes bytes at an offset.
  func write(_ bytes: [UInt8], at offset: Int) throws {
    try bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let written = pwrite(
          descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done,
          off_t(offset + done))
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          if errno == ENOSPC || errno == EDQUOT {
            throw PreparationError.diskFull(path: path, bytes: offset + bytes.count)
          }
          throw Self.failure(path)
        }
        done += written
      }
    }
  }

  /// Gives the file its name, over any older one.
  func finish() throws {
    guard rename(partial, path) == 0 else { throw Self.failure(path) }
    isFinished = true
  }

  /// Opens the file and locks it, so that two processes never write one file.
  private static func locked(_ partial: String, _ path: String) throws -> Int32 {
    while true {
      let descriptor = open(partial, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw failure(path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw PreparationError.cannotWrite(
          path: path, reason: "another process is preparing it; wait until it has ended")
      }
      // Between opening and locking, another process may have renamed or removed the file.
      var (here, there) = (stat(), stat())
      if fstat(descriptor, &here) == 0, stat(partial, &there) == 0, here.st_ino == there.st_ino,
        here.st_dev == there.st_dev
      {
        return descriptor
      }
      close(descriptor)
    }
  }

  private static func failure(_ path: String) -> PreparationError {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
