// Where each frame of a DICOM file lies, whether the object is classic, enhanced or a dose grid.

/// One frame of a DICOM file with its place in the patient.
struct DICOMSlice: Sendable {
  var path: String
  /// Frame within the file, from 0.
  var frame: Int
  var columns: Int
  var rows: Int
  /// Centre of the first pixel, in mm, LPS; nil when the file does not say.
  var position: SIMD3<Double>?
  /// Directions of growing column and row numbers.
  var along: (columns: SIMD3<Double>, rows: SIMD3<Double>)?
  /// Distance of columns and of rows, in mm; nil when the file does not say.
  var spacing: SIMD2<Double>?
  /// Spacing between slices, else slice thickness, in mm; what a lone slice has as its third spacing.
  var thickness: Double?
  /// Gray per stored value in a dose grid, which ITK does not apply.
  var doseScaling: Double?

  /// The frames of a file.
  ///
  /// - Throws: ``ImagingError`` for several frames that have no places of their own.
  static func slices(of file: DICOMFile) throws -> [DICOMSlice] {
    try file.requireImage()
    try requireDecoder(file)
    if file.groupCount > 0 { return try enhanced(file) }
    let first = try classic(file)
    if file.frames == 1 { return [first] }
    if file.text(0x3004, 0x000C).isEmpty == false { return try dose(file, first) }
    throw ImagingError.slices(
      path: file.path, met: "holds \(file.frames) frames without places in space, a film",
      advice: "extract a frame as an image first")
  }

  /// GDCM exchanges the bytes of deep colour in run lengths, without an error.
  private static func requireDecoder(_ file: DICOMFile) throws {
    let isRunLength = file.text(0x0002, 0x0010) == "1.2.840.10008.1.2.5"
    let isColour = file.numbers(0x0028, 0x0002).first ?? 1 > 1
    let isDeep = file.numbers(0x0028, 0x0100).first ?? 8 > 8
    if isRunLength && isColour && isDeep {
      throw ImagingError.slices(
        path: file.path, met: "holds deep colour in RLE, which cannot be decoded reliably",
        advice: "decompress it first")
    }
  }

  private static func classic(_ file: DICOMFile) throws -> DICOMSlice {
    // Detector spacing stands in where the patient's is unknown, as ITK and most viewers do.
    let candidates = [
      file.numbers(0x0028, 0x0030), file.numbers(0x0018, 0x1164), file.numbers(0x0018, 0x2010),
    ]
    return DICOMSlice(
      path: file.path, frame: 0, columns: file.columns, rows: file.rows,
      position: vector(file.numbers(0x0020, 0x0032)), along: axes(file.numbers(0x0020, 0x0037)),
      spacing: candidates.lazy.compactMap(pair).first,
      thickness: thickness(file.numbers(0x0018, 0x0088), file.numbers(0x0018, 0x0050)),
      doseScaling: file.numbers(0x3004, 0x000E).first)
  }

  private static func enhanced(_ file: DICOMFile) throws -> [DICOMSlice] {
    let frames = file.frames
    guard file.groupCount == frames else {
      throw ImagingError.damaged(
        path: file.path, met: "describes \(file.groupCount) frames and holds \(frames)")
    }
    let slopes = (0..<frames).map { frame in
      file.numbers(frame: frame, group: 0x0028_9145, 0x0028_1053)
        + file.numbers(frame: frame, group: 0x0028_9145, 0x0028_1052)
    }
    guard slopes.allSatisfy({ $0 == slopes[0] }) else {
      throw ImagingError.slices(
        path: file.path, met: "rescales each frame differently",
        advice: "export it as classic DICOM or NIfTI")
    }
    return (0..<frames).map { frame in
      func numbers(_ group: UInt32, _ tag: UInt32) -> [Double] {
        file.numbers(frame: frame, group: group, tag)
      }
      return DICOMSlice(
        path: file.path, frame: frame, columns: file.columns, rows: file.rows,
        position: vector(numbers(0x0020_9113, 0x0020_0032)),
        along: axes(numbers(0x0020_9116, 0x0020_0037)),
        spacing: pair(numbers(0x0028_9110, 0x0028_0030)),
        thickness: thickness(
          numbers(0x0028_9110, 0x0018_0088), numbers(0x0028_9110, 0x0018_0050)))
    }
  }

  private static func dose(_ file: DICOMFile, _ first: DICOMSlice) throws -> [DICOMSlice] {
    let offsets = file.numbers(0x3004, 0x000C)
    guard offsets.count == file.frames, let position = first.position, let along = first.along
    else {
      throw ImagingError.damaged(
        path: file.path, met: "holds \(file.frames) dose planes and \(offsets.count) offsets")
    }
    let normal = cross(along.columns, along.rows)
    return offsets.enumerated().map { frame, offset in
      var slice = first
      slice.frame = frame
      // Offsets are relative to the first plane or, in the older form, absolute coordinates.
      slice.position = position + normal * (offset - offsets[0])
      return slice
    }
  }

  private static func vector(_ numbers: [Double]) -> SIMD3<Double>? {
    numbers.count == 3 ? SIMD3(numbers[0], numbers[1], numbers[2]) : nil
  }

  private static func axes(_ numbers: [Double])
    -> (columns: SIMD3<Double>, rows: SIMD3<Double>)?
  {
    guard numbers.count == 6 else { return nil }
    return (
      SIMD3(numbers[0], numbers[1], numbers[2]), SIMD3(numbers[3], numbers[4], numbers[5])
    )
  }

  /// DICOM gives the distance of rows first, which is the spacing along y.
  private static func pair(_ numbers: [Double]) -> SIMD2<Double>? {
    numbers.count >= 2 ? SIMD2(numbers[1], numbers[0]) : nil
  }

  private static func thickness(_ between: [Double], _ thickness: [Double]) -> Double? {
    [between.first, thickness.first].compactMap { $0 }.first { $0.isFinite && $0 > 0 }
  }
}
