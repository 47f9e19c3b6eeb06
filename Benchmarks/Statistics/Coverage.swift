// Prints how often intervals hold the true value on distributions like those of segmentation scores.

import Foundation
import Statistics

/// The table behind the rule for intervals in Documentation/statistics.md.
enum Coverage {
  static let trials = 2000
  static let resamples = 1000
  static let sizes = [5, 10, 20, 30, 50, 100]

  static func report() {
    print("\(trials) samples each, \(resamples) resamples, confidence 0.95")
    print("| scores | n | mean: t | percentile | BCa | median: percentile | BCa |")
    print("|---|---|---|---|---|---|---|")
    for scores in Scores.allCases {
      let mean = scores.mean
      let median = scores.median
      for size in sizes {
        var generator = SeededGenerator(seed: 1, stream: UInt64(size))
        var held = [Int](repeating: 0, count: 5)
        for trial in 0..<trials {
          let sample = Sample(values: (0..<size).map { _ in scores.draw(&generator) })
          let bootstrap = Bootstrap(resamples: resamples, seed: UInt64(trial))
          let student = IntervalRule(bootstrap: bootstrap, bootstrapUnits: .max)
          let intervals: [(Interval?, Double)] = [
            (student.mean(of: sample), mean),
            (bootstrap.interval(of: .mean, sample, method: .percentile), mean),
            (bootstrap.interval(of: .mean, sample, method: .bca), mean),
            (bootstrap.interval(of: .median, sample, method: .percentile), median),
            (bootstrap.interval(of: .median, sample, method: .bca), median),
          ]
          for (index, (interval, truth)) in intervals.enumerated() {
            if let interval, interval.low <= truth, truth <= interval.high { held[index] += 1 }
          }
        }
        let shares = held.map { String(format: "%.3f", Double($0) / Double(trials)) }
        print("| \(scores.rawValue) | \(size) | \(shares.joined(separator: " | ")) |")
      }
    }
  }
}

/// Distributions with known mean and with a median found by drawing.
private enum Scores: String, CaseIterable {
  case good = "Beta(18, 2), Dice near 0.9"
  case skewed = "Beta(5, 1), Dice with a long tail"
  case failures = "one failure in ten"
  case rounded = "Beta(18, 2) in steps of 0.05"
  case distances = "log-normal distances"

  var mean: Double {
    switch self {
    case .good, .rounded: 0.9
    case .skewed: 5.0 / 6
    case .failures: 0.9 * 30 / 33 + 0.1 / 4
    case .distances: exp(1 + 0.32)
    }
  }

  var median: Double {
    if self == .distances { return exp(1) }
    var generator = SeededGenerator(seed: 0)
    let draws = (0..<400_001).map { _ in draw(&generator) }.sorted()
    return draws[200_000]
  }

  func draw(_ generator: inout SeededGenerator) -> Double {
    switch self {
    case .good: beta(18, 2, &generator)
    case .skewed: beta(5, 1, &generator)
    case .failures:
      Double.random(in: 0..<1, using: &generator) < 0.1
        ? beta(1, 3, &generator) : beta(30, 3, &generator)
    case .rounded:
      // Rounded up or down by chance, so that the mean stays.
      ((beta(18, 2, &generator) * 20 + Double.random(in: 0..<1, using: &generator))
        .rounded(.down)) / 20
    case .distances:
      exp(1 + 0.8 * NormalDistribution.quantile(Double.random(in: 1e-12..<1, using: &generator)))
    }
  }

  private func beta(_ a: Int, _ b: Int, _ generator: inout SeededGenerator) -> Double {
    let first = gamma(a, &generator)
    return first / (first + gamma(b, &generator))
  }

  /// A sum of exponential waiting times.
  private func gamma(_ shape: Int, _ generator: inout SeededGenerator) -> Double {
    (0..<shape).reduce(0) { sum, _ in
      sum - log(Double.random(in: 1e-300..<1, using: &generator))
    }
  }
}
