// What the training cases of a dataset are like: nnU-Net's dataset_fingerprint.json, and what ours adds.

/// Sizes, voxel sizes and intensities of all training cases.
public struct Fingerprint: Sendable, Equatable {
  /// What is known of one case beyond what nnU-Net notes.
  public struct Case: Sendable, Equatable {
    public var id: String
    /// Voxels along z, y, x before cropping.
    public var originalShape: [Int]
    /// Voxels of each label value, the background included.
    public var classSizes: [Int32: Int]
    /// Pieces that touch by a face, edge or corner, of each label value but the background.
    public var components: [Int32: Int]

    public init(
      id: String, originalShape: [Int], classSizes: [Int32: Int], components: [Int32: Int]
    ) {
      self.id = id
      self.originalShape = originalShape
      self.classSizes = classSizes
      self.components = components
    }
  }

  /// Millimetres along z, y, x of each case.
  public var spacings: [[Double]]
  /// Voxels along z, y, x of the box around all values that are not 0, of each case.
  public var shapesAfterCrop: [[Int]]
  /// By the channel's number.
  public var foregroundIntensities: [String: IntensityProperties]
  /// Median part of the voxels that lie in that box, 0…1.
  public var medianRelativeSizeAfterCropping: Double
  /// In the order of the spacings; empty in a file that nnU-Net wrote.
  public var cases: [Case]
  /// Ending of the image files.
  public var fileEnding: String?

  public init(
    spacings: [[Double]], shapesAfterCrop: [[Int]],
    foregroundIntensities: [String: IntensityProperties],
    medianRelativeSizeAfterCropping: Double, cases: [Case] = [], fileEnding: String? = nil
  ) {
    self.spacings = spacings
    self.shapesAfterCrop = shapesAfterCrop
    self.foregroundIntensities = foregroundIntensities
    self.medianRelativeSizeAfterCropping = medianRelativeSizeAfterCropping
    self.cases = cases
    self.fileEnding = fileEnding
  }
}
