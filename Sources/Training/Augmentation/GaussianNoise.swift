// Noise as sensors add it.

internal import CKernels
public import Datasets

/// Adds independent normal noise, of one strength for all channels.
///
/// nnU-Net: by chance 0.1; its `noise_variance`, uniform from 0 to 0.1, is used as the standard deviation.
/// Source: batchgeneratorsv2 0.3.6, `GaussianNoiseTransform`.
public struct GaussianNoise: PatchTransform {
  public var probability: Double
  /// Standard deviation, in units of the normalised image.
  public var deviation: ClosedRange<Double>

  public init(probability: Double = 0.1, deviation: ClosedRange<Double> = 0...0.1) {
    self.probability = probability
    self.deviation = deviation
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    add(random.uniform(in: deviation), seed: random.next(), to: &patch)
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try require(
      "deviation", deviation, deviation.lowerBound >= 0 && deviation.upperBound.isFinite,
      "numbers from 0 on")
  }

  func add(_ deviation: Double, seed: UInt64, to patch: inout Patch) {
    patch.image.withUnsafeMutableBufferPointer { values in
      vk_add_noise(seed, Float(deviation), Int64(values.count), values.baseAddress)
    }
  }
}
