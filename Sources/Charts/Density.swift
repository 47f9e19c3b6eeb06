// The smooth outline of a violin: a kernel density estimate.

import Foundation

/// Gaussian kernel density with Silverman's bandwidth (1986, equation 3.31), cut at the ends of the data.
enum Density {
  /// Positions and heights, the highest being 1; empty where the values do not spread.
  static func curve(_ values: [Double], steps: Int = 64) -> [(x: Double, height: Double)] {
    let sorted = values.sorted()
    guard sorted.count > 4, let low = sorted.first, let high = sorted.last, high > low else {
      return []
    }
    let count = Double(sorted.count)
    let mean = sorted.reduce(0, +) / count
    let deviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
    let spread = (Quantile.of(sorted, 0.75) - Quantile.of(sorted, 0.25)) / 1.34
    let bandwidth = 0.9 * (spread > 0 ? min(deviation, spread) : deviation) * pow(count, -0.2)
    guard bandwidth > 0, (high - low) / bandwidth < 1e4 else { return [] }
    let points = (0...steps).map { step in
      let x = low + (high - low) * Double(step) / Double(steps)
      let height = sorted.reduce(0.0) { sum, value in
        let distance = (x - value) / bandwidth
        return sum + exp(-distance * distance / 2)
      }
      return (x: x, height: height)
    }
    guard let top = points.map(\.height).max(), top > 0 else { return [] }
    return points.map { ($0.x, $0.height / top) }
  }
}

/// Quantiles of sorted values.
enum Quantile {
  /// With linear interpolation (Hyndman and Fan's type 7); `sorted` is not empty.
  static func of(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}
