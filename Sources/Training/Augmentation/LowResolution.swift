// Images from scanners with larger voxels.

internal import CKernels
public import Datasets

/// Takes the nearest voxels of a coarser grid and interpolates between them linearly.
///
/// nnU-Net: by chance 0.25, each channel by chance 0.5, resolutions uniform from 0.5 to 1, the same for all axes;
/// the first axis is left out where its voxels are much coarser.
/// Source: batchgeneratorsv2 0.3.6, `SimulateLowResolutionTransform`.
public struct LowResolution: PatchTransform {
  public var probability: Double
  public var channelProbability: Double
  /// Extents of the coarser grid, as a share of the patch's.
  public var resolution: ClosedRange<Double>
  /// Whether the first axis keeps its resolution.
  public var isPlanar: Bool

  public init(
    probability: Double = 0.25, channelProbability: Double = 0.5,
    resolution: ClosedRange<Double> = 0.5...1, isPlanar: Bool = false
  ) {
    self.probability = probability
    self.channelProbability = channelProbability
    self.resolution = resolution
    self.isPlanar = isPlanar
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    for channel in random.channels(of: patch.channels, probability: channelProbability) {
      coarsen(channel, to: random.uniform(in: resolution), of: &patch)
    }
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try requireProbability("channelProbability", channelProbability)
    try require(
      "resolution", resolution, resolution.lowerBound > 0 && resolution.upperBound <= 1,
      "shares above 0, up to 1")
  }

  func coarsen(_ channel: Int, to resolution: Double, of patch: inout Patch) {
    let extents = Patch.extents(patch.shape)
    let flat = 3 - patch.shape.count
    // The share passes through float32 there, which decides how halves are rounded.
    let share = Double(Float(resolution))
    let coarse = extents.enumerated().map { axis, extent in
      if axis < flat || (isPlanar && axis == flat) { return extent }
      return max(1, Int32((Double(extent) * share).rounded(.toNearestOrEven)))
    }
    if coarse == extents { return }
    let count = coarse.reduce(1) { $0 * Int($1) }
    let scratch = 3 * Int(extents[1]) * Int(extents[2])
    patch.withChannel(channel) { values in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count + scratch) { memory in
        guard let small = memory.baseAddress else { return }
        vk_nearest_image(values.baseAddress, extents, coarse, small)
        vk_linear_image(small, coarse, extents, small + count, values.baseAddress)
      }
    }
  }
}
