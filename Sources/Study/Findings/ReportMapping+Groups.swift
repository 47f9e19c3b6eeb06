// What the statistics say of those who were given the same.

import Report
import Statistics

extension ReportMapping {
  func group(_ group: StudyAnalysis.Group) -> ReportContent.Group {
    ReportContent.Group(
      id: group.id, title: group.title, note: note(of: group),
      contenders: group.contenders.map(\.name),
      results: group.metrics.compactMap { findings in
        let hasScores = findings.summaries.contains { $0.defined > 0 }
        return hasScores ? result(findings, of: group) : nil
      })
  }

  private func note(of group: StudyAnalysis.Group) -> String? {
    if plan.study.ranking == .together {
      return
        "The protocol asked for one ranking; what each was given differs, and so does its effort."
    }
    guard let level = group.contenders.first?.level, level != .none else { return nil }
    switch level.given {
    case .oracle: return "Prompts were taken from the reference without error: an upper bound."
    case .jittered:
      return "Prompts were taken from the reference and disturbed, as a hurried person would."
    default: return nil
    }
  }

  private func result(
    _ findings: StudyAnalysis.MetricFindings, of group: StudyAnalysis.Group
  ) -> ReportContent.MetricResult {
    let analysis = findings.analysis
    return ReportContent.MetricResult(
      metric: findings.metric.id,
      summaries: zip(group.contenders, findings.summaries).map { contender, summary in
        let failed = results.records(of: contender).count {
          $0.record.failure(at: contender.level) != nil
        }
        let policy =
          plan.study.failures == .worst
          ? findings.metric.worst.map { "counted as \($0)" }
            ?? "left out of means, last in rankings"
          : "left out"
        return ReportContent.ContenderSummary(
          contender: contender.name, summary: summary, failed: failed,
          failurePolicy: failed > 0 ? policy : nil)
      },
      comparisons: analysis.comparisons, rankings: analysis.rankings,
      stability: analysis.stabilities, labels: labels(findings, of: group),
      subgroups: findings.subgroups.map { breakdown($0.column, $0.reports) },
      alpha: plan.study.statistics.alpha)
  }

  private func labels(
    _ findings: StudyAnalysis.MetricFindings, of group: StudyAnalysis.Group
  ) -> ReportContent.Breakdown? {
    guard !findings.labels.isEmpty else { return nil }
    return ReportContent.Breakdown(
      attribute: "Structure",
      levels: findings.labels.map { label, summaries in
        ReportContent.Level(
          name: label.name, cases: plan.cases.count,
          scores: zip(group.contenders, summaries).map { contender, summary in
            ReportContent.LevelScore(
              contender: contender.name, mean: summary.mean, interval: summary.meanInterval,
              defined: summary.defined)
          })
      })
  }

  private func breakdown(
    _ column: String, _ reports: [SubgroupReport]
  ) -> ReportContent.Breakdown {
    let names = reports.first?.groups.map(\.name) ?? []
    return ReportContent.Breakdown(
      attribute: column,
      levels: names.enumerated().map { index, name in
        ReportContent.Level(
          name: name, cases: plan.cases.count { $0.attributes[column] == name },
          scores: reports.map { report in
            let summary = report.groups[index].summary
            return ReportContent.LevelScore(
              contender: report.model, mean: summary.mean, interval: summary.meanInterval,
              defined: summary.defined)
          })
      },
      gaps: reports.compactMap { report in
        guard let best = report.best, let worst = report.worst, let gap = report.gap else {
          return nil
        }
        return ReportContent.Gap(contender: report.model, best: best, worst: worst, gap: gap)
      })
  }
}
