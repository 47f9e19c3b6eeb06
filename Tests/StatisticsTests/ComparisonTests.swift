// Pairs of models, corrections over the family, and sizes of effects.

import Testing

@testable import Statistics

@Suite struct ComparisonTests {
  private let rule = IntervalRule(bootstrap: Bootstrap(resamples: 300))

  @Test func correctionsAreStatsmodels() throws {
    for example in try Golden.scipy.get().corrections {
      for (name, expected) in example.adjusted {
        let correction = try #require(Correction(rawValue: name))
        let adjusted = correction.adjusted(example.pValues)
        #expect(zip(adjusted, expected).allSatisfy { close($0, $1, 1e-12) }, "\(name)")
      }
    }
  }

  @Test func holmNeverReordersNorLowersNorExceedsBonferroni() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<50 {
      let p = (0..<12).map { _ -> Double? in
        let value = Double.random(in: 0...0.3, using: &generator)
        return value < 0.03 ? nil : value
      }
      let holm = Correction.holm.adjusted(p)
      let bonferroni = Correction.bonferroni.adjusted(p)
      for i in p.indices {
        guard let raw = p[i], let adjusted = holm[i], let upper = bonferroni[i] else {
          #expect(p[i] == nil && holm[i] == nil)
          continue
        }
        #expect(raw <= adjusted && adjusted <= upper)
        for j in p.indices {
          if let other = p[j], let adjustedOther = holm[j], raw < other {
            #expect(adjusted <= adjustedOther)
          }
        }
      }
    }
    #expect(Correction.holm.adjusted([nil, 0.02]) == [nil, 0.02])
    #expect(Correction.none.adjusted([0.3, nil]) == [0.3, nil])
  }

  @Test func effectSizesAreTheirDefinitions() throws {
    for example in try Golden.scipy.get().effects {
      let differences = zip(example.first, example.second).map { difference($0, $1, digits: 12) }
      #expect(close(EffectSize.rankBiserial(differences), example.rankBiserial, 1e-9))
      #expect(close(EffectSize.cohensD(differences), example.cohensD, 1e-9))
      #expect(
        close(EffectSize.cliffsDelta(example.first, example.second), example.cliffsDelta, 1e-12))
    }
    #expect(EffectSize.rankBiserial([1, 2, 3]) == 1)
    #expect(EffectSize.rankBiserial([0, 0]) == nil)
    #expect(EffectSize.cohensD([0.1, 0.1, 0.1]) == nil)
    #expect(EffectSize.cliffsDelta([], [1]) == nil)
  }

  @Test func allPairsOnCommonCases() throws {
    let table = try ScoreTable(
      models: ["a", "b", "c"], cases: ["1", "2", "3", "4", "5", "6"],
      scores: [
        [0.9, 0.8, nil, 0.7, 0.9, 0.8], [0.8, 0.8, 0.5, 0.5, 0.6, nil],
        [nil, nil, 0.6, nil, nil, nil],
      ])
    let pairs = table.comparisons(rule: rule)
    #expect(pairs.map { [$0.first, $0.second] } == [["a", "b"], ["a", "c"], ["b", "c"]])
    #expect(pairs.map(\.pairs) == [4, 0, 1])
    #expect(close(pairs[0].meanDifference, 0.15, 1e-12))
    #expect(close(pairs[0].medianDifference, 0.15, 1e-12))
    #expect(pairs[1].wilcoxon == nil && pairs[1].meanDifference == nil)
    #expect(pairs[2].wilcoxon == 1 && pairs[2].interval == nil)
    // Two p-values exist, so Holm doubles the smaller one.
    #expect(close(pairs[0].wilcoxonHolm, min(1, 2 * (pairs[0].wilcoxon ?? 0)), 1e-12))
  }

  @Test func swappedModelsChangeSigns() throws {
    let table = try Examples.table(models: 2, cases: 24, seed: 31)
    let swapped = try ScoreTable(
      models: table.models.reversed(), cases: table.cases, scores: table.scores.reversed())
    let a = try #require(table.comparisons(rule: rule).first)
    let b = try #require(swapped.comparisons(rule: rule).first)
    #expect(close(a.meanDifference, b.meanDifference.map { -$0 }, 1e-12))
    #expect(close(a.wilcoxon, b.wilcoxon, 1e-12))
    #expect(a.permutation == b.permutation)
    #expect(close(a.rankBiserial, b.rankBiserial.map { -$0 }, 1e-12))
    #expect(close(a.cohensD, b.cohensD.map { -$0 }, 1e-9))
  }

  @Test func copiesWithinPatientsChangeNoTest() throws {
    let table = try Examples.table(models: 2, cases: 12, seed: 8)
    let copied = try ScoreTable(
      models: table.models, cases: (0..<24).map { "c\($0)" },
      clusters: (0..<24).map { "p\($0 / 2)" },
      scores: table.scores.map { row in row.flatMap { [$0, $0] } })
    let single = try #require(table.comparisons(rule: rule).first)
    let clustered = try #require(copied.comparisons(rule: rule).first)
    #expect(clustered.pairs == 24 && clustered.clusters == 12 && single.clusters == nil)
    #expect(close(single.wilcoxon, clustered.wilcoxon, 1e-12))
    #expect(close(single.permutation, clustered.permutation, 1e-12))
    #expect(close(single.cohensD, clustered.cohensD, 1e-9))
    #expect(close(single.interval?.low, clustered.interval?.low, 1e-9))
  }

  @Test func opposedCasesOfAPatientCancelExactly() throws {
    // The mean of +0.1 and −0.1 is zero only after its noise is rounded away.
    let table = try ScoreTable(
      models: ["a", "b"], cases: ["1", "2", "3", "4"], clusters: ["p", "p", "q", "q"],
      scores: [[0.9, 0.7, 0.4, 0.5], [0.8, 0.8, 0.2, 0.6]])
    let pair = ModelPair(table, first: 0, second: 1, digits: 12)
    #expect(pair.unitDifferences == [0, 0.05])
  }
}
