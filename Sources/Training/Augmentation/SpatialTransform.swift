// Rotation and scaling, sampled from an enlarged patch so that the network's patch has no empty border.

public import Datasets
internal import Foundation

/// Rotates about the centre and scales; always brings the patch to ``patchSize``.
///
/// Samples p = R · S · t about the enlarged patch's centre, R = R₂ · R₁ · R₀ by one angle per axis; images
/// linearly, labels by the highest interpolated indicator, beyond the patch 0 and −1. Factors above 1 shrink
/// what is seen.
/// nnU-Net: rotation by chance 0.2, in ±30° (3-D), ±180° (planes, square patches) or ±15° (oblong flat patches);
/// scaling by chance 0.2, one factor from 0.7 to 1.4 for all axes.
/// Source: batchgeneratorsv2 0.3.6, `SpatialTransform`.
public struct SpatialTransform: PatchTransform {
  /// The patch is always cropped; what is random is whether it turns.
  public var probability: Double { 1 }
  /// Voxels that the network gets.
  public var patchSize: [Int]
  public var rotationProbability: Double
  /// Radians, drawn for each axis.
  public var rotation: ClosedRange<Double>
  public var scalingProbability: Double
  public var scaling: ClosedRange<Double>
  /// Whether the first axis, which is much coarser, keeps its planes as they are.
  public var isPlanar: Bool

  public init(
    patchSize: [Int], rotationProbability: Double = 0.2,
    rotation: ClosedRange<Double> = -Double.pi / 6...Double.pi / 6,
    scalingProbability: Double = 0.2, scaling: ClosedRange<Double> = 0.7...1.4,
    isPlanar: Bool = false
  ) {
    self.patchSize = patchSize
    self.rotationProbability = rotationProbability
    self.rotation = rotation
    self.scalingProbability = scalingProbability
    self.scaling = scaling
    self.isPlanar = isPlanar
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    apply(draw(&random), to: &patch)
  }

  public func check() throws {
    try requireProbability("rotationProbability", rotationProbability)
    try requireProbability("scalingProbability", scalingProbability)
    try require(
      "rotation", rotation, rotation.lowerBound.isFinite && rotation.upperBound.isFinite,
      "finite angles")
    try require(
      "scaling", scaling, scaling.lowerBound > 0 && scaling.upperBound.isFinite,
      "factors above zero")
    try require(
      "patchSize", patchSize,
      [2, 3].contains(patchSize.count) && patchSize.allSatisfy { $0 > 0 },
      "two or three extents above zero")
  }
}

extension SpatialTransform {
  /// What was drawn for one sample.
  struct Motion: Sendable, Equatable {
    /// Radians about each of three axes.
    var angles: [Double] = [0, 0, 0]
    /// `nil` leaves the grid as it is.
    var scale: Double?
    var isRotated = false

    var isIdentity: Bool { !isRotated && scale == nil }
  }

  func draw(_ random: inout CounterRandom) -> Motion {
    var motion = Motion()
    motion.isRotated = random.happens(rotationProbability)
    let isScaled = random.happens(scalingProbability)
    if motion.isRotated {
      let isFlat = isPlanar || patchSize.count == 2
      motion.angles = (0..<3).map { isFlat && $0 > 0 ? 0 : random.uniform(in: rotation) }
    }
    if isScaled { motion.scale = random.uniform(in: scaling) }
    return motion
  }

  /// [s][t]: how source coordinate s follows from target coordinate t, axes z, y, x.
  func matrix(of motion: Motion) -> [[Double]] {
    let isFlat = isPlanar || patchSize.count == 2
    var matrix = Self.identity
    for axis in 0..<3 { matrix = Self.product(Self.turn(about: axis, motion.angles[axis]), matrix) }
    let scale = motion.scale ?? 1
    return matrix.map { row in
      row.enumerated().map { $1 * ($0 == 0 && isFlat ? 1 : scale) }
    }
  }

  private static let identity: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

  private static func turn(about axis: Int, _ angle: Double) -> [[Double]] {
    var matrix = identity
    let first = axis == 0 ? 1 : 0
    let second = axis == 2 ? 1 : 2
    let sine = axis == 1 ? -sin(angle) : sin(angle)
    matrix[first][first] = cos(angle)
    matrix[second][second] = cos(angle)
    matrix[first][second] = -sine
    matrix[second][first] = sine
    return matrix
  }

  private static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    (0..<3).map { row in
      (0..<3).map { column in (0..<3).reduce(0) { $0 + a[row][$1] * b[$1][column] } }
    }
  }
}
