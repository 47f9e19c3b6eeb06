// The DICOM series of a folder: what there is, and which one is meant.

internal import Foundation

/// One DICOM series in a folder.
public struct DICOMSeries: Sendable, Hashable, Codable {
  /// Series Instance UID.
  public var uid: String
  /// Series Description; empty when the files have none.
  public var description: String
  /// Such as "CT", "MR" or "SEG".
  public var modality: String
  /// Columns, rows, and slices (frames over all files).
  public var size: SIMD3<Int>
  /// What the objects are in words when they are no images, such as "a DICOM Segmentation object (SEG)".
  public var notAnImage: String?
  /// The files, in the order of their names.
  public var files: [String]

  /// Modality, size, number of files, description and the end of the UID in one short line.
  public var summary: String {
    let kind = modality.isEmpty ? "??" : modality
    let extent = notAnImage ?? "\(size.x)×\(size.y)×\(size.z)"
    let name = description.isEmpty ? "" : "  \(description)"
    return "\(kind)  \(extent)  \(files.count) files\(name)  …\(uid.suffix(12))"
  }

  /// The series in a folder, not in its subfolders, in the order of their UIDs.
  ///
  /// Files are recognised by content, so that they need no ending. A file of another kind is passed over; a
  /// damaged DICOM file is an error.
  ///
  /// - Throws: ``ImagingError`` when the folder cannot be read or a DICOM header is damaged.
  public static func list(in folder: String) throws -> [DICOMSeries] {
    guard try FileBytes.kind(of: folder) == .folder else {
      throw ImagingError.badParameter("\(folder): is a file; give the folder of a DICOM series")
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw ImagingError.unreadable(path: folder)
    }
    var found: [String: DICOMSeries] = [:]
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = URL(fileURLWithPath: folder).appendingPathComponent(name).path
      guard try FileBytes.kind(of: path) == .file, try isDICOM(path) else { continue }
      let file = try DICOMFile(path)
      let kind = DICOMKind(file.classUID)?.words
      if file.classUID == "1.2.840.10008.1.3.10" { continue }
      let uid = file.seriesUID
      if found[uid] == nil {
        found[uid] = DICOMSeries(
          uid: uid, description: file.text(0x0008, 0x103E), modality: file.modality,
          size: SIMD3(file.columns, file.rows, 0), notAnImage: kind, files: [])
      }
      found[uid]?.files.append(path)
      found[uid]?.size.z += file.frames
    }
    return found.values.sorted { $0.uid < $1.uid }
  }

  /// Reads the series as one volume, slices sorted along their normal.
  ///
  /// - Throws: ``ImagingError`` when the slices form no volume, are of different sizes, unevenly spaced (by
  ///   more than 1 %), sheared or doubled, or when the objects are no images.
  public func read() throws -> Volume {
    let folder = files.first.map {
      URL(fileURLWithPath: $0).deletingLastPathComponent().path
    }
    let slices = try files.flatMap { try DICOMSlice.slices(of: DICOMFile($0)) }
    return try DICOMStack(slices, path: files.count == 1 ? files[0] : folder ?? "")
      .read(modality: modality, seriesUID: uid)
  }

  /// The series that `choice` means, or the only one with images.
  static func choose(_ choice: String?, in folder: String) throws -> DICOMSeries {
    let series = try list(in: folder)
    guard let only = series.first else { throw ImagingError.noSeries(path: folder) }
    guard let choice else {
      let images = series.filter { $0.notAnImage == nil }
      switch images.count {
      case 0: return only
      case 1: return images[0]
      default: throw ImagingError.severalSeries(path: folder, series: series)
      }
    }
    if let exact = series.first(where: { $0.uid == choice }) { return exact }
    if let number = Int(choice), series.indices.contains(number - 1) { return series[number - 1] }
    let matches = series.filter {
      !choice.isEmpty && ($0.uid.hasPrefix(choice) || $0.uid.hasSuffix(choice))
    }
    guard matches.count == 1 else {
      throw ImagingError.seriesChoice(
        path: folder, choice: choice, matches: matches.count, available: series.count)
    }
    return matches[0]
  }

  private static func isDICOM(_ path: String) throws -> Bool {
    if FileBytes.size(of: path) == 0 {
      let isNamedSo = path.lowercased().hasSuffix(".dcm")
      guard isNamedSo else { return false }
      throw ImagingError.damaged(
        path: path, met: "is empty (0 bytes) where a DICOM file is expected")
    }
    return (try? ImageFormat.recognise(path)) == .dicom
  }
}
