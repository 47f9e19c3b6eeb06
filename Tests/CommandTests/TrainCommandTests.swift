// `vesalius train`: killed at any moment it ends with the same bits, and what it says of data that will not do.

import Foundation
import Segmentation
import Testing

@Suite struct TrainCommandTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  private static let short = [
    "--base-features", "8", "--batch-size", "2", "--max-patch-voxels", "4096", "--epochs", "3",
    "--steps-per-epoch", "4", "--held-out", "1", "--optimiser", "adamw",
  ]

  private func train(
    _ name: String, to output: String, _ more: [String] = [], shell: String? = nil
  ) throws -> Outcome {
    try Product.run(["train", name, "-o", output] + Self.short + more, in: folder, shell: shell)
  }

  private func checkpoint(_ output: String, _ name: String = "final") -> Data? {
    folder.contents("\(output)/3d_fullres/fold_0/checkpoint_\(name).safetensors")
  }

  @Test func trainsEvaluatesAndPredicts() throws {
    try Cubes.write("data", in: folder, count: 4)
    let outcome = try train("data", to: "run", ["--learning-rate", "0.01"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("3 cases train, 1 are held out; 3 epochs of 4 steps"))
    #expect(outcome.output.contains("mean Dice"))
    for file in [
      "dataset_fingerprint.json", "plans.json", "splits_final.json", "3d_fullres/plans.json",
      "3d_fullres/dataset.json", "3d_fullres/fold_0/training.json",
      "3d_fullres/fold_0/training.html", "3d_fullres/fold_0/training.csv",
      "3d_fullres/fold_0/validation/summary.json",
    ] {
      #expect(folder.contents("run/\(file)") != nil, "\(file)")
    }
    let model = try SelfConfiguredModel(contentsOf: folder.path("run/3d_fullres"))
    #expect(model.configurationName == "3d_fullres" && model.folds == ["0"])
    let segmented = try Product.run(
      [
        "segment", "data/imagesTr/c0_0000.nii.gz", "--model", "run/3d_fullres", "-o", "mask.nii.gz",
      ], in: folder)
    #expect(segmented.code == 0, "\(segmented.errors)")
    #expect(folder.contents("mask.nii.gz") != nil)

    // The same command again finds everything done; another one is told that it is another.
    let again = try train("data", to: "run", ["--learning-rate", "0.01", "--json"])
    #expect(again.code == 0 && again.output.contains("\"meanDice\""), "\(again.errors)")
    let other = try train("data", to: "run", ["--learning-rate", "0.02"])
    #expect(other.code == 1)
    #expect(other.errors.contains("other settings") && other.errors.contains("optimiser"))
  }

  /// Where nobody says how large the network is, it is one that makes enough steps in the time.
  @Test func aShortTrainingHasASmallNetwork() throws {
    try Cubes.write("data", in: folder, count: 3)
    let outcome = try Product.run(
      ["train", "data", "-o", "run", "--hours", "0.0005", "--fold", "all"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("2 per step, 8-16"), "\(outcome.errors)")
  }

  /// Two folds, each on the cases of the other: together they decide on post-processing.
  @Test func allFoldsDecideOnPostprocessing() throws {
    try Cubes.write("data", in: folder, count: 4)
    let arguments = Array(Self.short.dropLast(4)) + ["--folds", "2", "--optimiser", "adamw"]
    let outcome = try Product.run(["train", "data", "-o", "run"] + arguments, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let decision = try #require(try Postprocessing.decided(for: folder.path("run/3d_fullres")))
    #expect(decision.evidence?.cases == 4)
    #expect(outcome.errors.contains("largest component"))
    // Predicting with the model's folder applies it, unless told otherwise.
    try Postprocessing(steps: [.init(keepLargestOf: [1])])
      .write(to: folder.path("run/3d_fullres/postprocessing.json"))
    for (more, isApplied) in [([], true), (["--postprocessing", "none"], false)] {
      let segmented = try Product.run(
        ["segment", "data/imagesTr/c0_0000.nii.gz", "--model", "run/3d_fullres", "-o"]
          + ["mask.nii.gz", "--overwrite", "--json"] + more, in: folder)
      #expect(segmented.code == 0, "\(segmented.errors)")
      let text = segmented.output.filter { !$0.isWhitespace }
      #expect(text.contains("\"largestComponentsOf\":[[1]]") == isApplied, "\(text)")
    }
  }

  /// The second stage learns from what the first one's folds predict for cases that they did not train on.
  @Test func aCascadeTrainsStageAfterStage() throws {
    try Cubes.write("data", in: folder, count: 2, edge: 32)
    func stage(_ name: String) throws -> Outcome {
      let arguments = Array(Self.short.dropLast(4)) + ["--folds", "2", "--configuration", name]
      return try Product.run(["train", "data", "-o", "run"] + arguments, in: folder)
    }
    let early = try stage("3d_cascade_fullres")
    #expect(early.code == 1 && early.errors.contains("train all folds of 3d_lowres into run first"))
    let first = try stage("3d_lowres")
    #expect(first.code == 0, "\(first.errors)")
    let second = try stage("3d_cascade_fullres")
    #expect(second.code == 0, "\(second.errors)")
    #expect(second.output.contains("mean Dice"))
    let segmented = try Product.run(
      ["segment", "data/imagesTr/c0_0000.nii.gz", "-o", "mask.nii.gz", "--model"]
        + ["run/3d_cascade_fullres", "--previous-stage", "run/3d_lowres"], in: folder)
    #expect(segmented.code == 0, "\(segmented.errors)")
  }

  @Test func aPlanThatIsThereIsNotPassedOverInSilence() throws {
    try Cubes.write("data", in: folder, count: 3)
    let planned = try Product.run(
      ["plan", "data", "-o", "run", "--base-features", "4", "--batch-size", "2"]
        + ["--max-patch-voxels", "4096"], in: folder)
    #expect(planned.code == 0, "\(planned.errors)")
    expectRefusal(
      try train("data", to: "run"), naming: ["other settings", "baseFeatures", "4, asked for 8"])
    let outcome = try train("data", to: "run", ["--base-features", "4", "--epochs", "1"])
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test func killedAnywhereItEndsWithTheSameBits() throws {
    try Cubes.write("data", in: folder, count: 4)
    #expect(try train("data", to: "whole").code == 0)
    let final = try #require(checkpoint("whole"))
    // Killed while the cases are prepared, while a checkpoint is written, in an epoch and at other moments:
    // each start gets a little longer, so that the kills fall everywhere.
    let seen = """
      "$0" "$@" & pid=$!
      for i in $(seq 1 4000); do
        kill -0 $pid 2>/dev/null || { wait $pid; exit $?; }
        case $STAGE in
        preparing) ls cut/prepared/3d_fullres/*.case >/dev/null 2>&1 && break ;;
        checkpoint) ls -A cut/3d_fullres/fold_0 2>/dev/null | grep -q partial && break ;;
        epoch) [ -e cut/3d_fullres/fold_0/checkpoint_latest.safetensors ] && sleep 0.2 && break ;;
        *) sleep $STAGE; break ;;
        esac
        sleep 0.002
      done
      kill -9 $pid; wait $pid 2>/dev/null; exit 99
      """
    var kills = 0
    for stage in ["preparing", "checkpoint", "epoch", "0.7", "1.1", "1.5"] {
      let outcome = try train("data", to: "cut", shell: "STAGE=\(stage); " + seen)
      if outcome.code == 99 { kills += 1 }
      #expect([0, 99].contains(outcome.code), "\(outcome.errors)")
    }
    #expect(kills >= 2)
    #expect(try train("data", to: "cut").code == 0)
    #expect(checkpoint("cut") == final)
    #expect(checkpoint("cut", "best") == checkpoint("whole", "best"))
    let summaries = ["whole", "cut"].map {
      folder.contents("\($0)/3d_fullres/fold_0/validation/summary.json")
    }
    #expect(summaries[0] != nil && summaries[0] == summaries[1])
  }

  @Test func aDamagedPreparedCaseIsMadeAnew() throws {
    try Cubes.write("data", in: folder, count: 3)
    #expect(try train("data", to: "run", ["--epochs", "1"]).code == 0)
    let path = "run/prepared/3d_fullres/c1.case"
    var bytes = try #require(folder.contents(path))
    bytes[bytes.count - 3] ^= 0xFF
    try bytes.write(to: URL(fileURLWithPath: folder.path(path)))
    let outcome = try train("data", to: "run", ["--epochs", "1"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("prepared 'c1' again"))
  }

  @Test func aFullDiskStopsItAndItGoesOnLater() throws {
    try Cubes.write("data", in: folder, count: 3)
    // Files beyond some blocks of 512 bytes are refused, as on a full disk: checkpoints are the largest.
    let full = try train(
      "data", to: "run", shell: #"ulimit -f 300; "$0" "$@""#)
    #expect(full.code == 1)
    #expect(full.errors.contains("could not be written") && full.errors.contains("make room"))
    #expect(full.errorLines.filter { $0.hasPrefix("vesalius:") }.count == 1)
    #expect(try train("data", to: "run").code == 0)
    #expect(try train("data", to: "free").code == 0)
    #expect(checkpoint("run") != nil && checkpoint("run") == checkpoint("free"))
  }

  /// A limit that the prepared cases keep to and a batch does not.
  @Test func shortMemoryIsSaidAndNothingIsLost() throws {
    try Cubes.write("data", in: folder, count: 2, edge: 40)
    let arguments = [
      "train", "data", "-o", "run", "--fold", "all", "--epochs", "1", "--steps-per-epoch", "1",
      "--base-features", "32", "--batch-size", "8",
    ]
    let short = try Product.run(arguments, in: folder, shell: #"ulimit -d 400000; "$0" "$@""#)
    #expect(short.code == 1)
    for words in ["not enough memory", "kept in run", "--batch-size"] {
      #expect(short.errors.contains(words), "\(short.errors)")
    }
    #expect(short.errorLines.filter { $0.hasPrefix("vesalius:") }.count == 1)
    #expect(folder.contents("run/3d_fullres/fold_all/training.json") != nil)
    let freed = try Product.run(arguments, in: folder)
    #expect(freed.code == 0, "\(freed.errors)")
  }

  @Test func saysWhatIsWrongWithTheData() throws {
    try Cubes.write("labels", in: folder, label: 7)
    expectRefusal(try train("labels", to: "a"), naming: ["7"])

    try Cubes.write("grids", in: folder)
    try Cubes.add(to: "grids", "c9", in: folder, edge: 24, maskEdge: 20, label: 1)
    expectRefusal(try train("grids", to: "b"), naming: ["c9", "24", "20"])

    try Cubes.write("one", in: folder, count: 1)
    expectRefusal(try train("one", to: "c"), naming: ["aside"])
    let alone = try Product.run(
      ["train", "one", "-o", "d", "--fold", "all", "--epochs", "1", "--steps-per-epoch", "1"]
        + ["--base-features", "8", "--batch-size", "1", "--max-patch-voxels", "4096"], in: folder)
    #expect(alone.code == 0, "\(alone.errors)")
    #expect(alone.errors.contains("only training case"))

    try Cubes.write("empty", in: folder)
    try Cubes.add(to: "empty", "c9", in: folder, edge: 24, maskEdge: 24, label: 0)
    let warned = try train("empty", to: "e", ["--epochs", "1"])
    #expect(warned.code == 0, "\(warned.errors)")
    #expect(warned.errors.contains("c9.nii.gz has no foreground"))

    expectRefusal(
      try train("labels", to: "f", ["--fold", "all"]), code: 2,
      naming: ["--fold all", "--held-out"])
    expectRefusal(
      try train("labels", to: "f", ["--hours", "1"]), naming: ["epochs"])
    expectRefusal(
      try train("labels", to: "f", ["--planner", "huge"]), naming: ["planner", "huge"])
  }
}
