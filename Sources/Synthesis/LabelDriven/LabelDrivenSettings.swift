// The ranges from which images for label maps are drawn.

/// Ranges of the generator that learns no contrast: any label may have any brightness.
///
/// The method is that of SynthSeg (Billot et al., Medical Image Analysis 86 (2023), 102789, arXiv 2107.09559, section 3),
/// and so are the ranges of rotation, scaling, shearing, brightness and slice distance; bias and gamma are milder, since
/// here they apply to the whole image and not to single knots, and the rest is ours.
public struct LabelDrivenSettings: Sendable, Equatable {
  /// Rotations about each axis, degrees to both sides.
  public var rotationDegrees = 20.0
  /// Scaling of each axis, to both sides of 1.
  public var scaling = 0.2
  /// Shearing, to both sides of 0.
  public var shearing = 0.015
  /// Largest standard deviation of the velocities that are integrated to an elastic deformation, in voxels.
  public var elasticVoxels = 4.0
  /// Voxels between the knots of the velocities.
  public var elasticKnotVoxels = 16.0
  /// Mean brightness of a label.
  public var means = 0.0...255
  /// Standard deviation of the brightness within a label.
  public var deviations = 0.0...35
  /// Largest standard deviation of the logarithm of the bias field over the image.
  public var bias = 0.35
  /// Standard deviation of the logarithm of the exponent of the final power.
  public var gamma = 0.4
  /// Coarsest voxel that is simulated, in voxels of the map.
  public var coarsestVoxels = 9.0
  /// How often the background is black, as after the removal of the skull.
  public var blackBackground = 0.3

  public init() {}
}
