// Seeded tables of scores for tests of properties.

import Foundation
import Statistics

enum Examples {
  /// Scores in 0…1 of models of rising quality, with ties if rounded and missing ones if asked for.
  static func scores(
    models: Int, cases: Int, seed: UInt64, decimals: Int = 3, missing: Double = 0,
    spread: Double = 0.04
  ) -> [[Double?]] {
    var generator = SeededGenerator(seed: seed)
    let power = pow(10, Double(decimals))
    return (0..<models).map { model in
      (0..<cases).map { _ in
        let noise = Double.random(in: -0.2...0.2, using: &generator)
        let isMissing = Double.random(in: 0..<1, using: &generator) < missing
        let score = 0.6 + spread * Double(model) + noise
        return isMissing ? nil : (score * power).rounded() / power
      }
    }
  }

  static func table(
    models: Int, cases: Int, seed: UInt64, decimals: Int = 3, missing: Double = 0,
    spread: Double = 0.04, casesPerCluster: Int? = nil
  ) throws -> ScoreTable {
    try ScoreTable(
      models: (0..<models).map { "m\($0)" }, cases: (0..<cases).map { "c\($0)" },
      clusters: casesPerCluster.map { size in (0..<cases).map { "p\($0 / size)" } },
      scores: scores(
        models: models, cases: cases, seed: seed, decimals: decimals, missing: missing,
        spread: spread))
  }

  static func values(_ count: Int, seed: UInt64) -> [Double] {
    scores(models: 1, cases: count, seed: seed)[0].compactMap { $0 }
  }
}
