// A file in memory without reading it: the system fetches the pages that are touched.

import Foundation

/// The bytes of a file, mapped for reading as long as this value lives.
final class MappedFile: @unchecked Sendable {
  // Safe because the bytes are never written and are unmapped only at the end.
  let path: String
  let bytes: UnsafeRawBufferPointer

  init(_ path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw PreparationError.missing(path: path) }
      throw PreparationError.damaged(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw PreparationError.damaged(path: path, reason: "it is no file")
    }
    let count = Int(status.st_size)
    guard count > 0 else {
      throw PreparationError.damaged(path: path, reason: "it is empty")
    }
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else {
      throw PreparationError.damaged(path: path, reason: "it cannot be mapped into memory")
    }
    bytes = UnsafeRawBufferPointer(start: address, count: count)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
