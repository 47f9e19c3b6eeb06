// The bytes of one file, mapped so that listing a large file touches only its header.

import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Immutable bytes that tensors share, mapped from a file or copied from memory.
///
/// Every access is checked and throws; nothing in a file can make it read outside.
// Safe because the memory is written only before `init` returns and freed only in `deinit`.
final class FileBytes: @unchecked Sendable {
  let path: String
  let count: Int
  private let base: UnsafeRawPointer
  private let isMapped: Bool

  /// Maps a regular file.
  ///
  /// - Throws: ``WeightsError/unreadable(path:reason:)``.
  init(mapping path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw WeightsError.unreadable(path: path, reason: "not a regular file")
    }
    self.path = path
    count = Int(status.st_size)
    guard count > 0 else {
      base = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 16))
      isMapped = false
      return
    }
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw Self.unreadable(path) }
    base = UnsafeRawPointer(address)
    isMapped = true
  }

  init(copying bytes: [UInt8], path: String) {
    self.path = path
    count = bytes.count
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
    bytes.withUnsafeBytes { source in
      if let address = source.baseAddress {
        memory.copyMemory(from: address, byteCount: source.count)
      }
    }
    base = UnsafeRawPointer(memory)
    isMapped = false
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: base), count)
    } else {
      base.deallocate()
    }
  }

  /// Lends a range of the bytes, or nil when it does not lie inside the file.
  func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result? {
    guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return try body(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  func starts(with prefix: [UInt8], at offset: Int = 0) -> Bool {
    guard offset >= 0, let end = offset.adding(prefix.count), end <= count else { return false }
    return withBytes(offset..<end) { $0.elementsEqual(prefix) } ?? false
  }

  private static func unreadable(_ path: String) -> WeightsError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
