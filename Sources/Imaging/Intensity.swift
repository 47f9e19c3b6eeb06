// Rescaling intensities: pure functions over values, with the formula of each and what becomes of a constant image.

/// Ways to bring intensities into a common range; NaN and infinite values pass through unchanged
/// unless a formula says otherwise, and never count towards the parameters.
public enum Intensity {
  /// `lower + (v − min) / (max − min) · (upper − lower)`, with min and max over the finite values.
  ///
  /// A constant image becomes `lower` everywhere.
  public static func minMax(
    _ values: [Float], to range: ClosedRange<Float> = 0...1
  ) -> [Float] {
    let moments = moments(values)
    guard moments.count > 0 else { return values }
    return scaled(
      values, from: Float(moments.minimum), Float(moments.maximum), to: range, clipping: false)
  }

  /// Clips to the quantiles `fractions` (linear between neighbours, as NumPy), then scales them to `range`.
  ///
  /// Without `clipping`, values beyond the quantiles map beyond the range. Infinite values are clipped too. When both quantiles are equal, values at or below become
  /// `range.lowerBound` and values above become `range.upperBound`; a constant image is thus the lower bound.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` for fractions outside 0…1 or without finite values.
  public static func quantile(
    _ values: [Float], fractions: ClosedRange<Double> = 0.005...0.995,
    to range: ClosedRange<Float> = 0...1, clipping: Bool = true
  ) throws -> [Float] {
    let bounds = try quantilesOfFinite(values, [fractions.lowerBound, fractions.upperBound])
    return scaled(
      values, from: Float(bounds[0]), Float(bounds[1]), to: range, clipping: clipping)
  }

  /// `(v − mean) / standard deviation` with the population deviation over the finite values.
  ///
  /// A constant image becomes 0 everywhere.
  public static func zeroMeanUnitVariance(_ values: [Float]) -> [Float] {
    let moments = moments(values)
    guard moments.count > 0 else { return values }
    let deviation = (moments.squares / Double(moments.count)).squareRoot()
    // Rounding alone gives a constant image a deviation of this size.
    guard deviation > 1e-12 * max(1, abs(moments.mean)) else {
      return values.map { $0.isFinite ? 0 : $0 }
    }
    return values.map { Float((Double($0) - moments.mean) / deviation) }
  }

  /// A display window: `lower + clip((v − (centre − width / 2)) / width, 0, 1) · (upper − lower)`.
  ///
  /// This is the linear-exact function of DICOM PS3.3 C.11.2.1.3.2, in the image's own unit (Hounsfield
  /// units for CT). Infinite values are clipped; a constant image becomes whatever its value maps to.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` unless the width is positive and both are finite.
  public static func window(
    _ values: [Float], centre: Float, width: Float, to range: ClosedRange<Float> = 0...1
  ) throws -> [Float] {
    guard centre.isFinite, width.isFinite, width > 0 else {
      throw ImagingError.badParameter(
        "window centre \(centre) and width \(width); give finite numbers and a width above 0")
    }
    return scaled(
      values, from: centre - width / 2, centre + width / 2, to: range, clipping: true)
  }

  private static func scaled(
    _ values: [Float], from low: Float, _ high: Float, to range: ClosedRange<Float>, clipping: Bool
  ) -> [Float] {
    let span = range.upperBound - range.lowerBound
    guard high > low else {
      return values.map {
        $0.isNaN || (!clipping && !$0.isFinite)
          ? $0 : ($0 > high && clipping ? range.upperBound : range.lowerBound)
      }
    }
    // Dividing in double keeps extreme ranges finite and the upper bound exact.
    let extent = Double(high) - Double(low)
    return values.map { value in
      if value.isNaN || (!clipping && !value.isFinite) { return value }
      let part = (Double(value) - Double(low)) / extent
      let kept = clipping ? min(max(part, 0), 1) : part
      return kept == 1 ? range.upperBound : range.lowerBound + Float(kept) * span
    }
  }

  private static func moments(_ values: [Float]) -> Moments { values.moments() }
}
