// The standard normal distribution: probabilities from the error function, quantiles by refinement
// of a guess.

import Foundation

/// The standard normal distribution, mean 0 and variance 1.
public enum NormalDistribution {
  /// The density at x.
  static func density(_ x: Double) -> Double {
    exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
  }

  /// P(X ≤ x), with the relative accuracy of the platform's `erfc`: within 1e-12 down to 1e-300.
  public static func cumulative(_ x: Double) -> Double {
    0.5 * erfc(-x / 2.0.squareRoot())
  }

  /// The x with P(X ≤ x) = p, within 1e-14 of its size; ±∞ at 1 and 0, not a number outside 0…1.
  ///
  /// The guess of Abramowitz and Stegun 26.2.23 (off by less than 4.5e-4) and Halley steps, each of
  /// which triples the correct digits. Works on the lower half, where p does not lose digits.
  public static func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return -.infinity }
    if p == 1 { return .infinity }
    if p == 0.5 { return 0 }
    if p > 0.5 { return -quantile(1 - p) }
    let t = (-2 * log(p)).squareRoot()
    var x =
      (2.515517 + t * (0.802853 + t * 0.010328))
      / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in 0..<3 {
      let step = (cumulative(x) - p) / density(x)
      x -= step / (1 + 0.5 * x * step)
    }
    return x
  }
}
