// What would spoil a study is told before anything runs: with its file, and with what to do.

import Foundation
import Imaging
import Testing

@testable import Study

@Suite struct StudyPlanTests {
  private static let full = StudyScene.disc(0)

  private func expect(
    _ scene: StudyScene, _ study: StudyProtocol, _ words: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let problems = try await scene.problems(study)
    #expect(
      problems.contains { problem in words.allSatisfy(problem.contains) }, "\(problems)",
      sourceLocation: sourceLocation)
  }

  @Test func aSoundStudyHasAPlan() async throws {
    let scene = try StudyScene()
    let plan = try await scene.plan(
      scene.study(["baseline/otsu", "baseline/box", "baseline/majority"]))
    #expect(plan.datasetName == "Discs")
    #expect(plan.labels.map(\.name) == ["disc"])
    #expect(plan.cases.map(\.id) == ["case0", "case1", "case2", "case3"])
    #expect(plan.participants.map(\.levels) == [[.none], [.box], [.none]])
    #expect(plan.study.statistics.cluster == "patient")
    #expect(plan.training(for: plan.cases[1]).map(\.id) == ["case0", "case2", "case3"])
  }

  @Test func theSameImageTwice() async throws {
    let scene = try StudyScene()
    try FileManager.default.copyItem(atPath: scene("case1.png"), toPath: scene("again.png"))
    try scene.mask("again_mask.png", Self.full)
    scene.rows.append(["again.png", "again_mask.png", "p9"])
    try await expect(
      scene, scene.study(["baseline/otsu"]), ["case1", "again", "the same image", "cases"])
  }

  @Test func aSplitThatCutsAPatient() async throws {
    let scene = try StudyScene(0)
    scene.header.append("split")
    try scene.add("a", patient: "x", shift: 0, more: ["train"])
    try scene.add("b", patient: "x", shift: 1, more: ["test"])
    try scene.add("c", patient: "y", shift: 2, more: ["test"])
    try await expect(
      scene, scene.study(["baseline/majority"]), ["cuts patient x in two", "a", "b", "split"])
  }

  @Test func labelsThatNobodyDeclared() async throws {
    let scene = try StudyScene()
    try scene.mask("case2_mask.png", Self.full.map { $0 * 3 })
    try await expect(
      scene, scene.study(["baseline/otsu"]), ["case2_mask.png", "label 3", "dataset.json"])
  }

  @Test func aMaskOnAnotherGrid() async throws {
    let scene = try StudyScene()
    try scene.mask("case2_mask.png", Array(Self.full.prefix(480)))
    try await expect(
      scene, scene.study(["baseline/otsu"]), ["case2_mask.png", "24 x 20", "resample"])
  }

  @Test func masksWithFractions() async throws {
    let scene = try StudyScene()
    let geometry = Geometry(size: SIMD3(StudyScene.size, StudyScene.size, 1))
    let soft = Volume(geometry: geometry, voxels: .float32(Self.full.map { Float($0) / 2 }))
    try soft.write(to: scene("soft.nii.gz"))
    scene.rows[3][1] = "soft.nii.gz"
    try await expect(scene, scene.study(["baseline/otsu"]), ["soft.nii.gz", "0.5"])
  }

  @Test func predictionsAreReadBeforehand() async throws {
    let scene = try StudyScene()
    for number in 0..<3 {
      try scene.mask(
        "theirs/case\(number).png", number == 1 ? Array(Self.full.prefix(480)) : Self.full)
    }
    try scene.mask("theirs/case2.png", Self.full.map { $0 * 7 })
    let study = try scene.study(["other=\(scene("theirs"))"])
    try await expect(scene, study, ["other", "1 of 4 cases have no mask", "case3"])
    try await expect(scene, study, ["theirs/case1.png", "24 x 20", "grid of the image"])
    try await expect(scene, study, ["theirs/case2.png", "label 7", "labels: {7: NAME}"])
  }

  @Test func predictionsThatNameLabelsOtherwise() async throws {
    let scene = try StudyScene()
    for number in 0..<4 { try scene.mask("theirs/case\(number).png", Self.full.map { $0 * 2 }) }
    try "{\"labels\": {\"background\": 0, \"plate\": 2}}"
      .write(toFile: scene("theirs/dataset.json"), atomically: true, encoding: .utf8)
    var study = try scene.study(["other=\(scene("theirs"))"])
    try await expect(
      scene, study, ["dataset.json", "'plate'", "disc (1)", "labels: {plate: NAME}"])
    study.models[0].labels = ["plate": "disc"]
    let plan = try await scene.plan(study)
    #expect(plan.participants[0].labels.values == [2: 1])
  }

  @Test func wordsThatMeanNothing() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["lwnet", "nobody", "baseline/otsu", "baseline/otsu"])
    study.metrics = ["dicee"]
    study.prompts = ["poke"]
    study.subgroups = ["scanner"]
    study.objects = .instance
    study.cases = ["case0", "case7"]
    study.statistics.resamples = 3
    for words in [
      ["dicee"], ["poke"], ["scanner", "patient"], ["nobody"], ["called 'baseline/otsu'"],
      ["number objects"], ["case7"], ["resamples is 3"], ["primary", "dice"],
      ["lwnet", "models pull lwnet/drive"],
    ] { try await expect(scene, study, words) }
  }

  @Test func modelsOfOtherLabels() async throws {
    let scene = try StudyScene()
    scene.labels = "{\"background\": 0, \"disc\": 1, \"rim\": 2}"
    try scene.mask("case0_mask.png", Self.full.enumerated().map { $1 * Int32(1 + $0 % 2) })
    var study = try scene.study(["lwnet@untrained", "baseline/otsu"])
    try await expect(scene, study, ["lwnet", "vessel", "disc, rim", "labels: {vessel: disc}"])
    try await expect(scene, study, ["baseline/otsu", "2 labels"])
    study.models = [study.models[0]]
    study.models[0].labels = ["vessel": "rim"]
    let plan = try await scene.plan(study)
    #expect(plan.participants[0].labels.values == [1: 2])
  }

  @Test func promptsThatAModelCannotRead() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["sam-vit-t@untrained", "baseline/box", "lwnet@untrained"])
    study.prompts = ["text", "support-2", "none", "point"]
    study.models[2].prompts = ["box"]
    study.models[0].prompts = study.prompts
    try await expect(scene, study, ["sam-vit-t", "reads no text", "'text'"])
    try await expect(scene, study, ["sam-vit-t", "reads no examples"])
    try await expect(scene, study, ["sam-vit-t", "nameless objects"])
    try await expect(scene, study, ["baseline/box", "add box"])
    try await expect(scene, study, ["lwnet", "takes no prompts"])
    study.models = [study.models[0]]
    study.models[0].prompts = nil
    try await expect(scene, study, ["nobody", "'text'"])
    study.prompts = ["none", "support-2", "point"]
    try await expect(scene, study, ["nobody", "'support-2'"])
    study.prompts = ["none", "point"]
    let plan = try await scene.plan(study)
    #expect(plan.participants[0].levels == [.point])
  }
}

@Suite struct StudyFolderTests {
  @Test func aPlanIsTheSameBytesInEveryProcess() throws {
    let table = ByLabel(
      Dictionary(uniqueKeysWithValues: (0..<40).map { (Int32($0 * 7 - 3), "n\($0)") }))
    let bytes = try StudyFolder.encoder.encode(table)
    #expect(String(decoding: bytes.prefix(14), as: UTF8.self) == "{\n  \"-3\" : \"n0")
    #expect(try StudyFolder.decoder.decode(ByLabel<String>.self, from: bytes) == table)
  }

  @Test(arguments: ["a/b c", "..", "ä%", "CON.x", "baseline/otsu"])
  func namesBecomeFileNames(name: String) {
    let file = StudyFolder.fileName(name)
    #expect(file.removingPercentEncoding == name)
    #expect(!file.contains("/") && !file.hasPrefix("."))
  }
}
