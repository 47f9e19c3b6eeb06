// What a reader must know before the figures of a study.

import Foundation
import Report

extension ReportMapping {
  func warnings() -> [ReportContent.Warning] {
    contaminated() + untrained() + copies() + failed() + weakStatistics()
      + plan.remarks.map { ReportContent.Warning(.other, $0.description) }
  }

  private func contaminated() -> [ReportContent.Warning] {
    results.contamination.map { finding in
      let extent =
        finding.cases.map { "on \($0.count) of \(plan.cases.count) cases" } ?? "as a whole"
      return ReportContent.Warning(
        .contamination,
        "The scores of \(finding.participant) are contaminated \(extent): \(finding.reason). "
          + "They do not tell how it does on unseen images.",
        items: finding.cases ?? [])
    }
  }

  private func untrained() -> [ReportContent.Warning] {
    let names = plan.participants.filter(\.isUntrained).map(\.name)
    guard !names.isEmpty else { return [] }
    return [
      ReportContent.Warning(
        .untrainedWeights,
        "These models ran with untrained weights made by a formula: their scores say that the way of "
          + "data works and what it costs, not what the model can do.", items: names)
    ]
  }

  private func copies() -> [ReportContent.Warning] {
    let pairs = Duplicates.within(plan.cases)
    guard !pairs.isEmpty else { return [] }
    return [
      ReportContent.Warning(
        .nearDuplicates,
        "Some cases show nearly the same image under two names; they count twice in every figure.",
        items: pairs.map { "\($0.id) and \($1.id)" })
    ]
  }

  private func failed() -> [ReportContent.Warning] {
    results.contenders.compactMap { contender in
      let failures = results.records(of: contender).compactMap { item, record in
        record.failure(at: contender.level).map { "\(item.id): \($0)" }
      }
      guard !failures.isEmpty else { return nil }
      let shown = failures.prefix(10)
      let rest = failures.count - shown.count
      return ReportContent.Warning(
        .failedCases,
        "\(contender.name) gave no answer in \(failures.count) of \(plan.cases.count) cases.",
        items: shown + (rest > 0 ? ["and \(rest) more"] : []))
    }
  }

  /// What the statistics of the primary metric warn of, each once, with the groups that it concerns.
  private func weakStatistics() -> [ReportContent.Warning] {
    var groups: [String: [String]] = [:]
    var order: [String] = []
    for group in analysis.groups {
      for findings in group.metrics where findings.metric.id == plan.study.primary {
        for warning in findings.analysis.warnings.map(\.description) {
          if groups[warning] == nil { order.append(warning) }
          groups[warning, default: []].append(group.title)
        }
      }
    }
    return order.map { text in
      let concerned = groups[text] ?? []
      let isGeneral = concerned.count == analysis.groups.count
      return ReportContent.Warning(.power, text, items: isGeneral ? [] : concerned)
    }
  }
}
