// Images with more or less contrast.

internal import CKernels
public import Datasets

/// Stretches each channel about its mean, inside the range that it had.
///
/// nnU-Net: by chance 0.15, factors from 0.75 to 1.25, half of them below 1; the range is kept.
/// Source: batchgeneratorsv2 0.3.6, `ContrastTransform` with `BGContrast`.
public struct Contrast: PatchTransform {
  public var probability: Double
  public var factor: ClosedRange<Double>

  public init(probability: Double = 0.15, factor: ClosedRange<Double> = 0.75...1.25) {
    self.probability = probability
    self.factor = factor
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    for channel in 0..<patch.channels {
      stretch(channel, by: random.factor(in: factor), of: &patch)
    }
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try require(
      "factor", factor, factor.lowerBound >= 0 && factor.upperBound.isFinite, "factors from 0 on")
  }

  func stretch(_ channel: Int, by factor: Double, of patch: inout Patch) {
    patch.withChannel(channel) { values in
      let count = Int64(values.count)
      let moments = vk_value_summary_of(values.baseAddress, count)
      vk_scale(
        values.baseAddress, count, Float(factor), Float(moments.mean * (1 - factor)),
        moments.minimum, moments.maximum)
    }
  }
}
