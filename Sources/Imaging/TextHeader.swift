// Checking what the text headers of NRRD and MetaImage promise, before ITK believes them.

internal import Foundation

/// The `key: value` or `key = value` lines at the start of an NRRD or MetaImage file.
struct TextHeader {
  private var fields: [String: String] = [:]
  private let path: String

  init(_ path: String, _ format: ImageFormat) throws {
    self.path = path
    let bytes = try FileBytes.prefix(of: path, count: 1 << 16, inflating: false)
    let isNRRD = format == .nrrd
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
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
    let name = fields["elementdatafile"] ?? fields["data file"] ?? fields["datafile"]
    var holder = path
    if let name, name.uppercased() != "LOCAL" {
      // Lists and patterns name many files; ITK reads and checks those itself.
      if name.uppercased().hasPrefix("LIST") || name.contains("%") { return }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      holder = name.hasPrefix("/") ? name : folder.appendingPathComponent(name).path
      guard FileManager.default.fileExists(atPath: holder) else {
        throw ImagingError.damaged(
          path: path, met: "keeps its voxels in \(name), which is missing",
          advice: "put both files into the same folder")
      }
    }
    let encoding = (fields["encoding"] ?? "raw").lowercased()
    let isPlain = encoding == "raw" && fields["compresseddata"]?.lowercased() != "true"
    guard FileBytes.canHold(bytes, path: holder, isCompressed: !isPlain) else {
      throw ImagingError.damaged(
        path: path,
        met: "is cut short: \(FileBytes.size(of: holder)) bytes where the header promises \(bytes)")
    }
  }
}
