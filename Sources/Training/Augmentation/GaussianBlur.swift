// Images out of focus.

internal import CKernels
public import Datasets
internal import Foundation

/// Blurs channels along each axis by a width of its own.
///
/// The kernel reaches 6 σ + ½ voxels, rounded to an odd length, as there: 3 voxels for σ = 0.5, 7 for σ = 1.
/// Borders are mirrored about the outermost voxel's centre.
/// nnU-Net: by chance 0.2, each channel by chance 0.5, σ uniform from 0.5 to 1 voxel for every channel and axis.
/// Source: batchgeneratorsv2 0.3.6, `GaussianBlurTransform`.
public struct GaussianBlur: PatchTransform {
  public var probability: Double
  public var channelProbability: Double
  /// Standard deviation in voxels.
  public var sigma: ClosedRange<Double>

  public init(
    probability: Double = 0.2, channelProbability: Double = 0.5,
    sigma: ClosedRange<Double> = 0.5...1
  ) {
    self.probability = probability
    self.channelProbability = channelProbability
    self.sigma = sigma
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    for channel in random.channels(of: patch.channels, probability: channelProbability) {
      let sigmas = patch.shape.map { _ in random.uniform(in: sigma) }
      blur(channel, sigmas, of: &patch)
    }
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try requireProbability("channelProbability", channelProbability)
    try require(
      "sigma", sigma, sigma.lowerBound > 0 && sigma.upperBound <= 20,
      "numbers of voxels above 0, up to 20")
  }

  /// Blurs one channel by one width for each axis of the patch.
  func blur(_ channel: Int, _ sigmas: [Double], of patch: inout Patch) {
    let extents = Patch.extents(patch.shape)
    let flat = Array(repeating: [Float(1)], count: 3 - sigmas.count)
    let kernels = flat + sigmas.map(Self.kernel)
    let weights = kernels.flatMap { $0 }
    patch.withChannel(channel) { values in
      weights.withUnsafeBufferPointer { weights in
        guard let first = weights.baseAddress else { return }
        var blur = vk_blur()
        blur.shape = (extents[0], extents[1], extents[2])
        blur.radius = (
          Int32(kernels[0].count - 1), Int32(kernels[1].count - 1), Int32(kernels[2].count - 1)
        )
        let second = first + kernels[0].count
        blur.weights = (first, second, second + kernels[1].count)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(vk_blur_scratch(&blur))) {
          blur.scratch = $0.baseAddress
          vk_blur_run(&blur, values.baseAddress)
        }
      }
    }
  }

  /// Half of a normal curve whose sum over both halves is 1, the middle first.
  static func kernel(_ sigma: Double) -> [Float] {
    let length = 6 * sigma + 0.5
    let rounded = length.rounded(.toNearestOrEven)
    let isOdd = Int(rounded) % 2 == 1
    let count = isOdd ? Int(rounded) : Int(rounded) + (length >= rounded ? 1 : -1)
    let curve = (0...max(0, count / 2)).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
    let sum = 2 * curve.reduce(0, +) - curve[0]
    return curve.map { Float($0 / sum) }
  }
}
