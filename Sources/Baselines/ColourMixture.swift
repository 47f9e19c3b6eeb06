// Which colours a region has, as a mixture of Gaussians.

import Foundation

/// Gaussians over red, green and blue, learnt from pixels that each belong to one of them.
struct ColourMixture {
  private(set) var components: [ColourComponent] = []

  init(components: [ColourComponent]) {
    self.components = components
  }

  /// - Parameters:
  ///   - colours: those of the image
  ///   - counts: how many pixels of the region have each colour
  ///   - assignment: the component that each colour belongs to
  init(_ colours: [SIMD3<Double>], counts: [Double], assignment: [Int]) {
    var sums = [ColourSums](repeating: ColourSums(), count: (assignment.max() ?? 0) + 1)
    for (index, colour) in colours.enumerated() where counts[index] > 0 {
      sums[assignment[index]].add(colour, counts[index])
    }
    let total = counts.reduce(0, +)
    for sum in sums where sum.count > 0 {
      components.append(
        ColourComponent(
          share: sum.count / total, mean: sum.mean, covariance: sum.covariance))
    }
  }

  /// The logarithm of the density of a colour, less a constant that is the same for every mixture; −∞ for a
  /// mixture of nothing.
  func logDensity(_ colour: SIMD3<Double>) -> Double {
    var greatest = -Double.infinity
    var sum = 0.0
    for component in components {
      let value = component.logShare + component.logDensity(colour)
      if value > greatest {
        sum = sum * exp(greatest - value) + 1
        greatest = value
      } else {
        sum += exp(value - greatest)
      }
    }
    return components.isEmpty ? greatest : greatest + log(sum)
  }

  /// The component under which a colour is likeliest, whatever their shares.
  func nearest(_ colour: SIMD3<Double>) -> Int {
    var best = 0
    var greatest = -Double.infinity
    for (index, component) in components.enumerated() {
      let value = component.logDensity(colour)
      if value > greatest { (best, greatest) = (index, value) }
    }
    return best
  }
}

/// One Gaussian of a mixture.
struct ColourComponent {
  let logShare: Double
  private let mean: SIMD3<Double>
  private let inverse: SymmetricMatrix
  private let logScale: Double

  /// A covariance that is all but singular, as that of grey pixels always is, gets 0.01 on its diagonal
  /// first, as in OpenCV.
  init(share: Double, mean: SIMD3<Double>, covariance: SymmetricMatrix) {
    var covariance = covariance
    // Below the second bound, which OpenCV lacks, a determinant is nothing but rounding.
    let size = covariance.diagonal.sum() / 3
    if covariance.determinant <= max(1e-6, 1e-13 * size * size * size) {
      covariance.diagonal += 0.01
    }
    self.mean = mean
    logShare = log(share)
    logScale = -0.5 * log(covariance.determinant)
    inverse = covariance.inverse
  }

  func logDensity(_ colour: SIMD3<Double>) -> Double {
    let difference = colour - mean
    return logScale - 0.5 * (difference * (inverse * difference)).sum()
  }
}

/// A symmetric matrix of three rows.
struct SymmetricMatrix {
  var diagonal = SIMD3<Double>()
  /// The elements of rows 2 and 3, 1 and 3, 1 and 2: beside the diagonal, named by the row that is missing.
  var others = SIMD3<Double>()

  var determinant: Double {
    let (d, o) = (diagonal, others)
    return d.x * (d.y * d.z - o.x * o.x) - o.z * (o.z * d.z - o.x * o.y)
      + o.y * (o.z * o.x - d.y * o.y)
  }

  var inverse: SymmetricMatrix {
    let (d, o) = (diagonal, others)
    let minors = SIMD3(
      d.y * d.z - o.x * o.x, d.x * d.z - o.y * o.y, d.x * d.y - o.z * o.z)
    let crossed = SIMD3(
      o.y * o.z - d.x * o.x, o.x * o.z - d.y * o.y, o.x * o.y - d.z * o.z)
    return SymmetricMatrix(diagonal: minors / determinant, others: crossed / determinant)
  }

  static func * (matrix: SymmetricMatrix, vector: SIMD3<Double>) -> SIMD3<Double> {
    let (d, o, v) = (matrix.diagonal, matrix.others, vector)
    return SIMD3(
      d.x * v.x + o.z * v.y + o.y * v.z,
      o.z * v.x + d.y * v.y + o.x * v.z,
      o.y * v.x + o.x * v.y + d.z * v.z)
  }
}

/// Sums over the pixels of a component.
private struct ColourSums {
  private(set) var count = 0.0
  private var sum = SIMD3<Double>()
  private var products = SymmetricMatrix()

  mutating func add(_ colour: SIMD3<Double>, _ pixels: Double) {
    count += pixels
    sum += colour * pixels
    products.diagonal += colour * colour * pixels
    products.others += Self.crossed(colour) * pixels
  }

  var mean: SIMD3<Double> { sum / count }

  var covariance: SymmetricMatrix {
    SymmetricMatrix(
      diagonal: products.diagonal / count - mean * mean,
      others: products.others / count - Self.crossed(mean))
  }

  private static func crossed(_ colour: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(colour.y * colour.z, colour.x * colour.z, colour.x * colour.y)
  }
}
