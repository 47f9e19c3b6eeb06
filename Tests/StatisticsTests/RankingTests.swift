// Rankings against challengeR, and what must hold for any ranking.

import Testing

@testable import Statistics

@Suite struct RankingTests {
  @Test func valuesAndRanksAreChallengeRs() throws {
    var compared = 0
    for golden in try Golden.challenger.get().tables {
      let table = try ScoreTable(
        models: (0..<golden.models).map { "m\($0)" },
        cases: golden.scores[0].indices.map { "c\($0)" }, scores: golden.scores)
      let missing: MissingScores =
        switch golden.missing {
        case "zero": .value(0)
        case "omitted": .omitted
        default: .worst
        }
      for (name, expected) in golden.methods {
        let method = try #require(
          name == "test-based-holm" ? .testBased : RankingMethod(rawValue: name))
        let options = RankingOptions(
          higherIsBetter: !golden.smallBetter, missing: missing,
          correction: name == "test-based-holm" ? .holm : .none)
        let ranking = table.ranking(method, options: options)
        #expect(ranking.ranks == expected.ranks, "\(name), \(golden.missing)")
        #expect(zip(ranking.values, expected.values).allSatisfy { close($0, $1, 1e-12) })
        compared += 1
      }
    }
    #expect(compared > 100)
  }

  @Test func tiesShareTheSmallestRankAndMissingComesAfter() {
    #expect(minimumRanks([0.3, 0.1, 0.1, .nan, 0.2]) == [4, 1, 1, 5, 3])
    // As challengeR: the largest rank given is 1, so the next is 2.
    #expect(minimumRanks([0.1, 0.1, .nan, .nan]) == [1, 1, 2, 2])
    #expect(minimumRanks([.nan, .nan]) == [1, 1])
  }

  @Test func sumsInAnotherOrderTie() throws {
    let scores = [0.1, 0.2, 0.3, 0.7, 0.05]
    let table = try ScoreTable(
      models: ["a", "b"], cases: ["1", "2", "3", "4", "5"],
      scores: [scores, scores.reversed()])
    #expect(table.ranking(.meanThenRank).ranks == [1, 1])
  }

  @Test(arguments: RankingMethod.allCases)
  func orderOfModelsAndCasesDoesNotMatter(method: RankingMethod) throws {
    for seed in 0..<5 as Range<UInt64> {
      let table = try Examples.table(
        models: 6, cases: 25, seed: seed, decimals: 2, missing: 0.1)
      let ranking = table.ranking(method)
      var generator = SeededGenerator(seed: seed)
      let models = table.models.indices.shuffled(using: &generator)
      let cases = table.cases.indices.shuffled(using: &generator)
      let shuffled = try ScoreTable(
        models: models.map { table.models[$0] }, cases: cases.map { table.cases[$0] },
        scores: models.map { model in cases.map { table.scores[model][$0] } })
      #expect(shuffled.ranking(method).ranks == models.map { ranking.ranks[$0] })
    }
  }

  @Test(arguments: RankingMethod.allCases)
  func flippedScoresAndDirectionGiveTheSameOrder(method: RankingMethod) throws {
    for missing in [MissingScores.worst, .omitted] {
      let table = try Examples.table(models: 5, cases: 20, seed: 9, decimals: 2, missing: 0.1)
      let flipped = try ScoreTable(
        models: table.models, cases: table.cases,
        scores: table.scores.map { row in row.map { $0.map { -$0 } } })
      let up = table.ranking(method, options: RankingOptions(missing: missing))
      let down = flipped.ranking(
        method, options: RankingOptions(higherIsBetter: false, missing: missing))
      #expect(up.ranks == down.ranks)
    }
  }

  @Test(arguments: RankingMethod.allCases)
  func betterEverywhereIsFirst(method: RankingMethod) throws {
    let table = try Examples.table(models: 4, cases: 30, seed: 5, spread: 0.5)
    #expect(table.ranking(method).ranks == [4, 3, 2, 1])
  }

  @Test(arguments: [RankingMethod.rankThenMean, .rankThenMedian])
  func rankingByCasesIgnoresTheScale(method: RankingMethod) throws {
    let table = try Examples.table(models: 5, cases: 30, seed: 2)
    let cubed = try ScoreTable(
      models: table.models, cases: table.cases,
      scores: table.scores.map { row in row.map { $0.map { $0 * $0 * $0 } } })
    #expect(table.ranking(method).ranks == cubed.ranking(method).ranks)
  }

  @Test func missingScoresCostOrNotAsChosen() throws {
    let table = try ScoreTable(
      models: ["a", "b"], cases: ["1", "2", "3"],
      scores: [[0.9, nil, nil], [0.8, 0.7, nil]])
    let worst = table.ranking(.meanThenRank)
    #expect(close(worst.values[0], 0.8) && close(worst.values[1], 0.75))
    let zero = table.ranking(.meanThenRank, options: RankingOptions(missing: .value(0)))
    #expect(close(zero.values[0], 0.3) && close(zero.values[1], 0.5))
    let omitted = table.ranking(.meanThenRank, options: RankingOptions(missing: .omitted))
    #expect(close(omitted.values[0], 0.9) && close(omitted.values[1], 0.75))
    #expect(table.ranking(.rankThenMean).values == [1.5, 1.5])
  }

  @Test func aModelWithoutScoresIsLast() throws {
    let table = try ScoreTable(
      models: ["a", "b", "c"], cases: ["1", "2"], scores: [[nil, nil], [0.5, 0.6], [0.7, 0.8]])
    for method in RankingMethod.allCases where method != .testBased {
      let ranking = table.ranking(method, options: RankingOptions(missing: .omitted))
      #expect(ranking.ranks == [3, 2, 1])
      #expect(ranking.values[0] == nil)
    }
  }

  @Test func nothingToRankIsNoTrap() throws {
    for scores in [[], [[]], [[], []], [[nil]], [[0.5]]] as [[[Double?]]] {
      let table = try ScoreTable(
        models: scores.indices.map { "m\($0)" },
        cases: (scores.first ?? []).indices.map { "c\($0)" }, scores: scores)
      for method in RankingMethod.allCases {
        #expect(table.ranking(method).ranks.allSatisfy { $0 == 1 })
        #expect(table.stability(of: method, resamples: 10) == nil)
      }
    }
  }
}
