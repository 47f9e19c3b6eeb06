// The signed-rank test against SciPy, R and the enumeration of all sign flips.

import Foundation
import Testing

@testable import Statistics

@Suite struct WilcoxonTests {
  @Test func pValuesAreSciPysInAllVariants() throws {
    for example in try Golden.scipy.get().wilcoxon {
      for variant in example.results {
        var test = Wilcoxon(
          alternative: variant.alternative, zeros: variant.zeros, method: .approximate,
          continuityCorrection: variant.correction)
        let approximate = try #require(test(example.first, example.second))
        #expect(close(approximate.pValue, variant.approximate, 1e-11), "\(variant)")
        #expect(approximate.method == .approximate)
        if let automatic = variant.automatic {
          test.method = .automatic
          let p = try #require(test(example.first, example.second)).pValue
          #expect(close(p, automatic, 1e-11), "\(example.first.count) pairs, \(variant)")
        }
      }
    }
  }

  @Test func pValuesAreRs() throws {
    for example in try Golden.challenger.get().tests {
      var test = Wilcoxon(
        alternative: example.alternative, method: .approximate,
        continuityCorrection: example.correction)
      let approximate = try #require(test(example.first, example.second))
      #expect(close(approximate.pValue, example.approximate, 1e-11))
      if let exact = example.exact {
        test.method = .exact
        #expect(close(test(example.first, example.second)?.pValue, exact, 1e-11))
      }
    }
  }

  @Test(arguments: Wilcoxon.Zeros.allCases, Alternative.allCases)
  func exactCountsAllSignFlips(zeros: Wilcoxon.Zeros, alternative: Alternative) throws {
    for seed in 0..<6 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let differences = (0..<9).map { _ in Double(Int.random(in: -4...5, using: &generator)) }
      let test = Wilcoxon(alternative: alternative, zeros: zeros, method: .exact)
      let outcome = try #require(test(differences: differences))
      #expect(close(outcome.pValue, enumerated(differences, zeros, alternative), 1e-12))
    }
  }

  @Test func noiseOfSubtractionMakesNoRanks() throws {
    // Decimal differences of 0.1 and 0 only, each with other last bits.
    let first = [0.9, 0.2, 0.8, 0.7, 0.3, 0.6, 0.5, 0.30000000000000004]
    let second = [0.8, 0.1, 0.7, 0.6, 0.2, 0.7, 0.6, 0.3]
    let rounded = try #require(Wilcoxon()(first, second))
    #expect(rounded.positiveRanks == 20)
    #expect(rounded.negativeRanks == 8)
    let raw = try #require(Wilcoxon(significantDigits: nil)(first, second))
    #expect(raw.positiveRanks != 20)
  }

  @Test func smallDifferencesOfLargeScoresStayApart() throws {
    // A rounding to digits of the difference itself would keep the noise of these.
    let outcome = try #require(
      Wilcoxon()([0.900001, 0.500001, 0.3], [0.9, 0.5, 0.300003]))
    #expect(outcome.positiveRanks == 3)
    #expect(outcome.negativeRanks == 3)
  }

  @Test func sidesMirrorEachOther() throws {
    for seed in 0..<20 as Range<UInt64> {
      let count = 5 + Int(seed) * 4
      let first = Examples.values(count, seed: seed)
      let second = Examples.values(count, seed: seed + 100)
      let greater = Wilcoxon(alternative: .greater)(first, second)
      let less = Wilcoxon(alternative: .less)(second, first)
      #expect(close(greater?.pValue, less?.pValue, 1e-12))
      let twoSided = try #require(Wilcoxon()(first, second))
      #expect(close(twoSided.pValue, Wilcoxon()(second, first)?.pValue, 1e-12))
      #expect(twoSided.pValue > 0 && twoSided.pValue <= 1)
    }
  }

  @Test func withoutDifferencesNothingIsShown() throws {
    for alternative in Alternative.allCases {
      for zeros in Wilcoxon.Zeros.allCases {
        let test = Wilcoxon(alternative: alternative, zeros: zeros)
        #expect(test([0.5, 0.7], [0.5, 0.7])?.pValue == 1)
      }
    }
    #expect(Wilcoxon()([], []) == nil)
    #expect(Wilcoxon()([1], [1, 2]) == nil)
  }

  /// The definition: the share of sign patterns with a sum as extreme.
  private func enumerated(
    _ differences: [Double], _ zeros: Wilcoxon.Zeros, _ alternative: Alternative
  ) -> Double {
    func positive(_ values: [Double]) -> Double {
      let kept = zeros == .wilcox ? values.filter { $0 != 0 } : values
      return kept.reduce(0) { sum, value in
        let below = kept.count { abs($0) < abs(value) }
        let equal = kept.count { abs($0) == abs(value) }
        let rank = Double(below) + Double(equal + 1) / 2
        if value == 0 { return sum + (zeros == .zsplit ? rank / 2 : 0) }
        return sum + (value > 0 ? rank : 0)
      }
    }
    let observed = positive(differences)
    let all = (0..<1 << differences.count).map { pattern in
      positive(differences.enumerated().map { pattern >> $0 & 1 == 0 ? $1 : -$1 })
    }
    let notBelow = Double(all.count { $0 >= observed }) / Double(all.count)
    let notAbove = Double(all.count { $0 <= observed }) / Double(all.count)
    return switch alternative {
    case .greater: notBelow
    case .less: notAbove
    case .twoSided: min(1, 2 * min(notBelow, notAbove))
    }
  }
}
