// What a protocol says is understood in every spelling, or refused before anything runs.

import Foundation
import Testing

@testable import Study

@Suite struct PlanWordsTests {
  private func expect(
    _ problems: [String], _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      problems.contains { problem in words.allSatisfy(problem.contains) }, "\(problems)",
      sourceLocation: sourceLocation)
  }

  @Test func spellingsAreNormalised() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["sam-vit-t@untrained"])
    study.metrics = ["Dice", "HD95", "dice"]
    study.primary = "DICE"
    study.prompts = ["point", "box", "point"]
    study.models[0].prompts = ["box", "box"]
    study.labels = ["disc", "1"]
    let plan = try await scene.plan(study)
    #expect(plan.study.metrics == ["dice", "hd95"])
    #expect(plan.study.primary == "dice")
    #expect(plan.labels.count == 1)
    #expect(plan.participants[0].levels == [.box])
    study.models[0].prompts = nil
    #expect(try await scene.plan(study).participants[0].levels == [.point, .box])
  }

  @Test func namesOfLabelsAreNotOverlooked() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["lwnet@untrained"])
    expect(
      try await scene.problems(study), ["lwnet", "vessel", "disc", "labels: {vessel: disc}"])
    study.models[0].labels = ["vessel": "disc"]
    #expect(try await scene.plan(study).participants[0].labels.values == [1: 1])
    study.models[0].labels = nil
    // Nobody says what the label is.
    try Data("{}".utf8).write(to: URL(fileURLWithPath: scene("dataset.json")))
    let plan = try await scene.plan(study)
    #expect(plan.participants[0].labels.values == [1: 1])
    #expect(plan.remarks.isEmpty)
  }

  @Test func labelsThatANetworkDoesNotKnow() async throws {
    let scene = try StudyScene()
    scene.labels = "{\"background\": 0, \"rim\": 1, \"Vessel\": 2}"
    var study = try scene.study(["lwnet@untrained"])
    let plan = try await scene.plan(study)
    #expect(plan.participants[0].labels.values == [1: 2])
    #expect(plan.remarks.contains { $0.description.contains("does not know rim") })
    study.models[0].labels = ["vessel": "rim"]
    #expect(try await scene.plan(study).participants[0].labels.values == [1: 1])
    study.labels = ["Vessel"]
    study.models[0].labels = nil
    try scene.mask("case0_mask.png", StudyScene.disc(0).map { $0 * 2 })
    #expect(try await scene.plan(study).remarks.isEmpty)
  }

  @Test func casesWithTooFewOthers() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["baseline/majority"])
    study.prompts = ["support-3"]
    #expect(try await scene.problems(study).isEmpty)
    study.prompts = ["support-4"]
    expect(try await scene.problems(study), ["baseline/majority", "support-4", "case0", "are 3"])
    scene.rows[1][2] = "p0"
    study = try scene.study(["baseline/majority"])
    study.prompts = ["support-3"]
    expect(try await scene.problems(study), ["support-3", "case0", "are 2"])
    for row in scene.rows.indices { scene.rows[row][2] = "p0" }
    study = try scene.study(["baseline/majority"])
    expect(try await scene.problems(study), ["baseline/majority", "no case", "case0", "patient"])
  }

  @Test func nothingToScore() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["baseline/otsu"])
    study.labels = []
    expect(try await scene.problems(study), ["'labels'", "empty"])
    study.labels = nil
    for number in 0..<4 {
      try scene.mask("case\(number)_mask.png", StudyScene.disc(0).map { _ in 0 })
    }
    expect(try await scene.problems(study), ["nothing to score", "every reference is empty"])
  }

  @Test func numbersWithoutMeaning() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["baseline/otsu"])
    study.precision = "fp8"
    study.statistics.cluster = "ward"
    study.options.matchingThreshold = 1.5
    study.options.calibrationBins = 0
    study.options.boundaryShare = 0
    study.options.lesionFraction = -.infinity
    study.options.nsdToleranceMM = .nan
    let problems = try await scene.problems(study)
    for words in [
      ["'precision'", "fp8", "auto, fp32, bf16, int16"], ["'statistics'", "'ward'"],
      ["matchingThreshold is 1.5"], ["calibrationBins is 0"], ["boundaryShare is 0"],
      ["lesionFraction is -inf"], ["nsdToleranceMM is nan"],
    ] { expect(problems, words) }
    #expect(problems.count == 7)
  }

  @Test func namesThatFilesCannotCarry() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["baseline/otsu", "baseline/box"])
    study.models[0].name = " "
    study.models[1].name = String(repeating: "ä", count: 34)
    let problems = try await scene.problems(study)
    expect(problems, ["'models'", "entry 1", "no name"])
    expect(problems, ["ää", "too long"])
    study.models[0].name = "x"
    study.models[1].name = String(repeating: "ä", count: 33)
    #expect(try await scene.problems(study).isEmpty)
  }

  @Test func publishedValuesAreReadBeforehand() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["baseline/otsu"])
    study.published = "table.csv"
    func plan() async throws -> StudyPlan {
      try await StudyPlan(
        study, from: scene.path, store: .init(folder: URL(fileURLWithPath: "/")),
        trainings: "")
    }
    func write(_ value: String) throws {
      try "Model, Dataset ,METRIC,value,source\nOtsu , Discs,Dice,\(value),x\n"
        .write(toFile: scene("table.csv"), atomically: true, encoding: .utf8)
    }
    study.dataset = "pairs.csv"
    try write(" 81.5 %")
    let value = PublishedValue(
      model: "Otsu", dataset: "Discs", metric: "dice", value: 0.815, source: "x")
    #expect(try await plan().published == [value])
    for (bad, words) in [
      ("much", "line 2: 'much' is no number"), ("812", "line 2: 812 is no value of Dice"),
    ] {
      try write(bad)
      let error = await #expect(throws: StudyError.self) { try await plan() }
      let text = String(describing: error)
      #expect(text.contains(words) && text.contains(scene("table.csv")), "\(text)")
    }
  }
}
