// Checking what the text headers of NRRD and MetaImage promise, before ITK believes them.

import CITK
internal import Foundation

/// The `key: value` or `key = value` lines at the start of an NRRD or MetaImage file.
struct TextHeader {
  private var fields: [String: String] = [:]
  private let path: String
  /// Where the header ends and voxels in the same file begin.
  private var end = 0

  init(_ path: String, _ format: ImageFormat) throws {
    self.path = path
    let bytes = try FileBytes.prefix(of: path, count: 1 << 16, inflating: false)
    let isNRRD = format == .nrrd
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      end = line.endIndex + 1
      let text = String(decoding: line, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      if isNRRD && text.isEmpty { break }
      let mark: Character = isNRRD ? ":" : "="
      guard let cut = text.firstIndex(of: mark) else { continue }
      let key = text[..<cut].trimmingCharacters(in: .whitespaces).lowercased()
      let value = text[text.index(after: cut)...].trimmingCharacters(in: .whitespaces)
      if fields[key] == nil { fields[key] = value }
      if key == "elementdatafile" { break }
    }
  }

  /// Throws when a spacing is zero, negative or not a number, which ITK would replace by 1 in silence.
  func checkSpacing() throws {
    if let values = fields["elementspacing"] { try check(values.split(separator: " ")) }
    if let values = fields["spacings"] {
      // NRRD writes nan for axes that have no spacing, such as the one of the colours.
      let kinds = (fields["kinds"] ?? "").split(separator: " ").map { $0.lowercased() }
      let spatial = ["domain", "space"]
      try check(
        values.split(separator: " ").enumerated().filter { place, value in
          let isSpatial = place >= kinds.count || spatial.contains(kinds[place])
          return isSpatial || value.lowercased() != "nan"
        }.map(\.element))
    }
  }

  private func check(_ values: [Substring]) throws {
    for value in values {
      guard let number = Double(value), number.isFinite, number > 0 else {
        throw ImagingError.badGeometry(
          path: path, defect: "spacing \(value) in its header where positive numbers are needed")
      }
    }
  }

  /// Throws when the file that holds the voxels is missing or cannot hold so many bytes.
  func checkData(bytes: Int) throws {
    guard let place = try dataPlace() else { return }
    let size = FileBytes.size(of: place.path) - place.offset
    let fits =
      isPlain ? bytes <= size : FileBytes.canHold(bytes, path: place.path, isCompressed: true)
    guard fits else {
      throw ImagingError.damaged(
        path: path,
        met: "is cut short: \(max(0, size)) bytes of voxels where the header promises \(bytes)")
    }
  }

  /// Reads a compressed MetaImage, of which ITK accepts a cut stream in silence; false when ITK should.
  func readCompressedMeta(into buffer: UnsafeMutableRawBufferPointer, width: Int) throws -> Bool {
    guard fields["compresseddata"]?.lowercased() == "true", fields["headersize"] == nil,
      let place = try dataPlace()
    else { return false }
    let status = citk_inflate_stream(
      place.path, Int64(place.offset), 0, buffer.baseAddress, Int64(buffer.count))
    guard status == 0 else { throw ImagingError.damaged(path: path, met: ITK.lastMessage) }
    let order = fields["binarydatabyteordermsb"] ?? fields["elementbyteordermsb"] ?? "False"
    swapBytes(buffer, width: width, bigEndian: order.lowercased() == "true")
    return true
  }

  private var isPlain: Bool {
    let encoding = (fields["encoding"] ?? "raw").lowercased()
    return encoding == "raw" && fields["compresseddata"]?.lowercased() != "true"
      && fields["binarydata"]?.lowercased() != "false"
  }

  /// The file with the voxels and where they begin; nil for lists and patterns, which ITK checks itself.
  private func dataPlace() throws -> (path: String, offset: Int)? {
    let name = fields["elementdatafile"] ?? fields["data file"] ?? fields["datafile"]
    guard let name, name.uppercased() != "LOCAL" else { return (path, end) }
    if name.uppercased().hasPrefix("LIST") || name.contains("%") { return nil }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let holder = name.hasPrefix("/") ? name : folder.appendingPathComponent(name).path
    guard FileManager.default.fileExists(atPath: holder) else {
      throw ImagingError.damaged(
        path: path, met: "keeps its voxels in \(name), which is missing",
        advice: "put both files into the same folder")
    }
    return (holder, 0)
  }
}
