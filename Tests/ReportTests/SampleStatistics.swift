// Just enough statistics to make a sample look like a study; the real ones are tested elsewhere.

import Foundation
import Statistics

/// SplitMix64: small, and the same sequence on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  /// About normal: the sum of twelve uniforms.
  mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }
}

enum SampleStatistics {
  static let resamples = 40

  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  static func deviation(_ values: [Double]) -> Double? {
    guard let mean = mean(values), values.count > 1 else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  static func quantile(_ values: [Double], _ share: Double) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
  }

  static func interval(
    _ values: [Double], seed: UInt64, of statistic: ([Double]) -> Double?
  ) -> Interval? {
    guard values.count > 2 else { return nil }
    var generator = SeededGenerator(seed: seed)
    let drawn = (0..<resamples).compactMap { _ in
      statistic(values.indices.map { _ in values[Int(generator.next() % UInt64(values.count))] })
    }
    guard let low = quantile(drawn, 0.025), let high = quantile(drawn, 0.975) else { return nil }
    return Interval(
      low: low, high: high, level: 0.95, method: "percentile bootstrap, \(resamples) resamples")
  }

  static func summary(_ values: [Double?]) -> Summary {
    let known = values.compactMap { $0 }
    return Summary(
      defined: known.count, undefined: values.count - known.count, mean: mean(known),
      median: quantile(known, 0.5), standardDeviation: deviation(known), minimum: known.min(),
      lowerQuartile: quantile(known, 0.25), upperQuartile: quantile(known, 0.75),
      maximum: known.max(), meanInterval: interval(known, seed: 1, of: mean),
      medianInterval: interval(known, seed: 2) { quantile($0, 0.5) })
  }

  /// p-values from the normal distribution: good enough for a picture.
  static func pair(
    _ first: String, _ a: [Double?], _ second: String, _ b: [Double?], family: Int
  ) -> PairedComparison {
    let differences = zip(a, b).compactMap { one, other in
      one.flatMap { one in other.map { one - $0 } }
    }
    let mean = mean(differences)
    let spread = deviation(differences)
    let effect = mean.flatMap { mean in spread.flatMap { $0 > 0 ? mean / $0 : nil } }
    let p = effect.map { erfc(abs($0) * Double(differences.count).squareRoot() / 2.0.squareRoot()) }
    let wins = differences.count { $0 > 0 }
    let r =
      differences.isEmpty ? nil : Double(2 * wins - differences.count) / Double(differences.count)
    let q = r.map { erfc(abs($0) * Double(differences.count).squareRoot() / 2.0.squareRoot()) }
    return PairedComparison(
      first: first, second: second, pairs: differences.count, meanDifference: mean,
      medianDifference: quantile(differences, 0.5),
      interval: interval(differences, seed: 3, of: Self.mean), wilcoxon: q, permutation: p,
      wilcoxonHolm: q.map { min(1, $0 * Double(family)) },
      permutationHolm: p.map { min(1, $0 * Double(family)) }, rankBiserial: r, cohensD: effect)
  }

  static func ranking(
    _ method: RankingMethod, _ models: [String], _ values: [Double?], higherIsBetter: Bool
  ) -> Ranking {
    let goodness = values.map { $0.map { higherIsBetter ? $0 : -$0 } ?? -.infinity }
    let ranks = goodness.map { one in 1 + goodness.count { $0 > one } }
    return Ranking(method: method, models: models, values: values, ranks: ranks)
  }

  static func stability(
    _ models: [String], _ scores: [[Double?]], higherIsBetter: Bool
  ) -> RankStability {
    var generator = SeededGenerator(seed: 4)
    let cases = scores.first?.count ?? 0
    var counts = models.map { _ in models.map { _ in 0.0 } }
    for _ in 0..<resamples where cases > 0 {
      let drawn = (0..<cases).map { _ in Int(generator.next() % UInt64(cases)) }
      let means = scores.map { column in mean(drawn.compactMap { column[$0] }) }
      let ranks = ranking(
        .meanThenRank, models, means, higherIsBetter: higherIsBetter
      ).ranks
      for (model, rank) in ranks.enumerated() { counts[model][rank - 1] += 1 }
    }
    return RankStability(
      method: .meanThenRank, models: models, resamples: resamples,
      frequencies: counts.map { $0.map { $0 / Double(resamples) } }, tauMean: 0.91, tauLow: 0.74,
      tauHigh: 1)
  }
}
