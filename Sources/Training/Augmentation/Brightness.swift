// Images brighter or darker as a whole.

internal import CKernels
public import Datasets

/// Multiplies each channel by a factor.
///
/// nnU-Net: by chance 0.15, factors from 0.75 to 1.25, half of them below 1.
/// Source: batchgeneratorsv2 0.3.6, `MultiplicativeBrightnessTransform` with `BGContrast`.
public struct Brightness: PatchTransform {
  public var probability: Double
  public var factor: ClosedRange<Double>

  public init(probability: Double = 0.15, factor: ClosedRange<Double> = 0.75...1.25) {
    self.probability = probability
    self.factor = factor
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    for channel in 0..<patch.channels {
      multiply(channel, by: random.factor(in: factor), of: &patch)
    }
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try require(
      "factor", factor, factor.lowerBound >= 0 && factor.upperBound.isFinite, "factors from 0 on")
  }

  func multiply(_ channel: Int, by factor: Double, of patch: inout Patch) {
    patch.withChannel(channel) { values in
      vk_scale(
        values.baseAddress, Int64(values.count), Float(factor), 0, -.infinity, .infinity)
    }
  }
}
