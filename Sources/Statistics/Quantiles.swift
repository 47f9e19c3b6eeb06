// Order statistics as NumPy and R compute them by default, and rounding that undoes the noise of
// subtraction.

import Foundation

/// The p-quantile of ascending values by linear interpolation (type 7 of Hyndman and Fan 1996).
func quantile(_ p: Double, ofSorted values: [Double]) -> Double? {
  guard let last = values.last else { return nil }
  let position = p * Double(values.count - 1)
  let index = Int(position.rounded(.down))
  guard index + 1 < values.count else { return last }
  let fraction = position - Double(index)
  return values[index] + fraction * (values[index + 1] - values[index])
}

/// The middle of ascending values, or the mean of the two middle ones.
func median(ofSorted values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
}

/// The mean; nil for no value.
func mean(of values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// The standard deviation with n − 1; nil for fewer than two values.
func standardDeviation(of values: [Double]) -> Double? {
  guard values.count > 1, let mean = mean(of: values) else { return nil }
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(values.count - 1)).squareRoot()
}

/// A value rounded to decimal digits, counted from the first significant digit of a scale.
///
/// The result is the double nearest to the decimal, so that values with equal decimals become
/// equal.
func rounded(_ value: Double, digits: Int, scale: Double) -> Double {
  guard scale > 0, scale.isFinite, value.isFinite else { return value }
  let exponent = digits - 1 - Int(floor(log10(scale)))
  // Powers of ten beyond 10²² are not exact; scores of such sizes keep their noise.
  guard abs(exponent) <= 22 else { return value }
  let power = pow(10, Double(abs(exponent)))
  return exponent >= 0
    ? (value * power).rounded(.toNearestOrEven) / power
    : (value / power).rounded(.toNearestOrEven) * power
}

/// A value rounded to significant decimal digits.
func rounded(_ value: Double, digits: Int) -> Double {
  rounded(value, digits: digits, scale: abs(value))
}
