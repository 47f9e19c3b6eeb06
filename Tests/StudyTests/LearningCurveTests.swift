// What files beside weights say of training: budgets, learning curves, and which images count as seen.

import Datasets
import Foundation
import Prompts
import Report
import Segmentation
import Testing

@testable import Study

@Suite struct LearningCurveTests {
  /// Weights of one network, trained on so many cases, with what lies beside them.
  private func plan(
    _ scene: StudyScene, counts: [Int], more: [String] = ["baseline/otsu"],
    provenance: (Int) throws -> Provenance
  ) async throws -> StudyPlan {
    var study = try scene.study(counts.map { "lwnet@\(scene("w\($0).pth"))" } + more)
    for (index, count) in counts.enumerated() {
      study.models[index].name = "trained on \(count)"
      study.models[index].labels = ["vessel": "disc"]
      try Data("weights \(count)".utf8).write(to: URL(fileURLWithPath: scene("w\(count).pth")))
      try provenance(count).write(beside: scene("w\(count).pth"))
    }
    return try await scene.plan(study)
  }

  private func mapping(_ plan: StudyPlan, _ dice: [String: Double]) throws -> ReportMapping {
    let records = plan.cases.enumerated().flatMap { index, item in
      plan.participants.map { participant in
        CaseRecord(
          key: "", participant: participant.name, caseID: item.id,
          levels: participant.levels.map { level in
            // Other cases have other scores, or nothing could be said of their spread.
            let value = (dice[participant.name] ?? 0) + 0.01 * Double(index % 2 * 2 - 1)
            return CaseRecord.Level(
              level: level,
              scores: [
                .init(label: 1, isReferenced: true, isPredicted: true, values: ["dice": value])
              ], failure: nil, interactions: 0, work: Work(), examples: 0, mask: "none.png",
              seconds: ["infer": 1], cpuSeconds: 1, calibration: nil)
          }, failure: nil, peakMemory: 1, joules: nil, operations: nil, parameters: nil,
          precision: nil)
      }
    }
    let results = StudyResults(plan, records: records)
    return ReportMapping(
      results: results, analysis: try StudyAnalysis(results), version: "test", command: [],
      published: [], folder: StudyFolder("none"))
  }

  @Test func trainingsOfOneKindBecomeOneCurve() async throws {
    let scene = try StudyScene(6)
    let plan = try await plan(scene, counts: [4, 16, 64]) { count in
      Provenance(
        dataset: "others", images: [], curve: "nnU-Net 2d", trainingCount: count,
        trainingMinutes: Double(count))
    }
    let mapping = try mapping(
      plan,
      [
        "trained on 4": 0.5, "trained on 16": 0.9, "trained on 64": 0.95, "baseline/otsu": 0.7,
      ])
    let curves = mapping.breakEven()
    try #require(curves.count == 1)
    try #require(curves[0].series.count == 1)
    let series = curves[0].series[0]
    #expect(series.contender == "nnU-Net 2d")
    #expect(series.points.map(\.x) == [4, 16, 64])
    for (point, mean) in zip(series.points, [0.5, 0.9, 0.95]) {
      #expect(abs((point.mean ?? 0) - mean) < 1e-9)
      #expect(point.interval != nil)
    }
    // What was trained for the task is no level to be passed.
    #expect(curves[0].references.map(\.contender) == ["baseline/otsu"])
    let crossing = try #require(curves[0].crossings.first)
    #expect(curves[0].crossings.count == 1)
    // Half way between the logarithms of 4 and 16.
    #expect(abs((crossing.cases ?? 0) - 8) < 1e-6)
    let costs = mapping.costs().rows
    #expect(costs.prefix(3).map(\.labelledCases) == [4, 16, 64])
    #expect(costs.prefix(3).map(\.trainingSeconds) == [240, 960, 3840])
    #expect(costs.last?.trainingSeconds == nil)
  }

  @Test(arguments: [(0.99, nil, "not reached with 16 cases"), (0.3, 4.0, "fewest")])
  func aLevelMayLieOutside(level: Double, cases: Double?, remark: String) async throws {
    let scene = try StudyScene(6)
    let plan = try await plan(scene, counts: [4, 16]) { count in
      Provenance(dataset: "others", images: [], trainingCount: count)
    }
    let curves = try mapping(
      plan, ["trained on 4": 0.5, "trained on 16": 0.9, "baseline/otsu": level]
    ).breakEven()
    let crossing = try #require(curves.first?.crossings.first)
    #expect(crossing.cases == cases)
    #expect(crossing.remark?.contains(remark) == true)
    #expect(crossing.trained == "lwnet")
  }

  @Test func oneTrainingIsNoCurve() async throws {
    let scene = try StudyScene(6)
    let plan = try await plan(scene, counts: [4]) { count in
      Provenance(dataset: "others", images: [], trainingCount: count)
    }
    #expect(try mapping(plan, ["trained on 4": 0.5]).breakEven().isEmpty)
  }

  /// Examples that a model was shown and cases that another was trained on share the axis.
  @Test func examplesStandBesideTrainings() async throws {
    let scene = try StudyScene(6)
    try scene.write()
    var study = try scene.study(["baseline/majority", "lwnet@\(scene("w2.pth"))"])
    study.models[1].labels = ["vessel": "disc"]
    study.prompts = ["support-1", "support-4"]
    try Data("weights".utf8).write(to: URL(fileURLWithPath: scene("w2.pth")))
    try Provenance(dataset: "others", images: [], trainingCount: 2)
      .write(beside: scene("w2.pth"))
    let curves = try mapping(
      try await scene.plan(study), ["baseline/majority": 0.4, "lwnet": 0.8]
    ).breakEven()
    #expect(curves.first?.series.map(\.contender) == ["baseline/majority, support-1", "lwnet"])
    #expect(curves.first?.series.map { $0.points.map(\.x) } == [[1, 4], [2]])
  }

  @Test func whatIsListedWholeMarksTheListedCasesOnly() async throws {
    let scene = try StudyScene(6)
    try scene.write()
    let cases = try DatasetFolder(contentsOf: scene.path).cases
    let plan = try await plan(scene, counts: [2], more: []) { _ in
      try Provenance(
        dataset: "Discs", training: Array(cases[0..<2]), validation: [cases[2]], minutes: 3)
    }
    let provenance = try #require(plan.participants[0].provenances.first)
    #expect(provenance.images.map(\.case) == ["case0", "case1", "case2"])
    #expect(provenance.images.map(\.patient) == ["p0", "p1", "p2"])
    #expect(provenance.trainingCount == 2)
    #expect(plan.participants[0].budget == TrainingBudget(cases: 2, minutes: 3, curve: "lwnet"))
    let findings = Contamination.findings(in: plan)
    #expect(!findings.contains { $0.evidence == .name })
    let content = findings.filter { $0.evidence == .content }
    #expect(content.map(\.cases) == [["case0", "case1"], ["case2"]])
    #expect(content.last?.reason.contains("stopped or chosen") == true)

    // A list with gaps says nothing of the cases that are not in it.
    var partial = provenance
    partial.trainingCount = 3
    try partial.write(beside: scene("w2.pth"))
    #expect(Contamination.findings(in: plan).first?.evidence == .name)
    #expect(Contamination.findings(in: plan).first?.cases == nil)
  }

  @Test func readsTheDocumentedFile() throws {
    let text = """
      {"dataset": "MSD Hippocampus (87 cases)", "name": "nnU-Net, 16 cases",
       "curve": "nnU-Net 3d_fullres", "trainingCount": 16, "trainingMinutes": 12.5,
       "images": [{"case": "a", "patient": "p", "sha256": "00", "use": "training"},
                  {"sha256": "11", "use": "validation"}, {"sha256": "22"}]}
      """
    let provenance = try JSONDecoder().decode(Provenance.self, from: Data(text.utf8))
    #expect(provenance.trainingCases == ["a", "22"])
    #expect(!provenance.isComplete)
    #expect(provenance.name == "nnU-Net, 16 cases")
    let least = try JSONDecoder().decode(
      Provenance.self, from: Data(#"{"dataset": "x", "images": []}"#.utf8))
    #expect(!least.isComplete)
  }
}
