// Participants at work: those that die lose one case, those that wait for nobody stay out of each other's way.

import Foundation
import Imaging
import Metrics
import Prompts
import Testing

@testable import Study

@Suite struct StudyRunTests {
  /// A record without scores.
  private static func record(_ key: String, _ name: String, _ id: String) -> CaseRecord {
    CaseRecord(
      key: key, participant: name, caseID: id, levels: [], failure: nil, peakMemory: 1,
      joules: nil, operations: nil, parameters: nil, precision: nil)
  }

  /// A study of four cases whose only participant is a shell script that is told the study's folder.
  private func run(_ script: String, _ scene: StudyScene) async throws -> [CaseRecord] {
    let plan = try await scene.plan(scene.study(["baseline/otsu"]))
    let folder = StudyFolder(scene("out"))
    // What the script copies into place when it answers.
    for item in plan.cases {
      let key = try plan.key(of: plan.participants[0], item, version: "1")
      try StudyFolder.write(
        StudyFolder.encoder.encode(Self.record(key, "baseline/otsu", item.id)),
        to: scene("ready/\(item.id).json"))
    }
    let records = folder.records(of: "baseline/otsu")
    let ready = scene("ready")
    let run = StudyRun(plan, in: folder, version: "1") { _ in
      (
        URL(fileURLWithPath: "/bin/sh"),
        ["-c", "set -e; mkdir -p '\(records)'; R='\(records)'; READY='\(ready)'; \(script)"]
      )
    }
    return try run.run()
  }

  @Test func aCaseThatKillsItsProcessIsTheOnlyOneLost() async throws {
    let records = try await run(
      """
      for c in case0 case1 case2 case3; do
        [ -e $R/$c.json ] && continue
        printf %s $c > $R/current
        [ $c = case1 ] && kill -9 $$
        cp $READY/$c.json $R/$c.json
      done; rm -f $R/current
      """, StudyScene())
    #expect(records.map(\.caseID) == ["case0", "case1", "case2", "case3"])
    #expect(records.map(\.isFailure) == [false, true, false, false])
    #expect(records[1].failure?.contains("signal 9") == true)
  }

  @Test func whoCannotStartFailsEverywhere() async throws {
    let records = try await run("echo 'vesalius: no such weights' >&2; exit 1", StudyScene())
    #expect(records.map(\.failure) == .init(repeating: "no such weights", count: 4))
  }

  @Test func failuresAreTriedAgain() async throws {
    let scene = try StudyScene()
    _ = try await run("exit 3", scene)
    let records = try await run("cp $READY/*.json $R/", scene)
    #expect(records.allSatisfy { !$0.isFailure })
  }

  @Test func recordsOfAnotherStudyAreNotTaken() async throws {
    let scene = try StudyScene()
    let plan = try await scene.plan(scene.study(["baseline/otsu"]))
    let folder = StudyFolder(scene("out"))
    try folder.write(Self.record("other", "baseline/otsu", "case0"))
    let key = try plan.key(of: plan.participants[0], plan.cases[0], version: "1")
    #expect(folder.record(of: "baseline/otsu", case: "case0", key: key) == nil)
    var other = plan.study
    other.seed = 77
    let changed = try await scene.plan(other)
    #expect(try changed.key(of: changed.participants[0], changed.cases[0], version: "1") != key)
    #expect(try plan.key(of: plan.participants[0], plan.cases[0], version: "2") != key)
    folder.tidy("baseline/otsu", keys: ["case0": key])
    #expect(
      !FileManager.default.fileExists(atPath: folder.record(of: "baseline/otsu", case: "case0")))
  }

  @Test func onlyOneStudyWorksInAFolder() throws {
    let scene = try StudyScene()
    let held = try StudyFolder.lock(scene("out"), waiting: false)
    let error = #expect(throws: StudyError.self) {
      try StudyFolder.lock(scene("out"), waiting: false)
    }
    #expect(error.map { "\($0)" }?.contains("another comparison is at work") == true)
    held.release()
    try StudyFolder.lock(scene("out"), waiting: false).release()
  }

  /// Runs the only participant of a study in this process and answers its first record.
  private func worked(_ scene: StudyScene, _ study: StudyProtocol) async throws -> CaseRecord {
    let plan = try await scene.plan(study)
    let folder = StudyFolder(scene("out"))
    try folder.open(plan)
    try StudyWorker(folder, participant: 0, version: "1", isWanted: { true }).run()
    let key = try plan.key(of: plan.participants[0], plan.cases[0], version: "1")
    return try #require(
      folder.record(of: plan.participants[0].name, case: plan.cases[0].id, key: key))
  }

  @Test func aVolumeIsPromptedSliceBySlice() async throws {
    let scene = try StudyScene(0)
    let size = SIMD3(12, 10, 5)
    let labels = (0..<size.x * size.y * size.z).map { voxel -> Int32 in
      let (x, y, z) = (voxel % 12, voxel / 12 % 10, voxel / 120)
      return (3...7).contains(x) && (2...6).contains(y) && (1...3).contains(z) ? 1 : 0
    }
    let geometry = Geometry(size: size, spacing: SIMD3(1, 1, 3))
    try LabelMap(geometry: geometry, labels: labels).write(to: scene("mask.nii.gz"))
    try Volume(geometry: geometry, voxels: .float32(labels.map { Float($0) * 100 }))
      .write(to: scene("image.nii.gz"))
    scene.rows = [["image.nii.gz", "mask.nii.gz", "p"]]
    var study = try scene.study(["baseline/box"])
    study.prompts = ["box"]
    let record = try await worked(scene, study)
    let level = try #require(record.at(.box))
    #expect(level.interactions == 6)
    #expect(level.work == Work(imagesRead: 3, promptsDecoded: 3))
    #expect(level.scores[0].values["dice"] == 1)
    #expect(level.scores[0].values["hd95"] == 0)
  }

  @Test func numberedObjectsKeepTheirNumbersOverSlices() async throws {
    let scene = try StudyScene(0)
    let size = SIMD3(12, 10, 4)
    let numbers = (0..<size.x * size.y * size.z).map { voxel -> Int32 in
      let (x, y) = (voxel % 12, voxel / 12 % 10)
      return (2...6).contains(y) ? ((1...4).contains(x) ? 7 : (7...10).contains(x) ? 3 : 0) : 0
    }
    let geometry = Geometry(size: size)
    try LabelMap(geometry: geometry, labels: numbers).write(to: scene("mask.nii.gz"))
    try Volume(geometry: geometry, voxels: .float32(numbers.map(Float.init)))
      .write(to: scene("image.nii.gz"))
    scene.rows = [["image.nii.gz", "mask.nii.gz", "p"]]
    scene.labels = "{\"background\": 0, \"cell\": 1}, \"instances\": true"
    var study = try scene.study(["baseline/box"])
    study.metrics = ["dice", "pq", "instance-f1"]
    study.prompts = ["box"]
    let level = try #require(try await worked(scene, study).at(.box))
    #expect(level.scores[0].values == ["dice": 1, "pq": 1, "instance-f1": 1])
  }

  @Test func whatNobodyLabelledCountsForNothing() async throws {
    let scene = try StudyScene(1)
    scene.labels = "{\"background\": 0, \"disc\": 1, \"ignore\": 2}"
    var mask = StudyScene.disc(0)
    // A corner that Otsu takes for the disc, because it is as bright.
    for y in 0..<4 { for x in 18..<24 { mask[y * StudyScene.size + x] = 2 } }
    try scene.mask("case0_mask.png", mask)
    let geometry = Geometry(size: SIMD3(StudyScene.size, StudyScene.size, 1))
    try Volume(geometry: geometry, voxels: .uint8(mask.map { $0 == 0 ? 20 : 200 }))
      .write(to: scene("case0.png"))
    let level = try #require(try await worked(scene, scene.study(["baseline/otsu"])).at(.none))
    #expect(level.scores.map(\.label) == [1])
    #expect(level.scores[0].values["dice"] == 1)
    #expect(level.scores[0].values["hd95"] == 0)
  }

  @Test func oneLevelThatFailsLeavesTheOthers() async throws {
    let scene = try StudyScene(1)
    let plan = try await scene.plan(scene.study(["baseline/box"]))
    struct Picky: SliceResponder {
      func answers(to prompts: [PromptSet], earlier: [SliceAnswer?]) throws -> [SliceAnswer] {
        try prompts.map { prompt in
          guard prompt.points.isEmpty else { throw PromptsError.unknownLevel("click") }
          return SliceAnswer(
            mask: try SliceMask(
              [UInt8](repeating: 1, count: StudyScene.size * StudyScene.size),
              width: StudyScene.size, height: StudyScene.size))
        }
      }
    }
    let answers = try PromptableContestant(
      plan: plan, levels: [.point, .box, .points(3)], prepare: { _ in { _ in Picky() } },
      automatic: nil
    ).answers(
      to: plan.cases[0], image: Volume(contentsOf: plan.cases[0].image),
      reference: LabelMap(contentsOf: plan.cases[0].reference))
    #expect(answers.map { $0.failure == nil } == [false, true, false])
    #expect(answers[1].labels.allSatisfy { $0 == 1 })
  }
}
