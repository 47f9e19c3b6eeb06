// The text headers of NRRD and MetaImage, read before any library believes them.

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

  /// The value of a key in small letters.
  subscript(key: String) -> String? { fields[key] }

  /// The numbers of a value; NaN where a word is none.
  func numbers(_ key: String) -> [Double] {
    (fields[key] ?? "").split(separator: " ").map { Double($0) ?? .nan }
  }

  /// Throws when an NRRD spacing is zero, negative or not a number, which ITK replaces by 1 in silence.
  func checkSpacings() throws {
    let values = (fields["spacings"] ?? "").split(separator: " ")
    // NRRD writes nan for axes that have no spacing, such as the one of the colours.
    let kinds = (fields["kinds"] ?? "").split(separator: " ").map { $0.lowercased() }
    for (axis, value) in values.enumerated() {
      let isSpatial = axis >= kinds.count || ["domain", "space"].contains(kinds[axis])
      if !isSpatial && value.lowercased() == "nan" { continue }
      guard let number = Double(value), number.isFinite, number > 0 else {
        throw ImagingError.badGeometry(
          path: path, defect: "spacing \(value) in its header where positive numbers are needed")
      }
    }
  }

  /// Throws when the file that holds the voxels of an NRRD is missing or cannot hold so many bytes.
  func checkData(bytes: Int) throws {
    guard let place = try dataPlace() else { return }
    let size = FileBytes.size(of: place.path) - place.offset
    let isPlain = (fields["encoding"] ?? "raw").lowercased() == "raw"
    let fits =
      isPlain ? bytes <= size : FileBytes.canHold(bytes, path: place.path, isCompressed: true)
    guard fits else {
      throw ImagingError.damaged(
        path: path,
        met: "is cut short: \(max(0, size)) bytes of voxels where the header promises \(bytes)")
    }
  }

  /// The file with the voxels and where they begin; nil for lists and patterns of files.
  func dataPlace() throws -> (path: String, offset: Int)? {
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
