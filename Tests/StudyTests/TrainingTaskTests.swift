// Models that are trained for a study: what they may learn from, and what they may not.

import Foundation
import Testing

@testable import Study

@Suite struct TrainingTaskTests {
  private func entrant(_ task: TrainingTask, model: String = "nnunet") -> Entrant {
    Entrant(name: "net \(task.cases ?? 0)", model: model, training: task)
  }

  @Test func moreCasesHoldFewer() async throws {
    let scene = try StudyScene(9)
    var study = try scene.study(["baseline/otsu"])
    study.split = .init(heldOut: 3)
    study.models += [1, 3, 6].map { entrant(TrainingTask(cases: $0, minutes: 2)) }
    let plan = try await scene.plan(study)
    #expect(plan.cases.count == 3 && plan.training.count == 6 && plan.participants.count == 1)
    let cases = plan.trainings.map { Set($0.cases) }
    #expect(cases.map(\.count) == [1, 3, 6])
    #expect(cases[0].isSubset(of: cases[1]) && cases[1].isSubset(of: cases[2]))
    #expect(cases[2].isDisjoint(with: plan.cases.map(\.id)))
    #expect(plan.trainings.allSatisfy { $0.configuration == "2d" && !$0.isFinished })
    // Other seeds, times and images are other trainings.
    let folders = Set(plan.trainings.map(\.folder))
    study.models[1].training?.minutes = 3
    #expect(folders.intersection(try await scene.plan(study).trainings.map(\.folder)).count == 2)
    study.seed += 1
    #expect(folders.isDisjoint(with: try await scene.plan(study).trainings.map(\.folder)))
  }

  @Test func patientsStayOnOneSide() async throws {
    let scene = try StudyScene(0)
    for number in 0..<8 {
      try scene.add("eye\(number)", patient: "p\(number / 2)", shift: number)
    }
    var study = try scene.study(["baseline/otsu"])
    study.split = .init(heldOut: 3)
    let plan = try await scene.plan(study)
    // A third case would cut a patient in two.
    #expect(plan.cases.count == 2 && plan.training.count == 6)
    #expect(Set(plan.cases.map(\.patient)).isDisjoint(with: plan.training.map(\.patient)))
  }

  @Test func theUsualProtocolKeepsAQuarterAside() throws {
    let scene = try StudyScene(8)
    try scene.write()
    let trained = Entrant.trainedHere(cases: [4, nil], minutes: 0.5)
    #expect(trained.map(\.name) == ["nnunet (4 cases, 0.5 min)", "nnunet (all cases, 0.5 min)"])
    #expect(try StudyProtocol(dataset: scene.path, models: trained).split.heldOut == 2)
    #expect(try StudyProtocol(dataset: scene.path, models: []).split.heldOut == nil)
  }

  @Test func whatCannotBeTrainedIsRefused() async throws {
    let scene = try StudyScene(4)
    var study = try scene.study([])
    func problem(_ entrant: Entrant) async throws -> String {
      study.models = [entrant]
      return try await scene.problems(study).joined(separator: " | ")
    }
    let task = TrainingTask(minutes: 1)
    #expect(try await problem(entrant(task)).contains("learn from the cases that are scored"))
    study.split = .init(heldOut: 1)
    #expect(try await problem(entrant(task)).isEmpty)
    #expect(try await problem(entrant(task, model: "lwnet")).contains("lwnet cannot be trained"))
    var volumes = task
    volumes.configuration = "3d_fullres"
    #expect(try await problem(entrant(volumes)).contains("reads volumes"))
    volumes.configuration = "3d_cascade_fullres"
    #expect(try await problem(entrant(volumes)).contains("cannot be trained here"))
    var weighty = entrant(task)
    weighty.weights = "untrained"
    #expect(try await problem(weighty).contains("weights or predictions as well"))
    study.split.column = "patient"
    #expect(try await problem(entrant(task)).contains("both a column and heldOut"))
  }

  @Test func aProtocolWithTrainingsReadsBack() throws {
    let scene = try StudyScene(4)
    var study = try scene.study([])
    study.models = Entrant.trainedHere(cases: [2, nil], minutes: 2)
    let text = try study.yaml()
    try text.write(toFile: scene("p.yaml"), atomically: true, encoding: .utf8)
    #expect(try StudyProtocol(contentsOf: scene("p.yaml")) == study)
    try text.replacingOccurrences(of: "minutes:", with: "minuets:")
      .write(toFile: scene("p.yaml"), atomically: true, encoding: .utf8)
    let error = #expect(throws: StudyError.self) { try StudyProtocol(contentsOf: scene("p.yaml")) }
    #expect(error.map { "\($0)".contains("unknown entry 'minuets'") } == true)
  }
}
