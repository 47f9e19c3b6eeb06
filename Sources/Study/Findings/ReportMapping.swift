// A study as the content of its report.

import Datasets
import Foundation
import Metrics
import Models
import Prompts
import Report
import Statistics

/// Maps a study onto what a report shows.
struct ReportMapping {
  let results: StudyResults
  let analysis: StudyAnalysis
  let version: String
  let command: [String]
  let published: [PublishedValue]
  let folder: StudyFolder

  var plan: StudyPlan { results.plan }
  var metrics: [Metric] { (try? Metric.named(plan.study.metrics)) ?? [] }

  func content() throws -> ReportContent {
    var content = ReportContent(
      header: header(), warnings: warnings(), metrics: metrics.map(metric),
      primaryMetric: plan.study.primary, contenders: results.contenders.map(contender),
      groups: analysis.groups.map(group), cases: plan.cases.map(item), scores: scores(),
      effort: effort(), breakEven: breakEven(), calibration: try calibration(), costs: costs(),
      published: publishedScores(), gallery: try gallery(), methods: try methods(),
      reproduction: reproduction())
    content.findings = FindingSentences(content).sentences()
    return content
  }

  private func header() -> ReportContent.Header {
    let patients = Set(plan.cases.compactMap(\.patient)).count
    var facts = [ReportContent.Fact("Ranking", "\(plan.study.ranking.rawValue)")]
    if let column = plan.study.split.column {
      facts.append(
        ReportContent.Fact(
          "Split", "\(column): \(plan.cases.count) to test, \(plan.training.count) to learn from"))
    }
    return ReportContent.Header(
      title: "\(plan.datasetName): \(plan.participants.count) models compared",
      dataset: plan.datasetName,
      date: ISO8601DateFormatter.string(
        from: Date(), timeZone: .current, formatOptions: [.withFullDate]),
      version: version, cases: plan.cases.count, patients: patients == 0 ? nil : patients,
      labels: plan.labels.map(\.name), protocolDigest: plan.digest, seed: plan.study.seed,
      facts: facts)
  }

  private func metric(_ metric: Metric) -> ReportContent.Metric {
    ReportContent.Metric(
      id: metric.id, name: metric.abbreviation,
      unit: metric.unit == .none || metric.unit == .count ? nil : metric.unit.rawValue,
      higherIsBetter: metric.higherIsBetter,
      lowest: metric.range.lowerBound.isFinite ? metric.range.lowerBound : nil,
      highest: metric.range.upperBound.isFinite ? metric.range.upperBound : nil,
      decimals: metric.unit == .none ? 3 : 2,
      definition: "\(metric.title); definition, readings and empty masks: "
        + "Documentation/metrics/\(metric.guide)\(reading(of: metric)).")
  }

  /// The choices of the protocol that change a metric's value.
  private func reading(of metric: Metric) -> String {
    let options = plan.study.options
    return switch metric {
    case .nsd: "; tolerance \(options.nsdToleranceMM) mm (pixels where an image states no spacing)"
    case .hd95:
      "; \((options.percentileDefinition ?? .largerOfDirected).rawValue), \(options.surfaceReading.rawValue)"
    case .pq, .sq, .rq, .instanceF1:
      "; objects match above IoU \(options.matchingThreshold)"
    case .ece: "; \(options.calibrationBins) bins, every voxel"
    default:
      options.emptyPolicy == .undefined ? "" : "; empty masks count \(options.emptyPolicy.rawValue)"
    }
  }

  private func contender(_ contender: Contender) -> ReportContent.Contender {
    let participant = plan.participants.first { $0.name == contender.participant }
    let entry = participant?.entrant.model.flatMap { try? Registry.model($0) }
    let whole = results.contamination.first {
      $0.participant == contender.participant && $0.cases == nil
    }
    return ReportContent.Contender(
      id: contender.name,
      name: plan.study.ranking == .together ? contender.name : contender.participant,
      model: contender.participant,
      family: family(participant, entry),
      given: given(contender),
      weights: participant.map(weights) ?? "", isUntrained: participant?.isUntrained ?? false,
      trainedOn: participant.map(trainedOn) ?? [], contamination: whole?.reason)
  }

  private func family(
    _ participant: StudyPlan.Participant?, _ entry: RegisteredModel?
  ) -> String {
    switch participant?.kind {
    case .baseline: "classical baseline"
    case .predictions: "masks made elsewhere"
    default: entry?.card.branch.rawValue ?? ""
    }
  }

  /// Nothing is known of foreign masks; of what never learnt from images it is known that it did not.
  private func trainedOn(_ participant: StudyPlan.Participant) -> [String] {
    let stated = participant.trainedOn
    let neverLearnt = participant.kind == .baseline || participant.isUntrained
    return stated.isEmpty && neverLearnt ? ["no images"] : stated
  }

  private func weights(_ participant: StudyPlan.Participant) -> String {
    switch participant.kind {
    case .baseline: "none: it learns nothing from images"
    case .predictions: "unknown: masks made elsewhere"
    case .trained:
      "\(URL(fileURLWithPath: participant.weights ?? "").lastPathComponent)"
        + (participant.trained.map { $0.folds.count > 1 ? " (\($0.folds.count) folds)" : "" } ?? "")
        + ", SHA-256 \((participant.weightsHash ?? "").prefix(12))"
    default:
      participant.isUntrained
        ? "untrained (formula weights)"
        : "\(URL(fileURLWithPath: participant.weights ?? "").lastPathComponent), SHA-256 "
          + "\((participant.weightsHash ?? "").prefix(12))"
    }
  }

  private func given(_ contender: Contender) -> ReportContent.Given {
    let levels = results.records(of: contender).compactMap { $0.record.at(contender.level) }
    let mean =
      levels.isEmpty
      ? 0 : Double(levels.reduce(0) { $0 + $1.interactions }) / Double(levels.count)
    let origin: ReportContent.Given.Origin =
      switch contender.given {
      case "not stated": .notStated
      default: ReportContent.Given.Origin(rawValue: contender.given) ?? .notStated
      }
    let examples = levels.map(\.examples).max() ?? 0
    let participant = plan.participants.first { $0.name == contender.participant }
    let shown = participant?.kind == .inContext ? "images and masks" : "masks"
    return ReportContent.Given(
      origin: origin, prompts: mean,
      description: examples > 0
        ? "\(shown) of \(contender.level == .none ? "up to " : "")\(examples) other case\(examples == 1 ? "" : "s")"
        : contender.level == .none
          ? nil
          : "\(contender.level), \(plan.study.objects.rawValue) by \(plan.study.objects.rawValue)")
  }

  private func item(_ item: StudyPlan.Case) -> ReportContent.Case {
    ReportContent.Case(
      id: item.id, patient: item.patient,
      attributes: plan.study.subgroups.map {
        ReportContent.Fact($0, item.attributes[$0] ?? "unknown")
      })
  }

  private func scores() -> [ReportContent.ScoreColumn] {
    results.contenders.flatMap { contender in
      let records = results.records(of: contender)
      let failures = records.enumerated().compactMap { index, item in
        item.record.failure(at: contender.level).map {
          ReportContent.Failure(caseIndex: index, reason: $0)
        }
      }
      let seen = plan.cases.indices.filter { index in
        results.contamination.contains {
          $0.cases != nil && $0.concerns(contender, plan.cases[index])
        }
      }
      return metrics.map { metric in
        ReportContent.ScoreColumn(
          contender: contender.name, metric: metric.id, values: results.column(metric, contender),
          failures: failures, contaminatedCases: seen)
      }
    }
  }
}
