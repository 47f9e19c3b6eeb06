// From images and label maps with their geometry to what baselines take.

public import Imaging

extension BaselineImage {
  /// All slices of an image; colours where it has red, green and blue, alpha is ignored.
  ///
  /// - Throws: `ImagingError` for an image with more than 4 channels or values that do not fill its grid
  public init(_ volume: Volume) throws {
    let size = volume.geometry.size
    let grey = try volume.floats(.luminance)
    var colours: [Float]?
    if volume.channels == 3 {
      colours = volume.voxels.floats
    } else if volume.channels == 4 {
      let values = volume.voxels.floats
      colours = values.indices.filter { $0 % 4 != 3 }.map { values[$0] }
    }
    try self.init(grey: grey, colours: colours, width: size.x, height: size.y, depth: size.z)
  }
}

extension TrainingMask {
  /// One label of a segmentation. Bring all cases into one orientation first: the vote knows no axes.
  ///
  /// - Throws: ``BaselinesError/valueCount(met:expected:)``
  public init(_ map: LabelMap, label: Int32) throws {
    let size = map.geometry.size
    try self.init(
      map.labels.map { $0 == label ? 1 : 0 }, width: size.x, height: size.y, depth: size.z)
  }
}
