// Bringing the values of a channel to a common scale, by the five schemes that nnU-Net's plans name.

import Foundation

/// Normalises channels in place, in 32 bits as nnU-Net does.
///
/// Source: nnunetv2 2.8.1, `default_normalization_schemes`.
public struct Normalisation: Sendable {
  public let scheme: NormalisationScheme
  /// Whether z-scores are taken inside the nonzero region and values outside it stay as they are.
  public let usesMask: Bool
  /// Needed by ``NormalisationScheme/ct``.
  public let intensities: IntensityProperties?

  public init(
    _ scheme: NormalisationScheme, usesMask: Bool = false, intensities: IntensityProperties? = nil
  ) {
    self.scheme = scheme
    self.usesMask = usesMask
    self.intensities = intensities
  }

  /// - Parameters:
  ///   - values: One channel.
  ///   - channel: Its number, for messages.
  ///   - labels: One label per value, where `usesMask` is set; negative ones lie outside the mask.
  /// - Throws: ``PreparationError``
  public func apply(to values: inout [Float], channel: Int, labels: [Int16]? = nil) throws {
    switch scheme {
    case .none: return
    case .ct:
      guard let intensities else { throw PreparationError.noIntensities(channel: channel) }
      let low = Float(intensities.percentile005)
      let high = Float(intensities.percentile995)
      scale(&values, minus: Float(intensities.mean), by: intensities.std, within: (low, high))
    case .zScore:
      if usesMask, let labels {
        scoreInside(&values, labels)
      } else {
        let (mean, deviation) = moments(values)
        scale(&values, minus: mean, by: deviation)
      }
    case .rgb:
      let (low, high) = extremes(values)
      guard low >= 0, high <= 255 else {
        throw PreparationError.notColour(channel: channel, low: low, high: high)
      }
      scale(&values, minus: 0, by: 255)
    case .range:
      let (low, high) = extremes(values)
      scale(&values, minus: low, by: Double(high - low))
    }
  }

  /// Divisors below this are replaced by it, so that a constant image becomes zero.
  private static let least = 1e-8

  private func scale(
    _ values: inout [Float], minus shift: Float, by divisor: Double,
    within bounds: (low: Float, high: Float)? = nil
  ) {
    let divisor = Float(max(divisor, Self.least))
    let low = bounds?.low ?? -.infinity
    let high = bounds?.high ?? .infinity
    values.withUnsafeMutableBufferPointer { values in
      for index in values.indices {
        let value = values[index]
        values[index] = ((value < low ? low : value > high ? high : value) - shift) / divisor
      }
    }
  }

  private func moments(_ values: [Float]) -> (mean: Float, deviation: Double) {
    values.withUnsafeBufferPointer { values in
      var sum = 0.0
      for value in values { sum += Double(value) }
      let mean = sum / Double(max(values.count, 1))
      var squares = 0.0
      for value in values {
        let distance = Double(value) - mean
        squares += distance * distance
      }
      return (Float(mean), (squares / Double(max(values.count, 1))).squareRoot())
    }
  }

  private func scoreInside(_ values: inout [Float], _ labels: [Int16]) {
    var inside: [Float] = []
    for (value, label) in zip(values, labels) where label >= 0 { inside.append(value) }
    guard !inside.isEmpty else { return }
    let (mean, deviation) = moments(inside)
    let divisor = Float(max(deviation, Self.least))
    values.withUnsafeMutableBufferPointer { values in
      labels.withUnsafeBufferPointer { labels in
        for index in values.indices where labels[index] >= 0 {
          values[index] = (values[index] - mean) / divisor
        }
      }
    }
  }

  private func extremes(_ values: [Float]) -> (low: Float, high: Float) {
    values.withUnsafeBufferPointer { values in
      var low = Float.infinity
      var high = -Float.infinity
      for value in values {
        low = value < low ? value : low
        high = value > high ? value : high
      }
      return (low, high)
    }
  }
}
