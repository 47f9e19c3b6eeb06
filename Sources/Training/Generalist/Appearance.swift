// How a view looks through another scanner: changes of brightness, contrast, sharpness and noise.

internal import Datasets
internal import Segmentation

/// Random changes of what a view looks like, stronger than nnU-Net's: what one sees must not depend on the scanner.
struct Appearance: Sendable {
  var blur = GaussianBlur(probability: 0.2, channelProbability: 1, sigma: 0.5...1.5)
  var coarseness = LowResolution(probability: 0.15, channelProbability: 1, resolution: 0.4...1)
  /// How often dark and bright change places.
  var inversion = 0.25
  var gamma = Gamma(probability: 0.4, exponent: 0.5...2)
  /// How often brightness drifts over the view.
  var shading = 0.25
  /// How often noise is added, and its deviation where the image has deviation 1.
  var noise = 0.3
  var noiseLevel = 0.02...0.35

  /// A changed view.
  ///
  /// - Parameters:
  ///   - image: side × side values.
  ///   - side: Samples along each side.
  ///   - random: Decides the changes.
  /// - Returns: As many values, about mean 0 and deviation 1.
  func changed(_ image: [Float], side: Int, _ random: CounterRandom) -> [Float] {
    var random = random
    var patch = Patch(
      image: ViewPrompts.standardised(image), labels: [], shape: [side, side])
    blur.applyByChance(to: &patch, random: &random)
    coarseness.applyByChance(to: &patch, random: &random)
    if random.happens(inversion) {
      for index in patch.image.indices { patch.image[index] = -patch.image[index] }
    }
    gamma.applyByChance(to: &patch, random: &random)
    if random.happens(shading) { shade(&patch.image, side, &random) }
    if random.happens(noise) {
      let sigma = random.uniform(in: noiseLevel)
      for index in patch.image.indices {
        patch.image[index] += Float(sigma * random.normal())
      }
    }
    return patch.image
  }

  /// A smooth change of brightness over the view.
  private func shade(_ image: inout [Float], _ side: Int, _ random: inout CounterRandom) {
    let slope = SIMD2(random.uniform(in: -0.8...0.8), random.uniform(in: -0.8...0.8))
    let bend = random.uniform(in: -0.6...0.6)
    for y in 0..<side {
      for x in 0..<side {
        let place = SIMD2(Double(x), Double(y)) / Double(side) * 2 - 1
        image[y * side + x] += Float((slope * place).sum() + bend * (place * place).sum())
      }
    }
  }
}
