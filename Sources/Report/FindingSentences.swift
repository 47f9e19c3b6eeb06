// The findings in plain sentences, so that nobody has to read a p-value off a table.

import Charts
import Statistics

/// Builds the sentences for ``ReportContent/findings``.
///
/// One for the best of each group by the mean of the primary metric, with its interval, its lead over the
/// next and whether the cases bear that lead out. A contender that is contaminated or untrained is never
/// called the best without saying so, and the best without such a caveat is named beside it.
public struct FindingSentences: Sendable {
  private let content: ReportContent

  public init(_ content: ReportContent) { self.content = content }

  /// One or more per group, in the order of the groups; none where nothing has a mean.
  public func sentences() -> [String] {
    let index = ReportIndex(content)
    guard let metric = index.primary else { return [] }
    return content.groups.compactMap { group in
      guard let result = group.results.first(where: { $0.metric == metric.id }) else { return nil }
      return sentence(group, result, metric, index)
    }
  }

  private func sentence(
    _ group: ReportContent.Group, _ result: ReportContent.MetricResult,
    _ metric: ReportContent.Metric, _ index: ReportIndex
  ) -> String? {
    let sign = metric.higherIsBetter ? 1.0 : -1
    let known = result.summaries.enumerated().compactMap { place, row -> (Int, Double)? in
      guard let mean = row.summary.mean, mean.isFinite else { return nil }
      return (place, mean * sign)
    }
    let order = known.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { result.summaries[$0.0] }
    guard let best = order.first else { return nil }
    var text = "\(group.title): the best mean \(metric.name) is that of "
    text += "\(phrase(best, metric, index))."
    let flags = index.flags(best.contender)
    guard flags.isEmpty else {
      text += " Caution: \(flags.joined(separator: ", "))."
      guard let sound = order.first(where: { index.flags($0.contender).isEmpty }) else {
        return text
      }
      text += " The best without such a caveat is \(phrase(sound, metric, index))."
      return text
    }
    guard order.count > 1 else { return text }
    if let lead = lead(best.contender, order[1].contender, result, metric, index) {
      text += " " + lead
    }
    return text + firmness(best.contender, result, index)
  }

  /// "lwnet 0.749 [0.730, 0.768], n = 28".
  private func phrase(
    _ row: ReportContent.ContenderSummary, _ metric: ReportContent.Metric, _ index: ReportIndex
  ) -> String {
    let unit = metric.unit.map { " \($0)" } ?? ""
    let value = index.text(row.summary.mean, row.summary.meanInterval, metric)
    return "\(index.name(row.contender)), \(value)\(unit) (n = \(row.summary.defined))"
  }

  private func lead(
    _ best: String, _ next: String, _ result: ReportContent.MetricResult,
    _ metric: ReportContent.Metric, _ index: ReportIndex
  ) -> String? {
    let pair = result.comparisons.first {
      ($0.first == best && $0.second == next) || ($0.first == next && $0.second == best)
    }
    guard let pair, let mean = pair.meanDifference else { return nil }
    let turn = pair.first == best ? 1.0 : -1
    var difference = NumberText.signed(turn * mean, metric.decimals)
    if let interval = pair.interval {
      let ends = [turn * interval.low, turn * interval.high].sorted()
      difference += " [\(NumberText.signed(ends[0], metric.decimals)), "
      difference += "\(NumberText.signed(ends[1], metric.decimals))]"
    }
    let caveat = index.flags(next).map { " († \($0))" }.joined()
    var text = "Its difference to the next, \(index.name(next))\(caveat), is \(difference)"
    guard let p = pair.permutationHolm ?? pair.wilcoxonHolm else { return text + "." }
    text += p < 0.001 ? " (p < 0.001" : " (p = \(NumberText.probability(p))"
    text += " after Holm’s correction): "
    return text
      + (p < result.alpha
        ? "the cases bear this out." : "these cases do not tell the two apart.")
  }

  private func firmness(
    _ best: String, _ result: ReportContent.MetricResult, _ index: ReportIndex
  ) -> String {
    guard let stability = result.stability.first,
      let place = stability.models.firstIndex(of: best), place < stability.frequencies.count,
      let share = stability.frequencies[place].first, share.isFinite
    else { return "" }
    return " It ranks first in \(NumberText.fixed(share * 100, 0)) % of "
      + "\(stability.resamples) bootstrap samples of the cases."
  }
}
