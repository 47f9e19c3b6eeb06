// Worked examples that SciPy, statsmodels, R and challengeR computed; the scripts lie beside the numbers.

import Foundation
import Statistics

enum Golden {
  static func decode<Content: Decodable>(_ type: Content.Type, _ name: String) throws -> Content {
    let url = Bundle.module.bundleURL.appendingPathComponent("Golden/\(name).json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
  }

  static let scipy = Result { try decode(SciPy.self, "scipy") }
  static let challenger = Result { try decode(Challenger.self, "challenger") }

  struct SciPy: Decodable, Sendable {
    let wilcoxon: [SignedRank]
    let permutation: [Permutation]
    let bootstrap: [Resampled]
    let distributions: Distributions
    let corrections: [Corrected]
    let power: Power
    let kendall: [Tau]
    let effects: [Effect]
  }

  struct SignedRank: Decodable, Sendable {
    struct Variant: Decodable, Sendable {
      let zeros: Wilcoxon.Zeros
      let alternative: Alternative
      let correction: Bool
      let automatic: Double?
      let approximate: Double
    }

    let first: [Double]
    let second: [Double]
    let results: [Variant]
  }

  struct Permutation: Decodable, Sendable {
    let first: [Double]
    let second: [Double]
    let alternative: Alternative
    let pValue: Double
  }

  struct Resampled: Decodable, Sendable {
    struct Limits: Decodable, Sendable {
      let stored: [Double]
      let large: [Double]
    }

    let name: String
    let estimator: String
    let values: [Double]
    let resampled: [Double]
    let percentile: Limits
    let bca: Limits
    let standardError: Double
    let bias: Double
    let acceleration: Double
    let levels: [Double]
  }

  struct Distributions: Decodable, Sendable {
    struct Normal: Decodable, Sendable {
      let p: Double
      let x: Double
    }

    struct Student: Decodable, Sendable {
      let df: Double
      let t: Double
      let p: Double
      let delta: Double?
    }

    let normalQuantile: [Normal]
    let normalCumulative: [Normal]
    let student: [Student]
    let noncentral: [Student]
  }

  struct Corrected: Decodable, Sendable {
    let pValues: [Double]
    let adjusted: [String: [Double]]
  }

  struct Power: Decodable, Sendable {
    struct Case: Decodable, Sendable {
      let pairs: Int
      let smallestEffect: Double
      let achieved: Double
    }

    struct Needed: Decodable, Sendable {
      let effect: Double
      let pairs: Int
    }

    let cases: [Case]
    let needed: [Needed]
  }

  struct Tau: Decodable, Sendable {
    let first: [Double]
    let second: [Double]
    let tau: Double?
  }

  struct Effect: Decodable, Sendable {
    let first: [Double]
    let second: [Double]
    let rankBiserial: Double
    let cohensD: Double
    let cliffsDelta: Double
    let quartiles: [Double]
  }

  struct Challenger: Decodable, Sendable {
    struct Table: Decodable, Sendable {
      struct Ranked: Decodable, Sendable {
        let values: [Double]
        let ranks: [Int]
      }

      let models: Int
      let smallBetter: Bool
      let missing: String
      let scores: [[Double?]]
      let methods: [String: Ranked]
    }

    struct Test: Decodable, Sendable {
      let first: [Double]
      let second: [Double]
      let alternative: Alternative
      let correction: Bool
      let approximate: Double
      let exact: Double?
    }

    let tables: [Table]
    let tests: [Test]
    let taus: [Tau]
  }
}

/// Whether two numbers are equal to a relative tolerance, or to an absolute one near zero.
func close(_ a: Double?, _ b: Double?, _ tolerance: Double = 1e-10) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return abs(a - b) <= tolerance * max(1e-3, abs(a), abs(b))
}
