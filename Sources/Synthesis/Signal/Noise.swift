// The noise of detectors, each with the distribution that physics gives it.

internal import Datasets
internal import Foundation

extension CounterRandom {
  /// Standard normal numbers, two from each pair of uniform ones (Box and Muller).
  mutating func normals(_ count: Int) -> [Float] {
    var result = [Float](repeating: 0, count: count)
    var index = 0
    while index < count {
      let length = (-2 * log(1 - uniform())).squareRoot()
      let angle = 2 * Double.pi * uniform()
      result[index] = Float(length * cos(angle))
      if index + 1 < count { result[index + 1] = Float(length * sin(angle)) }
      index += 2
    }
    return result
  }

  /// A number of events where `mean` are expected.
  ///
  /// Products of uniform numbers below a mean of 12, else Hörmann's transformed rejection (PTRS), Insurance:
  /// Mathematics and Economics 12 (1993), 39.
  mutating func poisson(_ mean: Double) -> Double {
    guard mean > 0 else { return 0 }
    if mean < 12 {
      let limit = exp(-mean)
      var product = uniform()
      var count = 0.0
      while product > limit {
        product *= uniform()
        count += 1
      }
      return count
    }
    let logMean = log(mean)
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let accepted = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = 1 - uniform()
      let us = 0.5 - abs(u)
      let count = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07, v <= accepted { return count }
      if count < 0 || (us < 0.013 && v > us) { continue }
      let left = log(v) + log(inverseAlpha) - log(a / (us * us) + b)
      if left <= count * logMean - mean - lgamma(count + 1) { return count }
    }
  }

  /// A number from the range, evenly in its logarithm.
  mutating func logUniform(in range: ClosedRange<Double>) -> Double {
    exp(uniform(in: log(range.lowerBound)...log(range.upperBound)))
  }

  /// One of two signs.
  mutating func sign() -> Double { happens(0.5) ? 1 : -1 }
}

enum Noise {
  /// Adds Gaussian noise that a reconstruction filter has made coarse.
  ///
  /// - Parameters:
  ///   - field: the clean image
  ///   - deviation: standard deviation of the result's noise
  ///   - sigma: width of the filter, in voxels; the noise is scaled so that `deviation` holds after it
  ///   - random: where the numbers come from
  static func addSmooth(
    to field: inout Field, deviation: Double, sigma: SIMD3<Double>, random: inout CounterRandom
  ) {
    let white = Field(size: field.size, values: random.normals(field.values.count))
    var gain = deviation
    for axis in 0..<3 where field.size[axis] > 1 && sigma[axis] > 1e-3 {
      let kernel = Field.gaussian(sigma[axis])
      gain /= Double(kernel.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }
    let noise = white.blurred(sigma)
    for index in field.values.indices { field.values[index] += Float(gain) * noise.values[index] }
  }

  /// The magnitude of a complex signal with Gaussian noise in both channels: Rician.
  ///
  /// Where there is no signal the mean is σ √(π/2). Source: Gudbjartsson and Patz, Magnetic Resonance in Medicine
  /// 34 (1995), 910.
  static func rician(_ field: Field, sigma: Double, random: inout CounterRandom) -> Field {
    let real = random.normals(field.values.count)
    let imaginary = random.normals(field.values.count)
    let sigma = Float(sigma)
    var result = field
    for index in field.values.indices {
      let along = field.values[index] + sigma * real[index]
      let across = sigma * imaginary[index]
      result.values[index] = (along * along + across * across).squareRoot()
    }
    return result
  }

  /// Counts of photons where `field` photons are expected, plus the Gaussian noise of the amplifier.
  static func photons(_ field: Field, read deviation: Double, random: inout CounterRandom) -> Field
  {
    var result = field
    for index in field.values.indices {
      let counted = random.poisson(Double(field.values[index]))
      result.values[index] = Float(counted + deviation * random.normal())
    }
    return result
  }

  /// A smooth multiplicative field of a coil, exp of smooth noise, with mean logarithm 0.
  ///
  /// - Parameters:
  ///   - size: of the grid
  ///   - strength: standard deviation of its logarithm
  ///   - random: where the numbers come from
  /// - Returns: factors around 1
  static func biasField(
    _ size: SIMD3<Int>, strength: Double, random: inout CounterRandom
  ) -> Field {
    let cells = SIMD3(2, 2, size.z > 1 ? 2 : 1)
    var field = Field.smoothNoise(size, cells: cells, random: &random)
    for index in field.values.indices {
      field.values[index] = exp(Float(strength) * field.values[index])
    }
    return field
  }
}
