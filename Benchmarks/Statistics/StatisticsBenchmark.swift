// Prints how long the statistics of a large comparison take: 1000 cases, 10 models, 10,000
// resamples; with the argument `coverage`, how often intervals hold the true value.

import Statistics

@main
struct StatisticsBenchmark {
  static func main() throws {
    if CommandLine.arguments.dropFirst() == ["coverage"] { return Coverage.report() }
    let models = 10
    let cases = 1000
    let resamples = 10_000
    var generator = SeededGenerator(seed: 1)
    let scores = (0..<models).map { model in
      (0..<cases).map { _ -> Double? in
        1 - Double.random(in: 0...1, using: &generator) * (0.2 + 0.005 * Double(model))
      }
    }
    let table = try ScoreTable(
      models: (0..<models).map { "model \($0)" }, cases: (0..<cases).map { "case \($0)" },
      scores: scores)
    print("\(cases) cases, \(models) models, \(resamples) resamples")
    let clock = ContinuousClock()
    for method in RankingMethod.allCases {
      let time = clock.measure { _ = table.stability(of: method, resamples: resamples) }
      print("stability, \(method.rawValue): \(seconds(time)) s")
    }
    let rule = IntervalRule(bootstrap: Bootstrap(resamples: resamples))
    let summaries = clock.measure { for row in scores { _ = Summary(of: row, rule: rule) } }
    print("intervals of means and medians: \(seconds(summaries)) s")
    let comparisons = clock.measure {
      _ = table.comparisons(
        rule: rule, permutation: PermutationTest(permutations: resamples))
    }
    print("\(models * (models - 1) / 2) comparisons: \(seconds(comparisons)) s")
    let whole = clock.measure { _ = table.analysis(of: "dice") }
    print("whole analysis: \(seconds(whole)) s")
  }

  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double((Double(seconds) + Double(attoseconds) / 1e18) * 1000).rounded() / 1000
  }
}
