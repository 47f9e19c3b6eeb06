// What a study says of scores: no reward for what was missed, no rank for what has no value, nothing mixed.

import Foundation
import Metrics
import Prompts
import Report
import Testing

@testable import Study

@Suite struct StudyFindingsTests {
  /// Scores of two labels in one case.
  private func record(
    _ name: String, _ id: String, level: PromptLevel = .none, failure: String? = nil,
    _ labels: [(label: Int32, referenced: Bool, predicted: Bool, values: [String: Double?])]
  ) -> CaseRecord {
    let scores = labels.map {
      CaseRecord.LabelScores(
        label: $0.label, isReferenced: $0.referenced, isPredicted: $0.predicted, values: $0.values)
    }
    let at = CaseRecord.Level(
      level: level, scores: scores, failure: nil, interactions: 0, work: Work(), examples: 0,
      mask: "none.png", seconds: ["infer": 1], cpuSeconds: 1, calibration: nil)
    return CaseRecord(
      key: "", participant: name, caseID: id, levels: failure == nil ? [at] : [], failure: failure,
      peakMemory: 1, joules: nil, operations: nil, parameters: nil, precision: nil)
  }

  private func plan(_ models: [String], _ change: (inout StudyProtocol) -> Void = { _ in })
    async throws
    -> StudyPlan
  {
    let scene = try StudyScene(6)
    scene.labels = "{\"background\": 0, \"disc\": 1, \"rim\": 2}"
    var study = try scene.study(models)
    study.labels = ["disc", "rim"]
    change(&study)
    return try await scene.plan(study)
  }

  @Test func aMissedStructureDoesNotShortenTheDistance() async throws {
    let plan = try await plan(["baseline/box", "baseline/ellipse"])
    let both: [String: Double?] = ["dice": 0.5, "hd95": 30]
    let results = StudyResults(
      plan,
      records: plan.cases.flatMap { item in
        [
          record(
            "baseline/box", item.id, level: .box,
            [
              (1, true, true, ["dice": 0.9, "hd95": 2]),
              (2, true, false, ["dice": 0, "hd95": nil]),
            ]),
          record(
            "baseline/ellipse", item.id, level: .box,
            [(1, true, true, ["dice": 0.9, "hd95": 2]), (2, true, true, both)]),
        ]
      })
    let hd95 = try Metric(named: "hd95")
    #expect(results.column(hd95, results.contenders[0]) == .init(repeating: nil, count: 6))
    #expect(results.column(hd95, results.contenders[1]) == .init(repeating: 16, count: 6))
    #expect(results.column(hd95, results.contenders[0], label: plan.labels[0])[0] == 2)
    #expect(results.column(.dice, results.contenders[0])[0] == 0.45)
  }

  @Test func absenceOnBothSidesTakesNoPart() async throws {
    let plan = try await plan(["baseline/box"])
    let results = StudyResults(
      plan,
      records: plan.cases.map { item in
        record(
          "baseline/box", item.id, level: .box,
          [
            (1, true, true, ["dice": 0.8, "hd95": 4]),
            (2, false, false, ["dice": nil, "hd95": nil]),
          ])
      })
    for metric in [Metric.dice, .hd95] {
      #expect(
        results.column(metric, results.contenders[0]).allSatisfy {
          $0 == (metric == .dice ? 0.8 : 4)
        })
    }
    #expect(results.missing(.dice) == .omitted)
    #expect(results.missing(.hd95) == .worst)
    #expect(results.missing(.ece) == .omitted)
  }

  @Test(arguments: StudyProtocol.Failures.allCases)
  func failuresCountAsTheProtocolSays(failures: StudyProtocol.Failures) async throws {
    let plan = try await plan(["baseline/box"]) { $0.failures = failures }
    let records = plan.cases.enumerated().map { index, item in
      record(
        "baseline/box", item.id, level: .box, failure: index == 0 ? "it broke" : nil,
        [(1, true, true, ["dice": 0.8, "hd95": 4])])
    }
    let results = StudyResults(plan, records: records)
    #expect(results.column(.dice, results.contenders[0])[0] == (failures == .worst ? 0 : nil))
    #expect(results.column(.hd95, results.contenders[0])[0] == nil)
    let csv = results.csv().split(separator: "\n")
    #expect(csv.count { $0.contains("failed: it broke") } == 4)
  }

  @Test func promptedAndAutomaticAreNeverRankedTogether() async throws {
    let scene = try StudyScene(6)
    let plan = try await scene.plan(scene.study(["baseline/otsu", "baseline/random-walker"]))
    let records = plan.cases.flatMap { item in
      [
        record("baseline/otsu", item.id, [(1, true, true, ["dice": 0.8, "hd95": 4])]),
        record(
          "baseline/random-walker", item.id, level: .box,
          [(1, true, true, ["dice": 0.9, "hd95": 1])]),
      ]
    }
    let results = StudyResults(plan, records: records)
    let groups = try StudyAnalysis(results).groups
    #expect(groups.map(\.title) == ["Automatic", "One click", "Tight box"])
    #expect(
      groups.map { $0.contenders.map(\.participant) } == [
        ["baseline/otsu"], ["baseline/random-walker"], ["baseline/random-walker"],
      ])
    #expect(groups[2].metrics[0].analysis.rankings[0].models == ["baseline/random-walker, box"])
    // At one click there is no score at all, and so nothing is ranked.
    #expect(groups[1].metrics[0].analysis.models.isEmpty)
    #expect(groups[1].metrics[0].summaries.map(\.defined) == [0])
  }

  @Test func contaminationStandsInEveryRow() async throws {
    let scene = try StudyScene(6)
    var study = try scene.study(["baseline/otsu", "baseline/otsu-dark"])
    study.models[0].trainedOn = ["Discs"]
    let plan = try await scene.plan(study)
    let records = plan.cases.flatMap { item in
      ["baseline/otsu", "baseline/otsu-dark"].map {
        record($0, item.id, [(1, true, true, ["dice": 0.8, "hd95": 4])])
      }
    }
    let results = StudyResults(plan, records: records)
    for line in results.csv().split(separator: "\n").dropFirst() {
      #expect(line.contains("tested dataset") == line.hasPrefix("baseline/otsu,"))
    }
    let content = try ReportMapping(
      results: results, analysis: StudyAnalysis(results), version: "1", command: ["vesalius"],
      published: [], folder: StudyFolder(scene("out"))
    ).content()
    #expect(content.contenders.map { $0.contamination != nil } == [true, false])
    #expect(content.warnings.contains { $0.kind == .contamination })
    #expect(HTMLReport(content).html().contains("contaminated"))
    #expect(MarkdownReport(content).markdown().contains("contaminated"))
  }
}
