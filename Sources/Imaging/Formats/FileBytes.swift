// Reading bytes of plain or gzip files through zlib, with the file system's refusals told apart.

import CITK
internal import Foundation

enum FileBytes {
  enum Kind {
    case file
    case folder
  }

  /// - Throws: ``ImagingError/missing(path:)`` or ``ImagingError/unreadable(path:)``.
  static func kind(of path: String) throws -> Kind {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ImagingError.missing(path: path)
    }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw ImagingError.unreadable(path: path)
    }
    return isFolder.boolValue ? .folder : .file
  }

  /// Size of the file on disk, in bytes.
  static func size(of path: String) -> Int {
    // Attributes are those of a link itself, whose size is the length of its target's name.
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// The first bytes of a file; fewer at its end.
  static func prefix(of path: String, count: Int, inflating: Bool) throws -> [UInt8] {
    if inflating {
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
        written = try read(path, at: 0, into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ImagingError.unreadable(path: path)
    }
    defer { try? handle.close() }
    return [UInt8](try handle.read(upToCount: count) ?? Data())
  }

  /// Fills a buffer from an offset of the inflated file; returns how many bytes there were.
  static func read(
    _ path: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    var count: Int64 = 0
    let status = citk_inflate(
      path, Int64(offset), buffer.baseAddress, Int64(buffer.count), &count)
    guard status == 0 else {
      throw ImagingError.damaged(path: path, met: ITK.lastMessage)
    }
    return Int(count)
  }

  /// Whether a file could hold that many bytes; deflate shrinks at most about 1032 to 1.
  static func canHold(_ bytes: Int, path: String, isCompressed: Bool) -> Bool {
    let size = size(of: path)
    return bytes <= (isCompressed ? size.multipliedReportingOverflow(by: 1040).partialValue : size)
  }
}
