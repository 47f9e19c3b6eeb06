// What patches are cut from: a preprocessed case, wherever and however it is stored.

/// An image with its labels on one grid, of which boxes can be read from any thread.
///
/// Axes are those of the plan after transposition (z, y, x for most data). A flat image has one plane.
public protocol TrainingCase: Sendable {
  /// Names the case in batches and errors.
  var id: String { get }
  /// Voxels along three axes.
  var shape: [Int] { get }
  var channelCount: Int { get }
  /// 1, or 2 where the labels of a previous stage follow those of the case (the cascade).
  var labelChannelCount: Int { get }
  /// Voxels of each label, or of each region by its number; all annotated voxels, where data have an ignore
  /// label, under ``CaseLocations/annotated``.
  var classLocations: [Int: [SIMD3<Int32>]] { get }
  /// Labels that were looked for in this case; `nil` stands for all labels of the dataset.
  var annotatedLabels: [Int]? { get }

  /// Reads a box that lies inside ``shape``.
  ///
  /// - Parameters:
  ///   - lower: First voxel of the box along each axis.
  ///   - size: Voxels of the box along each axis.
  ///   - image: Gets (``channelCount``, size) values, row-major.
  ///   - labels: Gets (``labelChannelCount``, size) labels, row-major; −1 lies outside the cropped nonzero
  ///     region.
  /// - Throws: What kept it from being read; the sampler adds the case's name.
  func read(
    lower: [Int], size: [Int], image: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int16>
  ) throws
}

extension TrainingCase {
  public var labelChannelCount: Int { 1 }
  public var annotatedLabels: [Int]? { nil }
}

/// Keys of ``TrainingCase/classLocations`` that are no labels.
public enum CaseLocations {
  /// Every voxel whose label is not the ignore label, background included.
  public static let annotated = -1
}
