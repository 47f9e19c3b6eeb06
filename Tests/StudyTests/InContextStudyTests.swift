// Networks that learn from examples as participants: who is shown to them, what they answer, what it costs.

import Foundation
import Imaging
import Prompts
import Tensors
import Testing
import Weights

@testable import Models
@testable import Segmentation
@testable import Study

/// Answers with the share of the examples' masks that hold a pixel, whatever the image shows.
private struct MeanMask: InContextModel {
  static let card = UniverSeg.card
  static let variants: [Variant<Int>] = []
  init() {}
  init(_ w: Weights, _ configuration: Int) throws {}
  func logits(_ target: Tensor, support: SupportTensors) throws -> Tensor {
    try (support.masks.mean(1) - 0.5) * 10 + target * 0
  }
  func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] { inputs }
}

/// Notes which examples a contestant shows.
private final class Shown {
  var masks: [[Int32]] = []
  var labels: [[Int32]] = []
}

@Suite struct InContextStudyTests {
  private let network = "universeg (untrained)"

  private func study(_ scene: StudyScene, _ prompts: [String]) throws -> StudyProtocol {
    var study = try scene.study(["universeg@untrained", "baseline/majority"])
    study.prompts = prompts
    return study
  }

  /// A contestant whose answer is the mean of the masks that it is shown.
  private func contestant(
    _ plan: StudyPlan, _ shown: Shown, levels: [PromptLevel]? = nil
  ) throws -> InContextContestant {
    let preparation = try #require(
      SlicePreparation(
        Preparation(
          normalisation: .minMax,
          sizing: .fixed(height: StudyScene.size, width: StudyScene.size),
          decision: .threshold(0.5))))
    return InContextContestant(plan: plan, levels: levels ?? plan.participants[0].levels) {
      examples, labels in
      shown.masks += examples.map(\.mask.labels)
      shown.labels.append(labels)
      return try InContextSegmenter(MeanMask(), preparation, examples: examples, labels: labels)
    }
  }

  private func answers(
    _ contestant: any Contestant, to item: StudyPlan.Case
  ) throws -> [CaseAnswer] {
    try contestant.answers(
      to: item, image: Volume(contentsOf: item.image),
      reference: LabelMap(contentsOf: item.reference))
  }

  @Test func itIsShownTheCasesThatTheMajorityIsShown() async throws {
    let scene = try StudyScene(6)
    let plan = try await scene.plan(study(scene, ["box", "support-1", "support-3"]))
    #expect(plan.participants.map(\.kind) == [.inContext, .baseline])
    #expect(plan.participants[0].levels == [.support(1), .support(3)])
    let majority = try Team.baseline(plan.participants[1], in: plan)
    for item in plan.cases {
      let shown = Shown()
      let own = try answers(contestant(plan, shown), to: item)
      let theirs = try answers(majority, to: item)
      #expect(own.map(\.labels) == theirs.prefix(2).map(\.labels))
      #expect(own.map(\.examples) == [1, 3])
      #expect(own.map(\.failure) == [nil, nil])
      #expect(shown.masks.count == 4 && shown.masks[1...].contains(shown.masks[0]))
      #expect(!shown.masks.contains(try LabelMap(contentsOf: item.reference).labels))
    }
  }

  @Test func nobodySeesAnotherImageOfHisOwn() async throws {
    let scene = try StudyScene(0)
    for number in 0..<6 { try scene.add("c\(number)", patient: "p\(number / 2)", shift: number) }
    let plan = try await scene.plan(study(scene, ["support-4"]))
    for (index, item) in plan.cases.enumerated() {
      let shown = Shown()
      _ = try answers(contestant(plan, shown), to: item)
      let expected = plan.cases.indices.filter { $0 / 2 != index / 2 }.map { StudyScene.disc($0) }
      #expect(Set(shown.masks) == Set(expected))
    }
    let all = try study(scene, ["support-5"])
    let problems = try await scene.problems(all)
    #expect(problems.contains { $0.contains("universeg") && $0.contains("there are 4") })
  }

  @Test func levelsWithoutExamplesAreToldBeforehand() async throws {
    let scene = try StudyScene()
    func expect(_ study: StudyProtocol, _ words: [String]) async throws {
      let problems = try await scene.problems(study)
      #expect(problems.contains { text in words.allSatisfy(text.contains) }, "\(problems)")
    }
    try await expect(study(scene, ["point", "box"]), ["universeg", "add support-1"])
    var named = try study(scene, ["support-1"])
    named.models[0].prompts = ["box", "support-1"]
    try await expect(named, ["universeg", "reads no 'box'", "leave 'box' out"])
    named.models[0].prompts = nil
    named.models[0].labels = ["1": "disc"]
    try await expect(named, ["universeg", "no labels of its own"])
    named.models[0].labels = nil
    named.models[0].weights = "published"
    // Those of the small one ship.
    named.models[0].model = "universeg/v1"
    try await expect(named, ["universeg", "models pull universeg/v1"])
  }

  @Test func whatNoExampleShowsIsNotFound() async throws {
    let scene = try StudyScene(3)
    scene.labels = "{\"background\": 0, \"disc\": 1, \"rim\": 2, \"ignore\": 9}"
    let none = [Int32](repeating: 0, count: StudyScene.size * StudyScene.size)
    try scene.mask("case1_mask.png", none)
    try scene.mask("case2_mask.png", StudyScene.disc(2).map { $0 * 2 })
    let plan = try await scene.plan(study(scene, ["support-1", "support-2"]))
    let shown = Shown()
    let found = try answers(contestant(plan, shown), to: plan.cases[0])
    #expect(found.map(\.failure) == [nil, nil])
    // Of the two others one is empty: it was given, and teaches nothing.
    #expect(found[1].examples == 2)
    #expect(Set(shown.labels) == [[2]])
    #expect(Set(found[1].labels) == [0, 2])
    // The only other case is empty.
    var fewer = try study(scene, ["support-1"])
    fewer.cases = ["case0", "case1"]
    fewer.labels = ["disc"]
    let alone = try await scene.plan(fewer)
    let nothing = try answers(contestant(alone, Shown()), to: alone.cases[0])
    #expect(nothing[0].failure == nil && nothing[0].examples == 1)
    #expect(nothing[0].labels == none)
    #expect(nothing[0].probabilities == none.map { _ in 0 })
  }

  @Test func anExampleThatTeachesNothingFailsItsLevelByName() async throws {
    let scene = try StudyScene(2)
    let geometry = Geometry(size: SIMD3(StudyScene.size, StudyScene.size, 1))
    try Volume(geometry: geometry, voxels: .uint8(.init(repeating: 5, count: geometry.count)))
      .write(to: scene("case1.png"))
    let plan = try await scene.plan(study(scene, ["support-1"]))
    let found = try answers(contestant(plan, Shown()), to: plan.cases[0])
    let failure = try #require(found[0].failure)
    #expect(failure.contains("case1.png: ") && failure.contains("one grey value"))
    // The image itself may have one grey value: nothing is seen in it.
    let flat = try answers(contestant(plan, Shown()), to: plan.cases[1])
    #expect(flat[0].failure == nil && flat[0].labels.allSatisfy { $0 == 0 })
    #expect(flat[0].probabilities?.allSatisfy { $0 == 0 } == true)
  }

  @Test func volumesAreCutIntoSlices() async throws {
    let scene = try StudyScene(0)
    let geometry = Geometry(size: SIMD3(StudyScene.size, StudyScene.size, 3))
    for number in 0..<2 {
      let disc = StudyScene.disc(number)
      let labels = disc.map { $0 * 0 } + disc + disc
      let values = labels.enumerated().map { Float($1 * 100) + Float(($0 + number) % 9) }
      let name = "v\(number)"
      try Volume(geometry: geometry, voxels: .float32(values)).write(to: scene(name + ".nii.gz"))
      try LabelMap(geometry: geometry, labels: labels).write(to: scene(name + "_mask.nii.gz"))
      scene.rows.append([name + ".nii.gz", name + "_mask.nii.gz", name])
    }
    let plan = try await scene.plan(study(scene, ["support-1"]))
    let found = try answers(contestant(plan, Shown()), to: plan.cases[0])
    let other = StudyScene.disc(1)
    // Two slices of the other volume show a disc, and each slice is compared with both.
    #expect(found[0].labels == other + other + other)
    #expect(found[0].work == Work(imagesRead: 3, promptsDecoded: 0, examplesRead: 6))
  }

  @Test func anotherImageToLearnFromIsAnotherAnswer() async throws {
    let scene = try StudyScene(3)
    let chosen = try study(scene, ["support-1"])
    let before = try await scene.plan(chosen)
    try FileManager.default.removeItem(atPath: scene("case2.png"))
    scene.rows.removeLast()
    try scene.add("case2", patient: "p2", shift: 2)
    var bytes = [UInt8](repeating: 30, count: StudyScene.size * StudyScene.size)
    bytes[5] = 90
    try Volume(
      geometry: Geometry(size: SIMD3(StudyScene.size, StudyScene.size, 1)), voxels: .uint8(bytes)
    ).write(to: scene("case2.png"))
    let after = try await scene.plan(chosen)
    func key(_ plan: StudyPlan, _ number: Int) throws -> String {
      try plan.key(of: plan.participants[number], plan.cases[0], version: "1")
    }
    #expect(try key(before, 0) != key(after, 0))
    #expect(try key(before, 1) == key(after, 1))
  }

  @Test func copiesBetweenTheSplitsAreFound() async throws {
    let scene = try StudyScene(0)
    scene.header.append("split")
    try scene.add("a", patient: "x", shift: 0, more: ["train"])
    try scene.add("b", patient: "y", shift: 4, more: ["train"])
    try scene.add("c", patient: "z", shift: 0, more: ["test"])
    let copied = try Volume(contentsOf: scene("a.png"))
    var bytes = copied.voxels
    if case .uint8(var values) = bytes {
      values[0] += 1
      bytes = .uint8(values)
    }
    try Volume(geometry: copied.geometry, voxels: bytes).write(to: scene("c.png"))
    var chosen = try study(scene, ["support-1"])
    chosen.split = .init(column: "split", test: "test", train: "train")
    let plan = try await scene.plan(chosen)
    let findings = Contamination.findings(in: plan).filter { $0.participant == network }
    #expect(findings.map(\.evidence) == [.appearance])
    #expect(findings.first?.cases == ["c"])
  }

  /// The registered network with formula weights, from a plan to a report.
  @Test func theRegisteredNetworkTakesPart() async throws {
    let scene = try StudyScene(2)
    let plan = try await scene.plan(study(scene, ["support-1"]))
    let folder = StudyFolder(scene("out"))
    try folder.open(plan)
    for number in plan.participants.indices {
      try StudyWorker(folder, participant: number, version: "1", isWanted: { true }).run()
    }
    let records = try plan.participants.flatMap { participant in
      try plan.cases.map { item in
        try #require(
          folder.record(
            of: participant.name, case: item.id,
            key: try plan.key(of: participant, item, version: "1")))
      }
    }
    let level = try #require(records[0].at(.support(1)))
    #expect(level.failure == nil && level.examples == 1 && level.interactions == 0)
    #expect(level.work == Work(imagesRead: 1, promptsDecoded: 0, examplesRead: 1))
    #expect(Set(["examples", "prepare", "infer"]).isSubset(of: level.seconds.keys))
    #expect(level.calibration != nil)
    let counted = try #require(records[0].operations)
    let example = try #require(counted.example)
    let results = StudyResults(plan, records: records)
    let content = try ReportMapping(
      results: results, analysis: StudyAnalysis(results), version: "1", command: ["vesalius"],
      published: [], folder: folder
    ).content()
    let cost = try #require(content.costs?.rows.first { $0.contender == "\(network), support-1" })
    #expect(cost.flops == Double(counted.image + example))
    #expect(cost.labelledCases == 1)
    #expect(cost.stages.map(\.name) == ["read image", "answer", "read examples"])
    #expect(content.contenders[0].given.description == "images and masks of 1 other case")
    #expect(content.contenders[0].trainedOn == ["no images"])
    #expect(
      content.groups.first { $0.title == "One example" }?.contenders
        == ["\(network), support-1", "baseline/majority, support-1"])
  }
}
