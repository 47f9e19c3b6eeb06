// A previous stage that saw objects too large, too small, with holes filled or thin parts lost.

internal import CKernels
public import Datasets

/// Grows, shrinks, closes or opens the labels of the previous stage by a ball.
///
/// Labels are taken in random order; what one gains, the others lose. The ball holds all voxels no farther away
/// than its radius; nnU-Net's own balls of broken radius are sampled on a grid that is shifted or stretched a little.
/// nnU-Net: by chance 0.4, each label by chance 0.5, radius uniform from 1 to 8 voxels.
/// Source: batchgeneratorsv2 0.3.6, `ApplyRandomBinaryOperatorTransform`.
public struct BinaryOperation: PatchTransform {
  public var probability: Double
  public var labelProbability: Double
  /// Radius of the ball in voxels.
  public var radius: ClosedRange<Double>
  /// Channels of the previous stage: the last ones of the image.
  var channelCount = 0

  enum CodingKeys: CodingKey { case probability, labelProbability, radius }

  /// What is done to one label.
  enum Operator: CaseIterable { case dilation, erosion, closing, opening }

  public init(
    probability: Double = 0.4, labelProbability: Double = 0.5, radius: ClosedRange<Double> = 1...8
  ) {
    self.probability = probability
    self.labelProbability = labelProbability
    self.radius = radius
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    for label in random.permutation(of: channelCount) where random.happens(labelProbability) {
      let chosen = random.choice(of: Operator.allCases) ?? .dilation
      apply(chosen, random.uniform(in: radius), to: label, of: &patch)
    }
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try requireProbability("labelProbability", labelProbability)
    try require(
      "radius", radius, radius.lowerBound >= 0 && radius.upperBound <= 100,
      "numbers of voxels from 0 to 100")
  }

  func apply(_ chosen: Operator, _ radius: Double, to label: Int, of patch: inout Patch) {
    let first = patch.channels - channelCount
    let count = patch.count
    let start = (first + label) * count
    let before = patch.image[start..<start + count].map { UInt8($0 != 0 ? 1 : 0) }
    let after = Self.result(of: chosen, radius, before, Patch.extents(patch.shape))
    patch.image.withUnsafeMutableBufferPointer { image in
      for voxel in 0..<count {
        image[start + voxel] = Float(after[voxel])
        guard after[voxel] > before[voxel] else { continue }
        for other in 0..<channelCount where other != label {
          image[(first + other) * count + voxel] = 0
        }
      }
    }
  }

  static func result(
    of chosen: Operator, _ radius: Double, _ mask: [UInt8], _ extents: [Int32]
  ) -> [UInt8] {
    let erosions: [Bool] =
      switch chosen {
      case .dilation: [false]
      case .erosion: [true]
      case .closing: [false, true]
      case .opening: [true, false]
      }
    return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 2 * mask.count) { scratch in
      erosions.reduce(mask) { mask, isErosion in
        [UInt8](unsafeUninitializedCapacity: mask.count) { out, used in
          vk_dilate(mask, extents, radius, isErosion, scratch.baseAddress, out.baseAddress)
          used = mask.count
        }
      }
    }
  }
}
