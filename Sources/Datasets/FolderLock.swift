// One process at a time in a folder: the system lets go of the lock when its holder dies.

import Foundation

/// A lock on a folder, held through a file in it.
public struct FolderLock: Sendable {
  /// Why there is no lock.
  public enum Failure: Error, Equatable {
    /// Another process has it.
    case held
    case unusable(reason: String)
  }

  private let descriptor: Int32

  /// Takes the lock; the folder is made if need be.
  ///
  /// - Parameters:
  ///   - folder: its path
  ///   - waiting: whether to wait for another holder
  /// - Throws: ``Failure``
  public init(_ folder: String, waiting: Bool = false) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw Failure.unusable(reason: error.localizedDescription) }
    descriptor = open(folder + "/.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure.unusable(reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) == 0 else {
      let failure =
        errno == EWOULDBLOCK ? Failure.held : .unusable(reason: String(cString: strerror(errno)))
      close(descriptor)
      throw failure
    }
  }

  public func release() { close(descriptor) }
}
