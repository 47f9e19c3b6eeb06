// Student's t distribution, central for intervals and non-central for the power of paired tests.

import Foundation

/// Student's t distribution with a number of degrees of freedom.
public struct StudentDistribution: Sendable {
  public let degreesOfFreedom: Double

  /// - Parameter degreesOfFreedom: above 0; cases minus one for one sample
  public init(degreesOfFreedom: Double) {
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(T ≤ t), within 1e-12.
  public func cumulative(_ t: Double) -> Double {
    if t.isNaN { return .nan }
    if t.isInfinite { return t < 0 ? 0 : 1 }
    let nu = degreesOfFreedom
    let tail = 0.5 * regularisedBeta(nu / (nu + t * t), a: nu / 2, b: 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The t with P(T ≤ t) = p, within 1e-10 of its size; ±∞ at 1 and 0, not a number outside 0…1.
  public func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return -.infinity }
    if p == 1 { return .infinity }
    if p == 0.5 { return 0 }
    if p > 0.5 { return -quantile(1 - p) }
    var low = -1.0
    while cumulative(low) > p { low *= 2 }
    return bisected(from: low, to: 0) { cumulative($0) - p }
  }

  /// P(T ≤ t) of the non-central distribution, within 1e-9.
  ///
  /// T is (Z + δ) / S with S² = χ²/ν; the integral of Φ(t s − δ) over the density of S by Simpson's
  /// rule, whose integrand is smooth and negligible outside ten standard deviations of S.
  ///
  /// - Parameters:
  ///   - t: where
  ///   - delta: the non-centrality δ; for n pairs the standardised mean difference times √n
  /// - Returns: a probability
  public func cumulative(_ t: Double, nonCentrality delta: Double) -> Double {
    let nu = degreesOfFreedom
    let spread = 10 / (2 * nu).squareRoot()
    let low = max(0, 1 - spread)
    let high = 1 + spread
    let logScale = log(2) + nu / 2 * log(nu / 2) - lgamma(nu / 2)
    func integrand(_ s: Double) -> Double {
      let logDensity = logScale - nu * s * s / 2 + (nu == 1 ? 0 : (nu - 1) * log(s))
      return exp(logDensity) * NormalDistribution.cumulative(t * s - delta)
    }
    // With few degrees of freedom the range is wide, and large t make a steep edge in it.
    let steps = nu < 10 ? 4000 : 1000
    let width = (high - low) / Double(steps)
    var sum = integrand(low) + integrand(high)
    for step in 1..<steps {
      sum += (step.isMultiple(of: 2) ? 2 : 4) * integrand(low + Double(step) * width)
    }
    return min(1, max(0, sum * width / 3))
  }
}

/// The regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22).
private func regularisedBeta(_ x: Double, a: Double, b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  // The fraction converges fast only on this side; the other is its complement.
  if x > (a + 1) / (a + b + 2) { return 1 - regularisedBeta(1 - x, a: b, b: a) }
  let logFront =
    a * log(x) + b * log1p(-x) + logRise(max(a, b), by: min(a, b)) - lgamma(min(a, b))
  let tiny = 1e-300
  var d = 1 - (a + b) * x / (a + 1)
  d = 1 / (abs(d) < tiny ? tiny : d)
  var c = 1.0
  var fraction = d
  for m in 1...10_000 {
    let m = Double(m)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    var change = 1.0
    for coefficient in [even, odd] {
      d = 1 + coefficient * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + coefficient / c
      c = abs(c) < tiny ? tiny : c
      change = c * d
      fraction *= change
    }
    if abs(change - 1) < 1e-15 { break }
  }
  return exp(logFront) * fraction / a
}

/// ln Γ(large + small) − ln Γ(large).
///
/// The difference of two large logarithms would lose digits; its series for halves loses none.
private func logRise(_ large: Double, by small: Double) -> Double {
  guard small == 0.5, large > 30 else { return lgamma(large + small) - lgamma(large) }
  let inverse = 1 / (large * large)
  let series =
    -1.0 / 8 + inverse * (1.0 / 192 - inverse * (1.0 / 640 - inverse * 17.0 / 14336))
  return 0.5 * log(large) + series / large
}

/// The zero of an increasing or decreasing function between two points of opposite sign, to the
/// last digits.
func bisected(from low: Double, to high: Double, _ function: (Double) -> Double) -> Double {
  var low = low
  var high = high
  let rises = function(high) > function(low)
  for _ in 0..<200 {
    let middle = low + (high - low) / 2
    if middle == low || middle == high { break }
    if (function(middle) < 0) == rises { low = middle } else { high = middle }
  }
  return low + (high - low) / 2
}
