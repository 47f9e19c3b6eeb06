// Walking the elements of a DICOM file before GDCM does, because Debian's GDCM ends the process where a
// length points past the end of the file.

import CITK
internal import Foundation

/// What a walk over all elements of a file found; a file that cannot be walked is damaged.
struct DICOMStructure {
  private(set) var hasPixels = false
  /// Bytes of pixel data that are not compressed; nil when they are.
  private(set) var plainPixelBytes: Int?
  private(set) var transferSyntax = ""

  /// - Throws: ``ImagingError/damaged(path:met:advice:)`` when an element does not fit its surroundings.
  init(path: String) throws {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    else { throw ImagingError.unreadable(path: path) }
    do {
      try data.withUnsafeBytes { try walk($0) }
    } catch let fault as Fault {
      throw ImagingError.damaged(path: path, met: fault.words)
    }
    if transferSyntax == "1.2.840.10008.1.2.1.99" {
      hasPixels = true  // Unknown until inflated; the stream at least is whole.
      guard citk_inflate_stream(path, Int64(deflatedStart), 1, nil, 0) == 0 else {
        throw ImagingError.damaged(path: path, met: ITK.lastMessage)
      }
    }
  }

  private var deflatedStart = 0

  private struct Fault: Error {
    let words: String
    static func short(_ place: Int) -> Fault {
      Fault(words: "is cut short or damaged: its elements do not fit the file at byte \(place)")
    }
  }

  private struct Syntax {
    var isExplicit: Bool
    var isBig: Bool
  }

  private struct Element {
    var tag: UInt32
    var kind: String
    /// Nil when a delimiter ends the value.
    var length: Int?
    var start: Int
  }

  private mutating func walk(_ bytes: UnsafeRawBufferPointer) throws {
    var place = 0
    if bytes.count >= 132, bytes[128..<132].elementsEqual("DICM".utf8) { place = 132 }
    let little = Syntax(isExplicit: true, isBig: false)
    while place + 8 <= bytes.count, bytes[place] == 2, bytes[place + 1] == 0 {
      let element = try element(bytes, place, little, end: bytes.count)
      guard let length = element.length else { throw Fault.short(place) }
      if element.tag == 0x0002_0010 {
        let value = bytes[element.start..<element.start + length]
        transferSyntax = String(decoding: value.filter { $0 > 32 }, as: UTF8.self)
      }
      place = element.start + length
    }
    guard place + 8 <= bytes.count else { throw Fault.short(place) }
    var syntax = little
    switch transferSyntax {
    case "1.2.840.10008.1.2": syntax.isExplicit = false
    case "1.2.840.10008.1.2.2": syntax.isBig = true
    case "1.2.840.10008.1.2.1.99":
      deflatedStart = place
      return
    case "":
      syntax.isBig = bytes[place] == 0
      syntax.isExplicit = isKind(bytes, place + 4)
    default: break
    }
    try walk(bytes, from: place, to: bytes.count, syntax, depth: 0)
  }

  /// Walks elements up to `end`, or up to a delimiter of an item; returns where it stopped.
  @discardableResult
  private mutating func walk(
    _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int, _ syntax: Syntax, depth: Int
  ) throws -> Int {
    guard depth < 64 else { throw Fault(words: "nests its DICOM sequences too deeply") }
    var place = start
    while place + 8 <= end {
      // Some writers pad the end of the file with zeros.
      if depth == 0, bytes[place..<min(place + 8, end)].allSatisfy({ $0 == 0 }) { return end }
      let element = try element(bytes, place, syntax, end: end)
      if element.tag == 0xFFFE_E00D { return element.start }
      // Integer, float and double pixels are elements 0010, 0008 and 0009 of this group.
      let isPixels = element.tag & 0xFFFF_FF00 == 0x7FE0_0000 && depth == 0
      if isPixels {
        hasPixels = true
        plainPixelBytes = element.length
      }
      if let length = element.length {
        if element.kind == "SQ" {
          try items(
            bytes, from: element.start, to: element.start + length, syntax, depth: depth + 1)
        }
        place = element.start + length
      } else {
        var inner = syntax
        if element.kind == "UN" { inner = Syntax(isExplicit: false, isBig: false) }
        place = try items(
          bytes, from: element.start, to: end, inner, depth: depth + 1, areFragments: isPixels)
      }
    }
    guard depth == 0 || place == end else { throw Fault.short(place) }
    return place
  }

  /// Walks the items of a sequence, or the fragments of compressed pixels.
  @discardableResult
  private mutating func items(
    _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int, _ syntax: Syntax, depth: Int,
    areFragments: Bool = false
  ) throws -> Int {
    var place = start
    while place + 8 <= end {
      let item = try element(bytes, place, syntax, end: end)
      if item.tag == 0xFFFE_E0DD { return item.start }
      guard item.tag == 0xFFFE_E000 else { throw Fault.short(place) }
      if let length = item.length {
        if !areFragments {
          try walk(
            bytes, from: item.start, to: item.start + length, syntax, depth: depth + 1)
        }
        place = item.start + length
      } else {
        place = try walk(bytes, from: item.start, to: end, syntax, depth: depth + 1)
      }
    }
    // A sequence with a length ends there; one without needs its delimiter.
    guard place == end, end < bytes.count || !areFragments else { throw Fault.short(place) }
    return place
  }

  private func element(
    _ bytes: UnsafeRawBufferPointer, _ place: Int, _ syntax: Syntax, end: Int
  ) throws -> Element {
    func short(_ offset: Int) -> UInt32 {
      let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
      return UInt32(syntax.isBig ? UInt16(bigEndian: value) : UInt16(littleEndian: value))
    }
    func long(_ offset: Int) throws -> UInt32 {
      guard offset + 4 <= end else { throw Fault.short(place) }
      let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      return syntax.isBig ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
    }
    let tag = short(place) << 16 | short(place + 2)
    var kind = ""
    var length: UInt32
    var start = place + 8
    // Item tags have no kind, and some writers leave it out here and there.
    if tag >> 16 != 0xFFFE, syntax.isExplicit, isKind(bytes, place + 4) {
      kind = String(decoding: bytes[place + 4..<place + 6], as: UTF8.self)
      if DICOMStructure.longKinds.contains(kind) {
        length = try long(place + 8)
        start = place + 12
      } else {
        length = short(place + 6)
      }
    } else {
      length = try long(place + 4)
    }
    if length == .max { return Element(tag: tag, kind: kind, length: nil, start: start) }
    guard start + Int(length) <= end else { throw Fault.short(place) }
    return Element(tag: tag, kind: kind, length: Int(length), start: start)
  }

  private func isKind(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Bool {
    (65...90).contains(bytes[place]) && (65...90).contains(bytes[place + 1])
  }

  private static let longKinds: Set<String> = [
    "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
  ]
}
