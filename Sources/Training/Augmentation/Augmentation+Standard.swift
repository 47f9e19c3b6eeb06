// nnU-Net's augmentation for a plan, and none at all.

internal import Foundation

extension Augmentation {
  /// nnU-Net's augmentation of training patches.
  ///
  /// Rotation follows from the patch: ±30° in 3-D; ±180° within planes where the first axis is less than a third
  /// of the longest; in 2-D ±180°, or ±15° where one side is more than 1.5 times the other.
  ///
  /// - Parameters:
  ///   - patchSize: Voxels that the network gets, two or three extents.
  ///   - maskedChannels: For each channel whether it was normalised inside the nonzero region alone.
  ///   - previousStageLabels: Foreground labels of a cascade's previous stage; empty without one.
  ///   - deepSupervisionScales: ``DeepSupervision/scales``; `nil` for a network with one output.
  ///   - mirrorAxes: Axes that may be mirrored; `nil` for all.
  /// - Returns: Settings that can be edited before they are used.
  public static func standard(
    patchSize: [Int], maskedChannels: [Bool] = [], previousStageLabels: [Int] = [],
    deepSupervisionScales: [[Double]]? = nil, mirrorAxes: [Int]? = nil
  ) -> Augmentation {
    let isPlanar = isPlanar(patchSize)
    let degrees = rotationDegrees(patchSize)
    let angle = degrees / 360 * 2 * Double.pi
    let axes = mirrorAxes ?? Array(patchSize.indices)
    let masked = maskedChannels.indices.filter { maskedChannels[$0] }
    return Augmentation(
      spatial: SpatialTransform(
        patchSize: patchSize, rotation: -angle...angle, isPlanar: isPlanar),
      noise: GaussianNoise(), blur: GaussianBlur(), brightness: Brightness(),
      contrast: Contrast(), lowResolution: LowResolution(isPlanar: isPlanar),
      invertedGamma: Gamma(probability: 0.1, isInverted: true), gamma: Gamma(),
      mirroring: axes.isEmpty ? nil : Mirroring(axes: axes),
      nonzeroMask: masked.isEmpty ? nil : NonzeroMask(channels: masked),
      labelReplacement: LabelReplacement(),
      previousStage: previousStageLabels.isEmpty
        ? nil : PreviousStage(labels: previousStageLabels),
      deepSupervision: deepSupervisionScales.map { DeepSupervision(scales: $0) },
      initialPatchSize: enlarged(patchSize, by: angle, isPlanar: isPlanar))
  }

  /// Nothing random: what nnU-Net does to validation patches.
  ///
  /// - Parameters:
  ///   - patchSize: Voxels that the network gets, two or three extents.
  ///   - previousStageLabels: Foreground labels of a cascade's previous stage; empty without one.
  ///   - deepSupervisionScales: ``DeepSupervision/scales``; `nil` for a network with one output.
  /// - Returns: Settings that leave image and labels as they are, but for −1 becoming 0.
  public static func none(
    patchSize: [Int], previousStageLabels: [Int] = [], deepSupervisionScales: [[Double]]? = nil
  ) -> Augmentation {
    Augmentation(
      spatial: SpatialTransform(
        patchSize: patchSize, rotationProbability: 0, scalingProbability: 0),
      labelReplacement: LabelReplacement(),
      previousStage: previousStageLabels.isEmpty
        ? nil : PreviousStage(labels: previousStageLabels, operation: nil, removal: nil),
      deepSupervision: deepSupervisionScales.map { DeepSupervision(scales: $0) },
      initialPatchSize: patchSize)
  }

  /// Whether the first axis is so coarse that planes are rotated by themselves.
  static func isPlanar(_ patchSize: [Int]) -> Bool {
    guard patchSize.count == 3, let longest = patchSize.max() else { return false }
    return Double(longest) / Double(patchSize[0]) > 3
  }

  static func rotationDegrees(_ patchSize: [Int]) -> Double {
    if patchSize.count == 3 { return isPlanar(patchSize) ? 180 : 30 }
    let longest = Double(patchSize.max() ?? 1)
    return longest / Double(patchSize.min() ?? 1) > 1.5 ? 15 : 180
  }

  /// The patch that rotations by up to `angle` about each axis and a factor of 0.85 ask for.
  ///
  /// Source: nnunetv2 2.8.1, `get_patch_size`, which turns the vector of extents.
  static func enlarged(_ patchSize: [Int], by angle: Double, isPlanar: Bool) -> [Int] {
    let bounded = min(angle, Double.pi / 2)
    let extents = patchSize.map(Double.init)
    var largest = extents
    let turns = patchSize.count == 3 ? [(1, 2, 1.0), (0, 2, -1.0), (0, 1, 1.0)] : [(0, 1, 1.0)]
    for (first, second, direction) in turns {
      let sine = direction * sin(bounded)
      let one = extents[first] * cos(bounded) + extents[second] * sine
      let other = extents[second] * cos(bounded) - extents[first] * sine
      largest[first] = max(largest[first], abs(one))
      largest[second] = max(largest[second], abs(other))
    }
    var enlarged = largest.map { Int($0 / 0.85) }
    if isPlanar { enlarged[0] = patchSize[0] }
    return enlarged
  }
}
