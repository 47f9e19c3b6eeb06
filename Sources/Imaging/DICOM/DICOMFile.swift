// The header of one DICOM file, and what kind of object it is.

import CITK

/// A DICOM header; the pixel data stay in the file.
final class DICOMFile {
  let path: String
  private let handle: OpaquePointer
  private let structure: DICOMStructure

  init(_ path: String) throws {
    structure = try DICOMStructure(path: path)
    var opened: OpaquePointer?
    guard citk_dicom_open(path, &opened) == 0, let handle = opened else {
      throw ImagingError.damaged(
        path: path, met: "DICOM header not understood (\(ITK.lastMessage))")
    }
    self.path = path
    self.handle = handle
  }

  deinit { citk_dicom_close(handle) }

  /// The value of an element as text, backslash between values; empty when absent.
  func text(_ group: UInt16, _ element: UInt16) -> String {
    DICOMFile.text { citk_dicom_text(handle, group, element, $0, $1) }
  }

  func numbers(_ group: UInt16, _ element: UInt16) -> [Double] {
    DICOMFile.numbers(text(group, element))
  }

  /// Values inside a functional group of a frame, or of all frames.
  func numbers(frame: Int, group: UInt32, _ tag: UInt32) -> [Double] {
    DICOMFile.numbers(
      DICOMFile.text { citk_dicom_frame_text(handle, Int64(frame), group, tag, $0, $1) })
  }

  /// Frames that have functional groups of their own.
  var groupCount: Int { Int(citk_dicom_group_count(handle)) }

  var seriesUID: String { text(0x0020, 0x000E) }
  var modality: String { text(0x0008, 0x0060) }
  var classUID: String {
    let uid = text(0x0008, 0x0016)
    return uid.isEmpty ? text(0x0002, 0x0002) : uid
  }
  var rows: Int { integer(0x0028, 0x0010) ?? 0 }
  var columns: Int { integer(0x0028, 0x0011) ?? 0 }
  var frames: Int { max(1, integer(0x0028, 0x0008) ?? 1) }

  /// A count of a sensible size; nil when absent or senseless.
  private func integer(_ group: UInt16, _ element: UInt16) -> Int? {
    numbers(group, element).first.flatMap { abs($0) < 1e6 ? Int($0) : nil }
  }

  /// Throws when the object is of a kind that holds no image on a grid in the patient.
  func requireImage() throws {
    if let kind = DICOMKind(classUID) {
      throw ImagingError.notAnImage(path: path, object: kind.words, advice: kind.advice)
    }
    guard rows > 0, columns > 0 else {
      throw ImagingError.notAnImage(
        path: path, object: "a DICOM object without rows and columns",
        advice: "give the file of an image")
    }
    guard structure.hasPixels else {
      throw ImagingError.damaged(path: path, met: "has no pixel data")
    }
    let samples = integer(0x0028, 0x0002) ?? 1
    let bits = integer(0x0028, 0x0100) ?? 8
    guard (1...4).contains(samples), [1, 8, 12, 16, 32, 64].contains(bits) else {
      throw ImagingError.damaged(
        path: path, met: "has \(samples) samples of \(bits) bits per pixel")
    }
    // Half-sampled colour stores two of three samples.
    let isSubsampled = text(0x0028, 0x0004).hasSuffix("422")
    let expected = rows * columns * (isSubsampled ? 2 : samples) * frames
    let needed = (expected * bits + 7) / 8
    guard let met = structure.plainPixelBytes, met < needed else { return }
    throw ImagingError.damaged(
      path: path, met: "is cut short: \(met) bytes of pixels where \(needed) are needed")
  }

  private static func text(_ read: (UnsafeMutablePointer<CChar>, Int64) -> citk_status) -> String {
    let capacity = 1 << 16
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      guard let start = buffer.baseAddress, read(start, Int64(capacity)) == 0 else { return "" }
      return String(cString: start)
    }
  }

  private static func numbers(_ text: String) -> [Double] {
    text.split(separator: "\\").map { part in
      Double(part.filter { !$0.isWhitespace }) ?? .nan
    }
  }
}

/// A kind of DICOM object that is not an image on a grid in the patient, in words.
struct DICOMKind {
  let words: String
  let advice: String

  /// Nil for image classes and classes not known.
  init?(_ uid: String) {
    let prefix = "1.2.840.10008.5.1.4.1.1."
    guard uid.hasPrefix(prefix) else {
      guard uid == "1.2.840.10008.1.3.10" else { return nil }
      words = "a DICOMDIR (a table of contents)"
      advice = "give the folder of a series"
      return
    }
    let branch = uid.dropFirst(prefix.count)
    let image = "give the images that it refers to"
    if let found = DICOMKind.exact[String(branch)] {
      (words, advice) = (found, image)
      return
    }
    let family = DICOMKind.families.first { branch.hasPrefix($0.prefix) }
    guard let family else { return nil }
    (words, advice) = (family.words, image)
  }

  private static let exact = [
    "66": "a DICOM Raw Data object", "66.1": "a DICOM Spatial Registration object",
    "66.2": "a DICOM Spatial Fiducials object",
    "66.3": "a DICOM Deformable Spatial Registration object",
    "66.4": "a DICOM Segmentation object (SEG)",
    "66.5": "a DICOM Surface Segmentation object",
    "66.6": "a DICOM Tractography Results object",
    "66.7": "a DICOM Label Map Segmentation object (SEG)",
    "67": "a DICOM Real World Value Mapping object",
    "30": "a DICOM Parametric Map object",
    "481.3": "a DICOM RT Structure Set object (RTSTRUCT)",
    "481.4": "a DICOM RT Beams Treatment Record object",
    "481.5": "a DICOM RT Plan object (RTPLAN)",
    "481.8": "a DICOM RT Ion Plan object (RTPLAN)",
    "77.1.6": "a DICOM Whole Slide Microscopy object, tiles of a pyramid",
    "77.1.1.1": "a DICOM Video Endoscopic object", "77.1.2.1": "a DICOM Video Microscopic object",
    "77.1.4.1": "a DICOM Video Photographic object",
    "91.1": "a DICOM Microscopy Bulk Simple Annotations object",
  ]

  private static let families: [(prefix: String, words: String)] = [
    ("88.", "a DICOM Structured Report object (SR)"),
    ("11.", "a DICOM Presentation State object"), ("9.", "a DICOM Waveform object"),
    ("104.", "a DICOM Encapsulated Document object"),
    ("481.6", "a DICOM RT Treatment Record object"),
    ("481.7", "a DICOM RT Treatment Record object"),
    ("481.9", "a DICOM RT Treatment Record object"),
  ]
}
