// What labelled cases buy: learning curves of trained models and of examples, and where they pass models that
// need none.

import Foundation
import Prompts
import Report
import Statistics

extension ReportMapping {
  func breakEven() -> [ReportContent.BreakEven] {
    let series = exampleSeries() + trainedSeries()
    guard series.contains(where: { $0.points.count > 1 }) else { return [] }
    let references = untaught()
    return [
      ReportContent.BreakEven(
        metric: plan.study.primary, series: series, references: references,
        crossings: series.filter { $0.points.count > 1 }.flatMap { curve in
          references.map { crossing(of: curve, over: $0) }
        }, note: note)
    ]
  }

  private var note: String {
    let isTaught = results.contenders.contains { $0.level.given == .examples }
    let isTrained = plan.participants.contains { $0.budget != nil }
    return [
      isTaught ? "Labelled cases of other patients that the model was given." : nil,
      isTrained ? "Labelled cases that trained models were fitted to, as their files say." : nil,
    ].compactMap(\.self).joined(separator: " ")
  }

  /// Participants that were shown more and more cases with their masks.
  private func exampleSeries() -> [ReportContent.Series] {
    plan.participants.compactMap { participant in
      let own = results.contenders.filter { $0.participant == participant.name }
      let points = own.compactMap { contender -> (Int, Contender)? in
        if case .support(let count) = contender.level { (count, contender) } else { nil }
      }.sorted { $0.0 < $1.0 }
      guard points.count > 1, let first = points.first else { return nil }
      return ReportContent.Series(
        contender: first.1.name, points: points.map { point(x: Double($0.0), of: $0.1) })
    }
  }

  /// Trained models that differ only in how many cases they were trained on, as one curve each.
  private func trainedSeries() -> [ReportContent.Series] {
    var order: [String] = []
    var members: [String: [(cases: Int, contender: Contender)]] = [:]
    for contender in results.contenders where contender.level == .none {
      let participant = plan.participants.first { $0.name == contender.participant }
      guard let budget = participant?.budget else { continue }
      if members[budget.curve] == nil { order.append(budget.curve) }
      members[budget.curve, default: []].append((budget.cases, contender))
    }
    return order.compactMap { curve in
      let own = members[curve] ?? []
      let counts = Set(own.map(\.cases)).sorted()
      guard let only = own.first else { return nil }
      let points = counts.map { count in
        joined(own.filter { $0.cases == count }.map(\.contender), at: Double(count))
      }
      // A curve carries its own name: none of its points stands for all.
      let isDoubted = own.contains { member in
        results.contamination.contains { $0.participant == member.contender.participant }
      }
      let name = own.count > 1 ? curve + (isDoubted ? " (contaminated)" : "") : only.contender.name
      return ReportContent.Series(contender: name, points: points)
    }
  }

  /// One point; that of several trainings on equally many cases is their mean.
  private func joined(_ contenders: [Contender], at x: Double) -> ReportContent.SeriesPoint {
    guard contenders.count > 1 else { return point(x: x, of: contenders[0]) }
    let means = contenders.compactMap { summary(of: $0)?.mean }
    return ReportContent.SeriesPoint(
      x: x, mean: means.isEmpty ? nil : means.reduce(0, +) / Double(means.count),
      cases: summary(of: contenders[0])?.defined)
  }

  /// Models that no labelled case of the task was needed for: automatic ones, and of promptable ones the least
  /// and the best that they were given.
  private func untaught() -> [ReportContent.ReferenceLevel] {
    plan.participants.flatMap { participant -> [ReportContent.ReferenceLevel] in
      guard participant.budget == nil, !participant.learns else { return [] }
      let own = results.contenders.filter { contender in
        contender.participant == participant.name
          && ![.examples, .text].contains(contender.level.given)
      }
      let known = own.compactMap { contender in
        summary(of: contender).flatMap { found in
          found.mean.map { (contender: contender, mean: $0, interval: found.meanInterval) }
        }
      }
      guard participant.kind == .promptable else {
        return known.filter { $0.contender.given == Given.none.rawValue }.map {
          .init(contender: $0.contender.name, mean: $0.mean, interval: $0.interval)
        }
      }
      let least = known.min { $0.contender.level.effort < $1.contender.level.effort }
      let best = known.max { isBetter($1.mean, than: $0.mean) }
      let shown = [least, best].compactMap(\.self)
      return shown.enumerated().filter { index, item in
        index == 0 || item.contender != shown[0].contender
      }.map { .init(contender: $1.contender.name, mean: $1.mean, interval: $1.interval) }
    }
  }

  private func isBetter(_ a: Double, than b: Double) -> Bool {
    let metric = metrics.first { $0.id == plan.study.primary }
    return metric?.higherIsBetter ?? true ? a > b : a < b
  }

  /// Where a curve first passes a level, interpolated between the logarithms of the numbers of cases.
  private func crossing(
    of curve: ReportContent.Series, over level: ReportContent.ReferenceLevel
  ) -> ReportContent.Crossing {
    let known = curve.points.compactMap { point in point.mean.map { (x: point.x, y: $0) } }
    func told(_ cases: Double?, _ remark: String?) -> ReportContent.Crossing {
      ReportContent.Crossing(
        trained: curve.contender, reference: level.contender, cases: cases, remark: remark)
    }
    guard let place = known.firstIndex(where: { isBetter($0.y, than: level.mean) }) else {
      return told(nil, known.last.map { "not reached with \(Int($0.x)) cases" } ?? "no score")
    }
    let there = known[place]
    guard place > 0 else {
      return told(
        there.x, "better with the fewest that were tried (\(Int(there.x)))")
    }
    let before = known[place - 1]
    let part = (level.mean - before.y) / (there.y - before.y)
    let cases = exp(log(before.x) + part * (log(there.x) - log(before.x)))
    let falls = known[place...].contains { !isBetter($0.y, than: level.mean) }
    return told(cases, falls ? "falls below it again with more cases" : nil)
  }
}
