// Masks that another program made: which file, which label, which objects, and what it was given.

import Datasets
import Foundation
import Imaging
import Segmentation
import Testing

@testable import Study

@Suite struct MasksElsewhereTests {
  private static let full = StudyScene.disc(0)
  private static let twoLabels = "{\"background\": 0, \"disc\": 1, \"rim\": 2}"

  /// A disc whose every other voxel is of the second label.
  private static let striped = full.enumerated().map { $1 * Int32(1 + $0 % 2) }

  /// A study of masks that all hold the same values; the references hold `labels`.
  private func scene(
    _ masks: [Int32], labels: String? = nil, names: String? = nil
  ) throws -> (StudyScene, StudyProtocol) {
    let scene = try StudyScene()
    if let labels {
      scene.labels = labels
      for number in 0..<4 { try scene.mask("case\(number)_mask.png", Self.striped) }
    }
    for number in 0..<4 { try scene.mask("theirs/case\(number).png", masks) }
    if let names {
      try "{\"labels\": \(names)}"
        .write(toFile: scene("theirs/dataset.json"), atomically: true, encoding: .utf8)
    }
    return (scene, try scene.study(["other=\(scene("theirs"))"]))
  }

  /// The labels of the first mask as they will be scored.
  private func read(_ plan: StudyPlan) throws -> Set<Int32> {
    let participant = plan.participants[0]
    let file = try #require(participant.files["case0"])
    return Set(participant.labels(of: try LabelMap(contentsOf: file.path), in: plan))
  }

  private func expect(
    _ problems: [String], _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      problems.contains { problem in words.allSatisfy(problem.contains) }, "\(problems)",
      sourceLocation: sourceLocation)
  }

  @Test func anotherMaskIsAnotherPlan() async throws {
    let (scene, study) = try scene(Self.full)
    let first = try await scene.plan(study)
    let file = try #require(first.participants[0].files["case1"])
    #expect(file.path == scene("theirs/case1.png"))
    #expect(try file.sha256 == ModelStore.sha256(ofFile: file.path))
    try scene.mask("theirs/case1.png", StudyScene.disc(3))
    let second = try await scene.plan(study)
    let keys = try [first, second].map {
      try $0.key(of: $0.participants[0], $0.cases[1], version: "1")
    }
    #expect(keys[0] != keys[1])
  }

  @Test func aTableExtendsTheNames() async throws {
    var (scene, study) = try scene(
      Self.striped, labels: Self.twoLabels, names: "{\"plate\": 2, \"rim\": 1}")
    study.models[0].labels = ["plate": "disc"]
    let plan = try await scene.plan(study)
    #expect(plan.participants[0].labels.values == [1: 2, 2: 1])
    study.models[0].labels = ["plate": "disc", "rim": "background"]
    #expect(try await scene.plan(study).participants[0].labels.values == [1: 0, 2: 1])
    study.models[0].labels = ["edge": "disc"]
    expect(try await scene.problems(study), ["'edge'", "plate, rim"])
    study.models[0].labels = ["plate": "edge"]
    expect(try await scene.problems(study), ["no label 'edge'", "disc, rim"])
  }

  @Test func whatNoTableListsIsNotGuessed() async throws {
    var (scene, study) = try scene(
      Self.striped, labels: Self.twoLabels, names: "{\"disc\": 2}")
    expect(
      try await scene.problems(study), ["theirs/case0.png", "label 1,", "labels: {1: NAME}"])
    try FileManager.default.removeItem(atPath: scene("theirs/dataset.json"))
    #expect(try await scene.problems(study).isEmpty)
    study.models[0].labels = ["2": "disc"]
    expect(try await scene.problems(study), ["label 1,", "neither"])
    study.models[0].labels?["1"] = "rim"
    #expect(try await scene.plan(study).participants[0].labels.values == [2: 1, 1: 2])
  }

  @Test func aTableMayName255() async throws {
    var (scene, study) = try scene(Self.full.map { $0 * 255 }, labels: Self.twoLabels)
    #expect(try read(try await scene.plan(study)) == [0, 1])
    study.models[0].labels = ["255": "rim"]
    #expect(try read(try await scene.plan(study)) == [0, 2])
  }

  @Test func aDamagedDescriptionIsNotOverlooked() async throws {
    let (scene, study) = try scene(Self.full, names: "{")
    expect(try await scene.problems(study), ["other", "theirs/dataset.json", "JSON"])
  }

  @Test func labelsThatAreNotScoredMayOccur() async throws {
    var (scene, study) = try scene(Self.striped, labels: Self.twoLabels)
    study.labels = ["disc"]
    #expect(try read(try await scene.plan(study)) == [0, 1])
  }

  @Test func namesAreNumbersWhereTheDatasetHasNone() async throws {
    let (scene, study) = try scene(Self.full, names: "{\"plate\": 1}")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: scene("dataset.json")))
    #expect(try read(try await scene.plan(study)) == [0, 1])
  }

  @Test(arguments: [false, true]) func objectsAreNumberedOrNot(numbered: Bool) async throws {
    let (scene, study) = try scene(Self.full.map { $0 * 255 })
    if numbered { try scene.mask("theirs/case2.png", Self.striped) }
    try Data("{\"instances\": true}".utf8)
      .write(to: URL(fileURLWithPath: scene("dataset.json")))
    var numbers = study
    numbers.objects = .instance
    let plan = try await scene.plan(numbers)
    #expect(plan.participants[0].numbersObjects == numbered)
    #expect(plan.remarks.contains { $0.description.contains("connected components") } != numbered)
    let contestant = MasksContestant(plan: plan, participant: plan.participants[0])
    let image = try Volume(plan.cases[0])
    let reference = try LabelMap(contentsOf: plan.cases[0].reference)
    let answers = try contestant.answers(to: plan.cases[0], image: image, reference: reference)
    #expect((answers[0].instances != nil) == numbered)
    #expect(Set(answers[0].labels) == [0, 1])
  }

  @Test func oneMaskIsNotThatOfTwoCases() throws {
    let scratch = try Scratch(["p/m.png": "", "a/m.png": "", "b/m.png": ""])
    #expect(throws: DatasetError.ambiguous(name: "m", first: "one", second: "two")) {
      try Pairing(
        predictions: scratch("p"),
        cases: [("one", scratch("a/m.png")), ("two", scratch("b/m.png"))])
    }
  }

  @Test func whatMasksWereGivenIsStatedOrNot() async throws {
    var (scene, study) = try scene(Self.full)
    study.models += ["a:oracle", "b:none", "c:human"].map {
      Entrant(parsing: "\($0)=\(scene("theirs"))")
    }
    study.models.append(Entrant(parsing: "baseline/otsu"))
    let results = StudyResults(try await scene.plan(study), records: [])
    #expect(results.contenders.map(\.given) == ["not stated", "oracle", "none", "human", "none"])
    let groups = try StudyAnalysis(results).groups
    #expect(
      Set(groups.map { "\($0.title): \($0.contenders.map(\.participant).joined(separator: "+"))" })
        == [
          "Masks, prompts not stated: other", "Masks with oracle prompts: a",
          "Automatic: b+baseline/otsu", "Masks with human prompts: c",
        ])
  }

  @Test func whatCannotHaveBeenGiven() async throws {
    var (scene, study) = try scene(Self.full)
    study.models.append(Entrant(parsing: "baseline/otsu"))
    study.models[1].given = "none"
    study.models[0].given = "orcale"
    study.models[0].prompts = ["point", "box"]
    var problems = try await scene.problems(study)
    expect(problems, ["other", "'orcale'", "none, oracle, jittered, human"])
    expect(problems, ["other", "one set of masks"])
    expect(problems, ["baseline/otsu", "given: none"])
    study.models[0].given = "none"
    study.models[0].prompts = ["point"]
    problems = try await scene.problems(study)
    expect(problems, ["other", "contradicts"])
  }
}
