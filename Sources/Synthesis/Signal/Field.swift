// A scalar on a grid of voxels and the filters that imaging physics needs: blurs and smooth random fields.

internal import Datasets
internal import Foundation

/// One number per voxel, x fastest.
struct Field: Sendable, Equatable {
  let size: SIMD3<Int>
  var values: [Float]

  init(size: SIMD3<Int>, values: [Float]) {
    self.size = size
    self.values = values
  }

  init(size: SIMD3<Int>, filledWith value: Float = 0) {
    self.init(size: size, values: Array(repeating: value, count: size.x * size.y * size.z))
  }

  /// The field convolved with a normalised Gaussian; the outermost voxels are continued.
  ///
  /// - Parameter sigma: standard deviation along each axis, in voxels; 0 leaves an axis alone
  /// - Returns: the smooth field
  func blurred(_ sigma: SIMD3<Double>) -> Field {
    var result = self
    for axis in 0..<3 where size[axis] > 1 && sigma[axis] > 1e-3 {
      result = result.filtered(axis, Self.gaussian(sigma[axis]))
    }
    return result
  }

  /// The weights of a normalised Gaussian, cut off at three standard deviations.
  static func gaussian(_ sigma: Double) -> [Float] {
    let reach = max(1, Int((3 * sigma).rounded(.up)))
    let raw = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let sum = raw.reduce(0, +)
    return raw.map { Float($0 / sum) }
  }

  /// Correlates along one axis with a kernel of odd length.
  private func filtered(_ axis: Int, _ kernel: [Float]) -> Field {
    let stride = [1, size.x, size.x * size.y][axis]
    let length = size[axis]
    let reach = kernel.count / 2
    var result = [Float](repeating: 0, count: values.count)
    values.withUnsafeBufferPointer { input in
      kernel.withUnsafeBufferPointer { kernel in
        result.withUnsafeMutableBufferPointer { output in
          for index in 0..<input.count {
            let place = index / stride % length
            let start = index - place * stride
            var sum: Float = 0
            if place >= reach, place + reach < length {
              var source = index - reach * stride
              for tap in 0..<kernel.count {
                sum += kernel[tap] * input[source]
                source += stride
              }
            } else {
              for tap in 0..<kernel.count {
                let at = min(max(place + tap - reach, 0), length - 1)
                sum += kernel[tap] * input[start + at * stride]
              }
            }
            output[index] = sum
          }
        }
      }
    }
    return Field(size: size, values: result)
  }

  /// Smooth noise with mean 0 and standard deviation 1: cubic B-splines over normal random numbers.
  ///
  /// - Parameters:
  ///   - size: of the grid
  ///   - cells: between knots along each axis; more cells give finer structure
  ///   - random: where the numbers come from
  /// - Returns: the field
  static func smoothNoise(
    _ size: SIMD3<Int>, cells: SIMD3<Int>, random: inout CounterRandom
  ) -> Field {
    let knots = SIMD3(cells.x + 3, cells.y + 3, cells.z + 3)
    var field = Field(size: knots, values: random.normals(knots.x * knots.y * knots.z))
    for axis in 0..<3 { field = field.expanded(axis, to: size[axis], cells: cells[axis]) }
    return field.standardised
  }

  /// Evaluates uniform cubic B-splines along one axis at `count` voxel centres.
  func expanded(_ axis: Int, to count: Int, cells: Int) -> Field {
    var target = size
    target[axis] = count
    let inner = [1, size.x, size.x * size.y][axis]
    let outer = values.count / (inner * size[axis])
    let length = size[axis]
    var result = [Float](repeating: 0, count: inner * count * outer)
    values.withUnsafeBufferPointer { input in
      result.withUnsafeMutableBufferPointer { output in
        for place in 0..<count {
          let position = (Double(place) + 0.5) / Double(count) * Double(cells)
          let knot = min(Int(position), cells - 1)
          let weights = Self.splineWeights(Float(position - Double(knot)))
          for block in 0..<outer {
            let source = block * length * inner + knot * inner
            let goal = (block * count + place) * inner
            for lane in 0..<inner {
              let first = source + lane
              output[goal + lane] =
                weights.x * input[first] + weights.y * input[first + inner]
                + weights.z * input[first + 2 * inner] + weights.w * input[first + 3 * inner]
            }
          }
        }
      }
    }
    return Field(size: target, values: result)
  }

  private static func splineWeights(_ t: Float) -> SIMD4<Float> {
    let u = 1 - t
    let middle: Float = (3 * t * t * t - 6 * t * t + 4) / 6
    let later: Float = (3 * u * u * u - 6 * u * u + 4) / 6
    return SIMD4(u * u * u / 6, middle, later, t * t * t / 6)
  }

  /// Shifted and scaled to mean 0 and standard deviation 1; a constant field becomes 0.
  var standardised: Field {
    var sum = 0.0
    var squares = 0.0
    for value in values {
      sum += Double(value)
      squares += Double(value) * Double(value)
    }
    let mean = sum / Double(max(1, values.count))
    let deviation = max(0, squares / Double(max(1, values.count)) - mean * mean).squareRoot()
    let scale = deviation > 1e-9 ? Float(1 / deviation) : 0
    return Field(size: size, values: values.map { ($0 - Float(mean)) * scale })
  }
}
