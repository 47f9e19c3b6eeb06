// Colours in groups, from which a mixture of Gaussians starts.
// D. Arthur, S. Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007, 1027–1035.

import Prompts

/// k-means over the colours of a region.
enum ColourClusters {
  /// Colours tried for each new centre, and rounds of moving the centres: OpenCV's choices.
  private static let tries = 3
  private static let rounds = 10

  /// Sorts colours into groups.
  ///
  /// - Parameters:
  ///   - colours: those of the image
  ///   - counts: how many pixels of the region have each; colours without any are put in group 0
  ///   - number: groups, at least 1
  ///   - seed: decides the first centres
  /// - Returns: the group of each colour; fewer groups than asked for where there are fewer colours
  static func assign(
    _ colours: [SIMD3<Double>], counts: [Double], to number: Int, seed: UInt64
  ) -> [Int] {
    let samples = colours.indices.filter { counts[$0] > 0 }
      .map { Sample(index: $0, colour: colours[$0], count: counts[$0]) }
    var assignment = [Int](repeating: 0, count: colours.count)
    guard !samples.isEmpty else { return assignment }
    var centres = firstCentres(samples, number, seed)
    for round in 0..<rounds {
      var sums = [(colour: SIMD3<Double>, count: Double)](
        repeating: (SIMD3(), 0), count: centres.count)
      var hasChanged = round == 0
      for sample in samples {
        let group = nearest(sample.colour, centres)
        hasChanged = hasChanged || group != assignment[sample.index]
        assignment[sample.index] = group
        sums[group].colour += sample.colour * sample.count
        sums[group].count += sample.count
      }
      guard hasChanged else { break }
      // A centre that lost all its colours stays where it was.
      for (group, sum) in sums.enumerated() where sum.count > 0 {
        centres[group] = sum.colour / sum.count
      }
    }
    return assignment
  }

  /// The first centre is a pixel by chance; each further one is likelier the farther it lies from those
  /// before, and the best of several tries.
  private static func firstCentres(
    _ samples: [Sample], _ number: Int, _ seed: UInt64
  ) -> [SIMD3<Double>] {
    var random = StableRandom(seed: seed, purpose: "clusters of colours")
    var centres = [samples[draw(samples.map(\.count), &random)].colour]
    var distances = samples.map { $0.colour.squaredDistance(to: centres[0]) }
    while centres.count < number {
      let weights = zip(samples, distances).map { $0.count * $1 }
      guard weights.contains(where: { $0 > 0 }) else { break }
      var best: (total: Double, centre: SIMD3<Double>, distances: [Double])?
      for _ in 0..<tries {
        let centre = samples[draw(weights, &random)].colour
        let shorter = zip(samples, distances).map { min($1, $0.colour.squaredDistance(to: centre)) }
        let total = zip(samples, shorter).reduce(0) { $0 + $1.0.count * $1.1 }
        if total < best?.total ?? .infinity { best = (total, centre, shorter) }
      }
      guard let best else { break }
      centres.append(best.centre)
      distances = best.distances
    }
    return centres
  }

  /// An index by chance, as likely as its weight; at least one weight is above 0.
  private static func draw(_ weights: [Double], _ random: inout StableRandom) -> Int {
    var left = random.unit() * weights.reduce(0, +)
    var last = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      last = index
      left -= weight
      if left < 0 { break }
    }
    return last
  }

  private static func nearest(_ colour: SIMD3<Double>, _ centres: [SIMD3<Double>]) -> Int {
    var best = (group: 0, distance: Double.infinity)
    for (group, centre) in centres.enumerated() {
      let distance = colour.squaredDistance(to: centre)
      if distance < best.distance { best = (group, distance) }
    }
    return best.group
  }
}

/// A colour that occurs in a region.
private struct Sample {
  let index: Int
  let colour: SIMD3<Double>
  let count: Double
}
