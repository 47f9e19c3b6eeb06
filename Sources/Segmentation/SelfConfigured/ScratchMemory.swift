// Memory for large intermediate arrays that goes to disk instead of failing where it would be too much.

import Foundation

/// Zeroed floats in memory, or in an unnamed file once they exceed a limit.
final class ScratchMemory {
  let floats: UnsafeMutablePointer<Float>
  let isInFile: Bool
  private let bytes: Int
  private let base: UnsafeMutableRawPointer

  /// - Throws: ``SelfConfiguredError/noScratch(bytes:reason:)``
  init(count: Int, limit: Int) throws {
    bytes = max(count, 1) * MemoryLayout<Float>.stride
    isInFile = bytes > limit
    let memory =
      isInFile
      ? try Self.mapFile(bytes)
      : mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw SelfConfiguredError.noScratch(bytes: bytes, reason: String(cString: strerror(errno)))
    }
    base = memory
    floats = memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { munmap(base, bytes) }

  private static func mapFile(_ bytes: Int) throws -> UnsafeMutableRawPointer? {
    var template = Array(NSTemporaryDirectory().utf8CString.dropLast())
    if template.last != CChar(UInt8(ascii: "/")) { template.append(CChar(UInt8(ascii: "/"))) }
    template += "vesalius-scores-XXXXXX".utf8CString
    let file = mkstemp(&template)
    guard file >= 0 else {
      throw SelfConfiguredError.noScratch(bytes: bytes, reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    unlink(template)
    // Writing claims the blocks: a page of a sparse file that finds the disk full ends the process.
    let zeros = [UInt8](repeating: 0, count: 1 << 22)
    var written = 0
    while written < bytes {
      let count = write(file, zeros, min(zeros.count, bytes - written))
      guard count > 0 else {
        throw SelfConfiguredError.noScratch(bytes: bytes, reason: String(cString: strerror(errno)))
      }
      written += count
    }
    return mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
  }
}
