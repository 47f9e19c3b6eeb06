// An image for a label map: random brightness by label, bias, gamma, and the voxels of a poorer scanner.

internal import Datasets
internal import Foundation

struct LabelPainter: Sendable {
  let settings: LabelDrivenSettings
  /// Mean and deviation of the brightness of each label.
  private(set) var looks: [(mean: Double, deviation: Double)]

  /// Draws how labels look.
  init(_ settings: LabelDrivenSettings, labels: Int, random: inout CounterRandom) {
    self.settings = settings
    looks = (0..<labels).map { _ in
      (random.uniform(in: settings.means), random.uniform(in: settings.deviations))
    }
    if random.happens(settings.blackBackground), !looks.isEmpty { looks[0] = (0, 0) }
  }

  /// Changes the looks a little, as another patient's differ.
  mutating func vary(_ part: Double, random: inout CounterRandom) {
    let range = settings.means.upperBound - settings.means.lowerBound
    for index in looks.indices { looks[index].mean += part * range * random.normal() }
  }

  /// Paints labels, from 0 to 255.
  func paint(_ labels: [UInt8], size: SIMD3<Int>, random: inout CounterRandom) -> Field {
    var image = Field(size: size, values: random.normals(labels.count))
    for index in labels.indices {
      let look = looks[min(Int(labels[index]), looks.count - 1)]
      image.values[index] = max(
        0, Float(look.mean) + Float(look.deviation) * image.values[index])
    }
    let bias = random.uniform(in: 0...settings.bias)
    let field = Noise.biasField(size, strength: bias, random: &random)
    for index in image.values.indices { image.values[index] *= field.values[index] }
    image = degraded(image, random: &random)
    let exponent = Float(exp(settings.gamma * random.normal()))
    let low = image.quantile(0.001)
    let span = max(image.quantile(0.995) - low, 1e-6)
    for index in image.values.indices {
      let part = min(max((image.values[index] - low) / span, 0), 1)
      image.values[index] = 255 * pow(part, exponent)
    }
    return image
  }

  /// Blurs as thick and distant slices do, takes as many as such a scan has, and brings them back onto the grid.
  private func degraded(_ image: Field, random: inout CounterRandom) -> Field {
    let axes = (0..<3).filter { image.size[$0] > 1 }
    var factors = SIMD3<Double>.one
    if random.happens(0.5) {
      // Slices: one axis is coarse.
      if let axis = random.choice(of: axes) { factors[axis] = coarseness(axis, image, &random) }
    } else {
      let factor = random.uniform(in: 1...max(1, settings.coarsestVoxels / 3))
      for axis in axes { factors[axis] = min(factor, limit(axis, image)) }
    }
    // σ = 2 α log(10) / (2π) · r halves the power at the new sampling's limit.
    let alpha = random.uniform(in: 0.95...1.05)
    var result = image
    for axis in axes where factors[axis] > 1.01 {
      var sigma = SIMD3<Double>.zero
      sigma[axis] = 2 * alpha * log(10.0) / (2 * .pi) * factors[axis] * 0.5
      result = result.blurred(sigma).coarsened(axis, by: factors[axis])
    }
    if factors == .one {
      let sigma = alpha * log(10.0) / (2 * .pi)
      result = result.blurred(SIMD3(repeating: sigma))
    }
    return result
  }

  private func coarseness(
    _ axis: Int, _ image: Field, _ random: inout CounterRandom
  ) -> Double { min(random.uniform(in: 1...settings.coarsestVoxels), limit(axis, image)) }

  /// At least eight voxels stay along every axis.
  private func limit(_ axis: Int, _ image: Field) -> Double {
    max(1, Double(image.size[axis]) / 8)
  }
}

extension Field {
  /// Samples every `factor` voxels along an axis and interpolates linearly between the samples.
  func coarsened(_ axis: Int, by factor: Double) -> Field {
    let stride = [1, size.x, size.x * size.y][axis]
    let length = size[axis]
    var result = self
    for index in values.indices {
      let place = index / stride % length
      let start = index - place * stride
      func sample(_ number: Double) -> Float {
        let at = min(max(number * factor, 0), Double(length - 1))
        let low = min(Int(at), max(0, length - 2))
        let part = Float(at - Double(low))
        let next = min(low + 1, length - 1)
        return values[start + low * stride] * (1 - part) + values[start + next * stride] * part
      }
      let number = Double(place) / factor
      let low = number.rounded(.down)
      let part = Float(number - low)
      result.values[index] = sample(low) * (1 - part) + sample(low + 1) * part
    }
    return result
  }
}
