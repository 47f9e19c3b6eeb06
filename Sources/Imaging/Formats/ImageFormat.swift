// Recognising a file's format by its content first and its ending second.

import CITK
internal import Foundation

/// A file format that is read; all but FreeSurfer's and DICOM are also written.
public enum ImageFormat: String, Sendable, Hashable, Codable, CaseIterable {
  case nifti = "NIfTI"
  case nrrd = "NRRD"
  case metaImage = "MetaImage"
  case png = "PNG"
  case jpeg = "JPEG"
  case tiff = "TIFF"
  case dicom = "DICOM"
  case freeSurfer = "FreeSurfer MGH"

  /// Photograph-like formats, which hold one 2-D image and know nothing of millimetres.
  public var isPhotograph: Bool { self == .png || self == .jpeg || self == .tiff }
}

extension ImageFormat {
  /// The format of a file, from its first bytes (inflated if it is gzip).
  ///
  /// - Throws: ``ImagingError`` when the file is missing, empty, damaged or of another kind.
  static func recognise(_ path: String) throws -> ImageFormat {
    let raw = try FileBytes.prefix(of: path, count: 544, inflating: false)
    guard !raw.isEmpty else {
      throw ImagingError.damaged(
        path: path, met: "is empty (0 bytes) where an image is expected")
    }
    let isGzip = raw.starts(with: [0x1F, 0x8B])
    let bytes = isGzip ? try FileBytes.prefix(of: path, count: 544, inflating: true) : raw
    if let format = recognise(bytes, isGzip: isGzip) { return format }
    let name = path.lowercased()
    if let met = describe(bytes, isGzip: isGzip) {
      throw ImagingError.unsupported(path: path, met: met)
    }
    if bytes.count < 348, [".nii", ".nii.gz", ".hdr"].contains(where: { name.hasSuffix($0) }) {
      throw ImagingError.damaged(
        path: path, met: "holds \(bytes.count) bytes where a NIfTI header needs 348")
    }
    throw ImagingError.unsupported(path: path, met: "of no known format")
  }

  private static func recognise(_ bytes: [UInt8], isGzip: Bool) -> ImageFormat? {
    func ascii(_ range: Range<Int>) -> String {
      guard range.upperBound <= bytes.count else { return "" }
      return String(decoding: bytes[range], as: UTF8.self)
    }
    if ["n+1\0", "ni1\0"].contains(ascii(344..<348)) { return .nifti }
    if ["n+2\0", "ni2\0"].contains(ascii(4..<8)) { return .nifti }
    if MGHHeader(bytes) != nil { return .freeSurfer }
    if isGzip { return nil }
    // Before TIFF, because the preamble of a DICOM file may be a TIFF header.
    if ascii(128..<132) == "DICM" { return .dicom }
    if ascii(0..<7) == "NRRD000" { return .nrrd }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if ["II*\0", "MM\0*", "II+\0", "MM\0+"].contains(ascii(0..<4)) { return .tiff }
    if isBareDICOM(bytes) { return .dicom }
    let text = String(decoding: bytes.prefix(400), as: UTF8.self)
    let keys = ["ObjectType", "NDims", "Comment", "DimSize"]
    if keys.contains(where: { text.hasPrefix($0) }), text.contains("=") { return .metaImage }
    return nil
  }

  /// A data set without preamble starts with a small element of group 2 or 8, in either byte order.
  private static func isBareDICOM(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 8 else { return false }
    let starts: [[UInt8]] = [[8, 0], [2, 0], [0, 8], [0, 2]]
    guard starts.contains(Array(bytes[0..<2])) else { return false }
    let representation = String(decoding: bytes[4..<6], as: UTF8.self)
    if ["UI", "UL", "CS", "DA", "SH", "LO", "OB"].contains(representation) { return true }
    // Implicit representation: a 32-bit length, which is short for these elements.
    return bytes[0] != 0 && bytes[3] == 0 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0
  }

  private static func describe(_ bytes: [UInt8], isGzip: Bool) -> String? {
    let known: [(prefix: String, met: String)] = [
      ("mrtrix image", "an MRtrix image (MIF)"), ("CDF", "a MINC 1 or NetCDF file"),
      ("BM", "a BMP image"), ("GIF8", "a GIF image"), ("%PDF", "a PDF document"),
      ("PK\u{3}\u{4}", "a ZIP archive"), ("MATLAB", "a MATLAB file"),
      ("# vtk", "a VTK file"), ("<?xml", "an XML document"), ("RIFF", "a RIFF file (WebP or AVI)"),
    ]
    let text = String(decoding: bytes, as: Unicode.ASCII.self)
    let wrap = isGzip ? " inside gzip" : ""
    if let found = known.first(where: { text.hasPrefix($0.prefix) }) { return found.met + wrap }
    if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "an HDF5 file (perhaps MINC 2)" }
    if bytes.starts(with: [0x93]) && text.dropFirst().hasPrefix("NUMPY") { return "a NumPy array" }
    let sizes: [[UInt8]] = [[0x5C, 1, 0, 0], [0, 0, 1, 0x5C]]
    if bytes.count >= 348, sizes.contains(Array(bytes[0..<4])) {
      return "an Analyze 7.5 image, which does not tell left from right"
    }
    let isText = bytes.allSatisfy { $0 == 9 || $0 == 10 || $0 == 13 || (32..<127).contains($0) }
    return isText ? "a text file" + wrap : nil
  }
}
