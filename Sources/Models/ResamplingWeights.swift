// Resizing as a product with one matrix for the rows and one for the columns, where libtorch has no
// operation that computes what the authors of weights computed.

import Foundation
import Tensors

/// How much each of `old` pixels along an axis counts in each of `new` ones.
struct ResamplingWeights {
  private var values: [Double]
  private let old: Int
  private let new: Int

  private init(from old: Int, to new: Int) {
    values = [Double](repeating: 0, count: old * new)
    self.old = old
    self.new = new
  }

  /// The share of each old pixel in the extent of a new one, in reductions and enlargements alike; the
  /// area interpolation of OpenCV.
  static func area(from old: Int, to new: Int) -> ResamplingWeights {
    var weights = ResamplingWeights(from: old, to: new)
    let scale = Double(old) / Double(new)
    for row in 0..<new {
      let (start, end) = (Double(row) * scale, Double(row + 1) * scale)
      for column in Int(start)..<min(old, Int(end.rounded(.up))) {
        let share = min(end, Double(column + 1)) - max(start, Double(column))
        weights.values[row * old + column] = max(0, share) / scale
      }
    }
    return weights
  }

  /// Cubic B-splines through the old pixels, mirrored at the centres of the outermost; reductions are
  /// smoothed by a Gaussian of (old / new − 1) / 2 pixels first. scikit-image's `resize` of order 3.
  static func spline(from old: Int, to new: Int) -> ResamplingWeights {
    var weights = ResamplingWeights(from: old, to: new)
    let scale = Double(old) / Double(new)
    // The mirrored image is infinite, so that all steps are convolutions and make one kernel.
    let kernel = convolved(coefficients, gaussian((scale - 1) / 2))
    for row in 0..<new {
      let place = (Double(row) + 0.5) * scale - 0.5
      let t = place - place.rounded(.down)
      let taps = [
        (1 - t) * (1 - t) * (1 - t), 3 * t * t * t - 6 * t * t + 4,
        -3 * t * t * t + 3 * t * t + 3 * t + 1, t * t * t,
      ]
      let first = Int(place.rounded(.down)) - 1 - kernel.count / 2
      for (tap, share) in taps.enumerated() {
        for (index, value) in kernel.enumerated() {
          let column = mirrored(first + tap + index, old)
          weights.values[row * old + column] += share / 6 * value
        }
      }
    }
    return weights
  }

  /// The matrix (new, old), each of whose rows adds up to 1.
  func tensor(_ dtype: DType, device: Device) throws -> Tensor {
    try Tensor(values, shape: [new, old]).to(dtype, device: device)
  }

  /// From values to the coefficients of the spline through them: what undoes the weights 1, 4, 1 of
  /// sixths. It falls by (2 − √3) per pixel; after 32 of them nothing is left in double precision.
  private static let coefficients: [Double] = {
    let pole = 3.0.squareRoot() - 2
    return (-32...32).map { -6 * pole / (1 - pole * pole) * pow(pole, Double(abs($0))) }
  }()

  private static func gaussian(_ deviation: Double) -> [Double] {
    guard deviation > 0 else { return [1] }
    let reach = Int(4 * deviation + 0.5)
    let values = (-reach...reach).map { exp(-0.5 * pow(Double($0) / deviation, 2)) }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }

  private static func convolved(_ a: [Double], _ b: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: a.count + b.count - 1)
    for (i, x) in a.enumerated() {
      for (j, y) in b.enumerated() { sums[i + j] += x * y }
    }
    return sums
  }

  /// The pixel in 0 ..< `count` that shows at `index` between mirrors through the outermost centres.
  private static func mirrored(_ index: Int, _ count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let folded = abs(index) % period
    return min(folded, period - folded)
  }
}
