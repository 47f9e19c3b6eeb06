// Reading an image of any supported format, recognised by content.

extension Volume {
  /// Reads an image file or a folder with a DICOM series.
  ///
  /// The voxels stay in the order and, where the format has no rescaling, in the type of the file. A 2-D
  /// image is a volume of one slice. PNG, JPEG and TIFF get a spacing of 1 and the identity as direction,
  /// because their resolution tags speak of screens and printers. Pages of a TIFF become slices.
  ///
  /// - Parameters:
  ///   - path: A file, or a folder of DICOM files.
  ///   - series: For a folder: the number of the series from 1, its UID, or the UID's unique start or end.
  /// - Throws: ``ImagingError``, one line, when the image cannot be read exactly as it is.
  public init(contentsOf path: String, series: String? = nil) throws {
    try self.init(contentsOf: path, series: series, paletteIndices: false)
  }

  init(contentsOf path: String, series: String? = nil, paletteIndices: Bool) throws {
    if try FileBytes.kind(of: path) == .folder {
      self = try DICOMSeries.choose(series, in: path).read()
      return
    }
    if series != nil {
      throw ImagingError.badParameter(
        "\(path): a series can be chosen in a folder only; leave the series out")
    }
    let format: ImageFormat
    let name = path.lowercased()
    if name.hasSuffix(".img") || name.hasSuffix(".img.gz") {
      format = .nifti  // The half of a pair that holds voxels alone has no mark of its own.
    } else {
      format = try ImageFormat.recognise(path)
    }
    switch format {
    case .nifti: try self.init(nifti: path)
    case .metaImage: try self.init(metaImage: path)
    case .jpeg: try self.init(jpeg: path)
    case .freeSurfer: try self.init(freeSurfer: path)
    case .dicom: self = try DICOMStack.read(file: path)
    default: try self.init(throughITK: path, format, paletteIndices: paletteIndices)
    }
  }

  private init(throughITK path: String, _ format: ImageFormat, paletteIndices: Bool) throws {
    var header: TextHeader?
    if format == .nrrd {
      header = try TextHeader(path, format)
      try header?.checkSpacings()
    }
    let reader = try ITKReader(path, format, paletteIndices: paletteIndices)
    if reader.header.size.3 > 1 {
      throw ImagingError.severalVolumes(path: path, count: Int(reader.header.size.3))
    }
    var geometry = reader.geometry
    if format.isPhotograph { geometry = Geometry(size: geometry.size) }
    if let defect = geometry.defect() {
      throw ImagingError.badGeometry(path: path, defect: defect)
    }
    let bytes = reader.count * reader.stored.bytes
    try header?.checkData(bytes: bytes)
    if header == nil, !FileBytes.canHold(bytes, path: path, isCompressed: true) {
      throw ImagingError.damaged(
        path: path,
        met: "promises \(bytes) bytes of pixels in \(FileBytes.size(of: path)) bytes of file")
    }
    self.init(
      geometry: geometry, channels: reader.channels, voxels: try reader.voxels(),
      source: Source(format: format, orientation: geometry.orientation))
  }
}
