// One process at a time in a folder: the system lets go of the lock when its holder dies.

import Foundation

/// A lock on a folder, held through a file in it.
struct FolderLock {
  private let descriptor: Int32

  /// Takes the lock; the folder is made if need be.
  ///
  /// - Parameters:
  ///   - folder: its path
  ///   - waiting: whether to wait for another holder
  /// - Throws: ``StudyError/cannotWrite(path:reason:)`` when there is another holder that is not waited for,
  ///   or no lock can be had
  init(_ folder: String, waiting: Bool) throws {
    let path = folder + "/.lock"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw StudyError.cannotWrite(path: folder, reason: error.localizedDescription) }
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StudyError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) == 0 else {
      let reason =
        errno == EWOULDBLOCK
        ? "another comparison is at work in this folder; wait for it, or choose another --out"
        : String(cString: strerror(errno))
      close(descriptor)
      throw StudyError.cannotWrite(path: folder, reason: reason)
    }
  }

  func release() { close(descriptor) }
}
