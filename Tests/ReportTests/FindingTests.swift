// The sentences above all numbers: the right winner, its lead, and every caveat.

import Report
import Statistics
import Testing

@Suite struct FindingTests {
  private func content(
    means: [Double], contaminated: Int? = nil, p: Double = 0.21, higherIsBetter: Bool = true
  ) -> ReportContent {
    let ids = means.indices.map { "m\($0)" }
    let interval = Interval(low: 0.7, high: 0.8, level: 0.95, method: "BCa")
    var content = ReportContent(
      header: .init(title: "t", dataset: "d", date: "", version: "", cases: 28),
      metrics: [.init(id: "dice", name: "Dice", higherIsBetter: higherIsBetter)],
      contenders: ids.enumerated().map { place, id in
        .init(
          id: id, name: "Model \(place)", weights: "w",
          contamination: place == contaminated ? "seen" : nil)
      })
    let summaries = zip(ids, means).map { id, mean in
      ReportContent.ContenderSummary(
        contender: id,
        summary: Summary(
          defined: 28, undefined: 0, mean: mean, median: mean, standardDeviation: 0, minimum: 0,
          lowerQuartile: 0, upperQuartile: 1, maximum: 1, meanInterval: interval,
          medianInterval: nil))
    }
    let pair = PairedComparison(
      first: "m1", second: "m0", pairs: 28, meanDifference: -0.012, medianDifference: nil,
      interval: Interval(low: -0.027, high: 0.003, level: 0.95, method: "BCa"), wilcoxon: nil,
      permutation: nil, wilcoxonHolm: nil, permutationHolm: p, rankBiserial: nil, cohensD: nil)
    content.groups = [
      .init(
        id: "g", title: "Automatic", contenders: ids,
        results: [.init(metric: "dice", summaries: summaries, comparisons: [pair])])
    ]
    return content
  }

  @Test func tellsTheBestItsLeadAndThatItMayBeChance() {
    #expect(
      FindingSentences(content(means: [0.75, 0.738])).sentences() == [
        "Automatic: the best mean Dice is that of Model 0, 0.750 [0.700, 0.800] (n = 28). Its "
          + "difference to the next, Model 1, is +0.012 [−0.003, +0.027] (p = 0.210 after Holm’s "
          + "correction): these cases do not tell the two apart."
      ])
  }

  @Test func tellsWhenTheCasesBearItOut() {
    let text = FindingSentences(content(means: [0.75, 0.738], p: 0.0004)).sentences().joined()
    #expect(text.contains("p < 0.001 after Holm’s correction): the cases bear this out."))
  }

  @Test func lessMayBeBetter() {
    let text = FindingSentences(content(means: [0.75, 0.9], higherIsBetter: false)).sentences()
    #expect(text.first?.contains("is that of Model 0") == true)
  }

  @Test func neverCallsAContaminatedModelTheBestWithoutSayingSo() {
    let text = FindingSentences(content(means: [0.75, 0.738], contaminated: 0)).sentences().joined()
    #expect(text.contains("Model 0") && text.contains("Caution: contaminated."))
    #expect(text.contains("The best without such a caveat is Model 1"))
    let other = FindingSentences(content(means: [0.75, 0.738], contaminated: 1)).sentences()
      .joined()
    #expect(other.contains("Model 1 († contaminated)"))
  }

  @Test func saysNothingOfNothing() {
    #expect(FindingSentences(content(means: [])).sentences().isEmpty)
    #expect(FindingSentences(content(means: [.nan])).sentences().isEmpty)
    #expect(FindingSentences(Sample.empty.content).sentences().isEmpty)
  }
}
