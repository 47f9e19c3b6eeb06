// The sign-flip test against SciPy's enumeration, and its Monte-Carlo part against the exact one.

import Testing

@testable import Statistics

@Suite struct PermutationTests {
  private func differences(_ first: [Double], _ second: [Double]) -> [Double] {
    zip(first, second).map { difference($0, $1, digits: 12) }
  }

  @Test func exactPValuesAreSciPys() throws {
    for example in try Golden.scipy.get().permutation {
      let sample = Sample(values: differences(example.first, example.second))
      let outcome = try #require(PermutationTest(alternative: example.alternative)(sample))
      #expect(outcome.isExact)
      #expect(outcome.permutations == 1 << example.first.count)
      #expect(close(outcome.pValue, example.pValue, 1e-12))
    }
  }

  @Test(arguments: Alternative.allCases)
  func drawnPatternsComeCloseToAllPatterns(alternative: Alternative) throws {
    let sample = Sample(
      values: differences(Examples.values(14, seed: 3), Examples.values(14, seed: 4)))
    let exact = try #require(PermutationTest(alternative: alternative)(sample)).pValue
    let drawn = try #require(
      PermutationTest(alternative: alternative, permutations: 20_000, exactUnits: 0, seed: 5)(
        sample))
    #expect(!drawn.isExact)
    // Five standard errors.
    let error = (exact * (1 - exact) / 20_000).squareRoot()
    #expect(abs(drawn.pValue - exact) < 5 * error + 1e-4)
  }

  @Test func theSmallestPIsNotZero() throws {
    let sample = Sample(values: (1...40).map { Double($0) })
    let outcome = try #require(PermutationTest(permutations: 999)(sample))
    #expect(outcome.pValue == 0.001)
  }

  @Test func sameSeedSameP() throws {
    let sample = Sample(values: Examples.values(50, seed: 8).map { $0 - 0.62 })
    let test = PermutationTest(permutations: 2000, seed: 11)
    #expect(test(sample) == test(sample))
    #expect(test(sample) != PermutationTest(permutations: 2000, seed: 12)(sample))
  }

  @Test func clustersFlipAsAWhole() throws {
    // Three patients with four images each: eight patterns, of which two are as extreme.
    let sample = Sample(
      values: [Double](repeating: 1, count: 12),
      clusters: (0..<12).map { "patient \($0 / 4)" })
    let outcome = try #require(PermutationTest()(sample))
    #expect(outcome.permutations == 8)
    #expect(outcome.pValue == 0.25)
  }

  @Test func pIsUniformUnderNoDifference() throws {
    var generator = SeededGenerator(seed: 77)
    var rejected = 0
    for _ in 0..<400 {
      let values = (0..<10).map { _ in Double.random(in: -1...1, using: &generator) }
      let p = try #require(PermutationTest()(Sample(values: values))).pValue
      if p <= 0.05 { rejected += 1 }
    }
    // 5 % of 400 is 20, with a standard deviation of 4.4.
    #expect((7...33).contains(rejected))
  }

  @Test func noPairsNoP() {
    #expect(PermutationTest()(Sample(values: [])) == nil)
    #expect(PermutationTest()(Sample(values: [0, 0, 0]))?.pValue == 1)
  }
}
