// Reading what a file says of itself, with suspicion: it may be cut, damaged, or something else.

import Foundation

extension MappedCase {
  /// The header of a case and where its parts lie, once the file is what was written up to its blocks.
  ///
  /// - Throws: ``PreparationError/damaged(path:reason:)``
  static func parse(_ file: MappedFile) throws -> (CaseHeader, CaseFileMap) {
    func damaged(_ reason: String) -> PreparationError { .damaged(path: file.path, reason: reason) }
    let bytes = file.bytes
    let prelude = CaseFileMap.preludeLength
    guard bytes.count >= prelude, bytes.prefix(8).elementsEqual(CaseFileMap.magic) else {
      throw damaged("it is no prepared case")
    }
    let version = bytes.number(8, as: UInt32.self)
    guard version == Int(CaseFileMap.version) else {
      throw damaged("its format is version \(version) where \(CaseFileMap.version) is expected")
    }
    let json = bytes.number(16, as: UInt64.self)
    let length = bytes.number(24, as: UInt64.self)
    guard bytes.count == length else {
      throw damaged("it has \(bytes.count) bytes where \(length) were written")
    }
    guard json <= bytes.count - prelude,
      let header = try? JSONDecoder().decode(
        CaseHeader.self, from: Data(bytes[prelude..<prelude + json])), header.isSound
    else { throw damaged("its header is not what was written") }
    let drawn = header.groups.reduce(0) { $0 + $1.drawn }
    let map = CaseFileMap(json: json, blocks: header.layout.count, drawn: drawn)
    guard map.blocks <= bytes.count,
      Int(CaseFileMap.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<map.blocks])))
        == bytes.number(CaseFileMap.checksumOffset, as: UInt32.self)
    else { throw damaged("the checksum of its header is another") }
    return (header, map)
  }
}

extension UnsafeRawBufferPointer {
  /// A little-endian number; beyond `Int` it becomes `Int.max`.
  func number<Number: FixedWidthInteger>(_ offset: Int, as: Number.Type) -> Int {
    Int(clamping: Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self)))
  }
}
