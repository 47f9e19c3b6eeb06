// Rankings of resamples against a slow twin that writes the resampled table out.

import Testing

@testable import Statistics

@Suite struct StabilityTests {
  @Test(arguments: RankingMethod.allCases, [nil, 3])
  func frequenciesAndTausAreThoseOfResampledTables(method: RankingMethod, cluster: Int?) throws {
    let table = try Examples.table(
      models: 4, cases: 21, seed: 14, decimals: 2, missing: 0.08, casesPerCluster: cluster)
    let resamples = 150
    let stability = try #require(table.stability(of: method, resamples: resamples, seed: 6))
    let full = table.ranking(method).ranks
    var counts = [[Double]](repeating: [0, 0, 0, 0], count: 4)
    var taus: [Double] = []
    let units = Sample(values: table.cases.map { _ in 0 }, clusters: table.clusters).places
    for stream in 0..<resamples {
      var generator = SeededGenerator(seed: 6, stream: UInt64(stream))
      let drawn = units.flatMap { _ in units[generator.index(below: units.count)] }
      // The worst score is that of all cases, not of those drawn.
      let floor = table.scores.joined().compactMap { $0 }.min() ?? 0
      let missing: MissingScores =
        [.rankThenMean, .rankThenMedian].contains(method) ? .worst : .value(floor)
      let resampled = try ScoreTable(
        models: table.models, cases: drawn.indices.map { "\($0)" },
        scores: table.scores.map { row in drawn.map { row[$0] } })
      let ranks = resampled.ranking(method, options: RankingOptions(missing: missing)).ranks
      for (model, rank) in ranks.enumerated() { counts[model][rank - 1] += 1 / Double(resamples) }
      if let tau = kendallTau(full, ranks) { taus.append(tau) }
    }
    for model in 0..<4 {
      #expect(zip(stability.frequencies[model], counts[model]).allSatisfy { close($0, $1, 1e-9) })
    }
    #expect(close(stability.tauMean, mean(of: taus), 1e-9))
    #expect(close(stability.tauLow, quantile(0.025, ofSorted: taus.sorted()), 1e-9))
  }

  @Test func clearOrdersAreStable() throws {
    let table = try Examples.table(models: 4, cases: 40, seed: 1, spread: 0.5)
    let stability = try #require(table.stability(of: .meanThenRank, resamples: 500))
    #expect(stability.tauMean == 1 && stability.tauLow == 1 && stability.tauHigh == 1)
    #expect(stability.frequencies[3] == [1, 0, 0, 0])
  }

  @Test func equalModelsAreNotTellable() throws {
    let row: [Double?] = Examples.values(30, seed: 3)
    let table = try ScoreTable(
      models: ["a", "b"], cases: row.indices.map { "\($0)" }, scores: [row, row])
    let stability = try #require(table.stability(of: .meanThenRank, resamples: 100))
    #expect(stability.frequencies == [[1, 0], [1, 0]])
    #expect(stability.tauMean == nil)
  }

  @Test(arguments: RankingMethod.allCases) func sameSeedSameResult(method: RankingMethod) throws {
    let table = try Examples.table(models: 5, cases: 30, seed: 2)
    let first = table.stability(of: method, resamples: 400, seed: 1)
    #expect(first == table.stability(of: method, resamples: 400, seed: 1))
    #expect(first != table.stability(of: method, resamples: 400, seed: 2))
    for row in try #require(first).frequencies {
      #expect(close(row.reduce(0, +), 1, 1e-9))
    }
  }

  @Test func kendallsTauIsSciPysAndRs() throws {
    for example in try Golden.scipy.get().kendall + Golden.challenger.get().taus {
      #expect(close(kendallTau(example.first, example.second), example.tau, 1e-12))
    }
    #expect(kendallTau([1, 2, 3], [1, 2, 3]) == 1)
    #expect(kendallTau([1, 2, 3], [3, 2, 1]) == -1)
    #expect(kendallTau([1, 2], [1]) == nil)
  }
}
