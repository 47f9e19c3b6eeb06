// Everything that a study found, row by row: the tables that others calculate with.

public import Foundation
import Metrics
public import Prompts
import Tables

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

  /// For each participant the record of every case of the plan.
  private let byCase: [String: [CaseRecord?]]

  public init(_ plan: StudyPlan, records: [CaseRecord]) {
    self.plan = plan
    self.records = records
    let places = Dictionary(
      plan.cases.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var byCase: [String: [CaseRecord?]] = [:]
    for record in records {
      guard let place = places[record.caseID] else { continue }
      byCase[record.participant, default: plan.cases.map { _ in nil }][place] = record
    }
    self.byCase = byCase
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

  /// The record of each case for a contender, in the order of the cases.
  func records(of contender: Contender) -> [(item: StudyPlan.Case, record: CaseRecord)] {
    zip(plan.cases, byCase[contender.participant] ?? []).compactMap { item, record in
      record.map { (item, $0) }
    }
  }

  /// The tidy table: one line per contender, case, label and metric. It holds nothing that differs from run
  /// to run, so that the same protocol on the same data gives the same bytes. Columns of the dataset's own
  /// table have `case_` before their names.
  public func csv() -> String {
    let attributes = Set(plan.cases.flatMap(\.attributes.keys)).sorted()
    let header =
      ["model", "prompts", "given", "interactions", "examples", "case", "label", "name", "metric"]
      + ["value", "status", "contaminated"] + attributes.map { "case_" + $0 }
    var lines = [CSV.line(header)]
    for contender in contenders {
      for (item, record) in records(of: contender) {
        let level = record.at(contender.level)
        let failure = record.failure(at: contender.level)
        let known = contamination.first { $0.concerns(contender, item) }?.reason ?? ""
        let given = [
          contender.participant, contender.level.description, contender.given,
          level.map { "\($0.interactions)" } ?? "", level.map { "\($0.examples)" } ?? "", item.id,
        ]
        let about = attributes.map { item.attributes[$0] ?? "" }
        for label in plan.labels {
          let values = level?.scores.first { $0.label == label.value }?.values
          for metric in plan.study.metrics {
            let value = values?[metric].flatMap(\.self)
            let status = failure.map { "failed: \($0)" } ?? (value == nil ? "undefined" : "ok")
            let score = [
              "\(label.value)", label.name, metric, value.map { "\($0)" } ?? "", status, known,
            ]
            lines.append(CSV.line(given + score + about))
          }
        }
      }
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
        guard let level = record.at(contender.level), level.failure == nil else {
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
