// Images whose intensities are bent.

internal import CKernels
public import Datasets

/// Raises each channel, scaled to 0…1, to a power, and gives it its mean and deviation back.
///
/// nnU-Net: by chance 0.1 on the inverted image and by chance 0.3 as it is; powers from 0.7 to 1.5, half of them
/// below 1. Source: batchgeneratorsv2 0.3.6, `GammaTransform` with `BGContrast`.
public struct Gamma: PatchTransform {
  public var probability: Double
  public var exponent: ClosedRange<Double>
  /// Whether the image is negated before and after.
  public var isInverted: Bool
  /// Whether the mean and the deviation are kept.
  public var keepsMoments: Bool

  public init(
    probability: Double = 0.3, exponent: ClosedRange<Double> = 0.7...1.5,
    isInverted: Bool = false, keepsMoments: Bool = true
  ) {
    self.probability = probability
    self.exponent = exponent
    self.isInverted = isInverted
    self.keepsMoments = keepsMoments
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    for channel in 0..<patch.channels {
      bend(channel, by: random.factor(in: exponent), of: &patch)
    }
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try require(
      "exponent", exponent, exponent.lowerBound > 0 && exponent.upperBound.isFinite,
      "powers above zero")
  }

  func bend(_ channel: Int, by exponent: Double, of patch: inout Patch) {
    patch.withChannel(channel) { values in
      let count = Int64(values.count)
      let before = vk_value_summary_of(values.baseAddress, count)
      let sign: Float = isInverted ? -1 : 1
      let minimum = isInverted ? -before.maximum : before.minimum
      // A flat channel has no range; the smallest one that is divided by is nnU-Net's.
      let range = max(before.maximum - before.minimum, 1e-7)
      vk_power(values.baseAddress, count, sign, minimum, range, Float(exponent))
      var factor = 1.0
      var offset = 0.0
      if keepsMoments {
        let after = vk_value_summary_of(values.baseAddress, count)
        factor = before.deviation / max(after.deviation, 1e-7)
        offset = before.mean * Double(sign) - after.mean * factor
      }
      vk_scale(
        values.baseAddress, count, sign * Float(factor), sign * Float(offset), -.infinity,
        .infinity)
    }
  }
}
