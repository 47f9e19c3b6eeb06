// Everything that a study found, row by row: the tables that others calculate with.

import Datasets
public import Foundation
import Metrics
public import Prompts

/// A participant at one level of prompts: what stands in a ranking.
public struct Contender: Sendable, Hashable, Codable {
  public let participant: String
  public let level: PromptLevel
  /// What it was given: none, oracle, jittered, human, text or examples.
  public let given: String

  /// Name for tables: that of the participant, and the level where it was given something.
  public var name: String { level == .none ? participant : "\(participant), \(level)" }
}

/// The records of a study in the order of its plan.
public struct StudyResults: Sendable {
  public let plan: StudyPlan
  public let records: [CaseRecord]
  /// Contenders in the order of participants and levels.
  public let contenders: [Contender]
  /// What is known against scores: training on what is tested.
  public let contamination: [Contamination]

  public init(_ plan: StudyPlan, records: [CaseRecord]) {
    self.plan = plan
    self.records = records
    contenders = plan.participants.flatMap { participant in
      participant.levels.map {
        Contender(
          participant: participant.name, level: $0,
          given: participant.entrant.given
            ?? (participant.kind == .predictions ? Entrant.notStated : $0.given.rawValue))
      }
    }
    contamination = Contamination.findings(in: plan)
  }

  /// One score; `value` is nil where it is undefined or the case failed.
  public struct Score: Sendable, Equatable {
    public let contender: Contender
    public let item: StudyPlan.Case
    public let label: StudyPlan.Label
    public let metric: String
    public let value: Double?
    /// Why there is no answer.
    public let failure: String?
    public let interactions: Int?
  }

  /// All scores, ordered by contender, case, label and metric.
  public func scores() -> [Score] {
    contenders.flatMap { contender in
      records(of: contender).flatMap { item, record in
        let level = record.levels.first { $0.level == contender.level }
        return plan.labels.flatMap { label in
          plan.study.metrics.map { metric in
            let values = level?.scores.first { $0.label == label.value }?.values
            return Score(
              contender: contender, item: item, label: label, metric: metric,
              value: values?[metric].flatMap(\.self), failure: record.failure,
              interactions: level?.interactions)
          }
        }
      }
    }
  }

  /// The record of each case for a contender, in the order of the cases.
  func records(of contender: Contender) -> [(item: StudyPlan.Case, record: CaseRecord)] {
    let own = Dictionary(
      records.filter { $0.participant == contender.participant }.map { ($0.caseID, $0) },
      uniquingKeysWith: { first, _ in first })
    return plan.cases.compactMap { item in own[item.id].map { (item, $0) } }
  }

  /// The tidy table: one line per contender, case, label and metric. It holds nothing that differs from run
  /// to run, so that the same protocol on the same data gives the same bytes.
  public func csv() -> String {
    let attributes = Set(plan.cases.flatMap(\.attributes.keys)).sorted()
    let header =
      ["model", "prompts", "given", "interactions", "case", "label", "name", "metric", "value"]
      + ["status", "contaminated"] + attributes
    var lines = [CSV.line(header)]
    for score in scores() {
      let known = contamination.first { $0.concerns(score.contender, score.item) }
      var fields = [
        score.contender.participant, score.contender.level.description, score.contender.given,
        score.interactions.map(String.init) ?? "", score.item.id, String(score.label.value),
        score.label.name, score.metric,
      ]
      fields.append(score.value.map { "\($0)" } ?? "")
      fields.append(
        score.failure.map { "failed: \($0)" } ?? (score.value == nil ? "undefined" : "ok"))
      fields.append(known?.reason ?? "")
      lines.append(CSV.line(fields + attributes.map { score.item.attributes[$0] ?? "" }))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What the answers cost: one line per contender and case. These differ from run to run.
  public func costsCSV() -> String {
    let stages = Set(records.flatMap(\.levels).flatMap(\.seconds.keys)).sorted()
    let header =
      ["model", "prompts", "case"] + stages.map { "\($0)_seconds" }
      + ["cpu_seconds", "peak_memory_bytes", "joules", "operations", "precision"]
    var lines = [CSV.line(header)]
    for contender in contenders {
      for (item, record) in records(of: contender) {
        guard let level = record.levels.first(where: { $0.level == contender.level }) else {
          continue
        }
        var fields = [contender.participant, contender.level.description, item.id]
        fields += stages.map { level.seconds[$0].map { "\($0)" } ?? "" }
        fields += ["\(level.cpuSeconds)", "\(record.peakMemory)"]
        fields.append(record.joules.map { "\($0)" } ?? "")
        fields.append(record.operations.map { "\($0.image)" } ?? "")
        fields.append(record.precision ?? "")
        lines.append(CSV.line(fields))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Plan, records and findings as one JSON object.
  public func json() throws -> Data {
    struct Content: Encodable {
      let plan: StudyPlan
      let contenders: [Contender]
      let records: [CaseRecord]
      let contamination: [Contamination]
    }
    return try StudyFolder.encoder.encode(
      Content(plan: plan, contenders: contenders, records: records, contamination: contamination))
  }
}
