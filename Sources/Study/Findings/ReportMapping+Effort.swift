// What prompts and examples buy: scores against clicks, kinds of prompt and labelled cases.

import Metrics
import Prompts
import Report
import Statistics

extension ReportMapping {
  func effort() -> [ReportContent.EffortCurves] {
    let clicks = ordered(results.contenders.map(\.level).filter { $0.clicks != nil })
    let kinds = ordered(
      results.contenders.map(\.level).filter { level in
        if case .support = level { return false }
        return level != .none
      })
    var curves: [ReportContent.EffortCurves] = []
    if clicks.count > 1 {
      curves.append(
        curve(
          "Corrective clicks", axis: "Clicks per object", steps: clicks,
          names: clicks.map { "\($0.clicks ?? 0)" }, isCumulative: true))
    }
    if kinds.count > 1 {
      curves.append(
        curve(
          "Kinds of prompt", axis: "What is given", steps: kinds, names: kinds.map(\.description),
          isCumulative: false))
    }
    return curves
  }

  private func curve(
    _ title: String, axis: String, steps: [PromptLevel], names: [String], isCumulative: Bool
  ) -> ReportContent.EffortCurves {
    let series = plan.participants.compactMap { participant -> ReportContent.Series? in
      let own = results.contenders.filter { $0.participant == participant.name }
      let points = steps.enumerated().compactMap { index, level in
        own.first { $0.level == level }.map { point(x: Double(index), of: $0) }
      }
      guard points.count > 1, let first = own.first(where: { steps.contains($0.level) }) else {
        return nil
      }
      return ReportContent.Series(contender: first.name, points: points)
    }
    return ReportContent.EffortCurves(
      title: title, metric: plan.study.primary, axis: axis, steps: names,
      isCumulative: isCumulative, series: series, references: references(),
      note: "Prompts were simulated from the reference, \(plan.study.objects.rawValue) by "
        + "\(plan.study.objects.rawValue).")
  }

  private func ordered(_ levels: [PromptLevel]) -> [PromptLevel] {
    Set(levels).sorted { ($0.effort, $0.description) < ($1.effort, $1.description) }
  }

  /// Automatic contenders, as levels to compare with.
  private func references() -> [ReportContent.ReferenceLevel] {
    results.contenders.filter { $0.level == .none && $0.given == Given.none.rawValue }
      .compactMap { contender in
        guard let summary = summary(of: contender), let mean = summary.mean else { return nil }
        return ReportContent.ReferenceLevel(
          contender: contender.name, mean: mean, interval: summary.meanInterval)
      }
  }

  func point(x: Double, of contender: Contender) -> ReportContent.SeriesPoint {
    let summary = summary(of: contender)
    return ReportContent.SeriesPoint(
      x: x, mean: summary?.mean, interval: summary?.meanInterval, cases: summary?.defined)
  }

  /// A contender's scores by the primary metric.
  func summary(of contender: Contender) -> Summary? {
    for group in analysis.groups {
      guard let place = group.contenders.firstIndex(of: contender) else { continue }
      return group.metrics.first { $0.metric.id == plan.study.primary }?
        .summaries[place]
    }
    return nil
  }
}
