// `vesalius segment --model PATH` with trained self-configuring models: cases, folders, channels, refusals.

import Foundation
import Imaging
import Segmentation
import TestSupport
import Testing

@Suite struct TrainedModelTests {
  private let folder: Scratch
  private static let golden = Repository.path("Tests/SegmentationTests/Golden/SelfConfigured")

  init() throws { folder = try Scratch() }

  private func segment(_ arguments: [String]) throws -> Outcome {
    try Product.run(["segment"] + arguments + ["--threads", "1"], in: folder)
  }

  private func report(_ name: String) throws -> RunReport {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(RunReport.self, from: #require(folder.contents(name)))
  }

  @Test func volumeToMaskPictureProbabilitiesAndReport() throws {
    try TinyTrained.write(in: folder)
    let image = Pictures.ball(spacing: 1.5).reoriented(to: try Orientation("RSP"))
    try image.write(to: folder.place("head_0000.nii.gz"))
    let outcome = try segment([
      "head_0000.nii.gz", "--model", "balls.safetensors", "-o", "mask.nii.gz", "--overlay",
      "view.png", "--probabilities", "p.nii.gz",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("mask.nii.gz"))
    // The estimate comes before the work, on one line.
    #expect(outcome.errors.hasPrefix("vesalius: head: about "))
    #expect(outcome.errors.contains("MiB of memory"))
    #expect(outcome.errorLines.count == 2)
    #expect(
      folder.files == [
        "balls.safetensors", "head_0000.nii.gz", "mask.nii.gz", "mask.nii.gz.json",
        "p_0000.nii.gz", "p_0001.nii.gz", "p_0002.nii.gz", "view.png",
      ])
    let mask = try LabelMap(contentsOf: folder.path("mask.nii.gz"))
    #expect(mask.geometry.matches(image.geometry))
    #expect(mask.labels.allSatisfy { (0..<3).contains($0) })
    let scores = try (0..<3).map {
      try Volume(contentsOf: folder.path("p_000\($0).nii.gz")).voxels.floats
    }
    for (index, label) in mask.labels.enumerated() {
      let values = scores.map { $0[index] }
      #expect(values[Int(label)] == values.max())
      #expect(abs(values.reduce(0, +) - 1) < 1e-4)
    }
    let report = try report("mask.nii.gz.json")
    #expect(report.model == "nnunet (Dataset901_Balls, 3d_fullres)")
    #expect(report.selfConfigured?.folds == ["0"])
    #expect(report.selfConfigured?.mirroringAxes == [0])
    #expect(report.selfConfigured?.estimatedMemory ?? 0 > 0)
    #expect(report.image.path == "head_0000.nii.gz")
    #expect(try report.output.sha256 == ModelStore.sha256(ofFile: folder.path("mask.nii.gz")))
    #expect(Set(report.labelVoxels.keys).isSubset(of: ["background", "core", "shell"]))
    #expect(Set(["load", "read", "infer", "write"]).isSubset(of: report.seconds.keys))
  }

  /// What nnU-Net itself left behind, with the label map that it predicted.
  @Test(arguments: [
    ("volume", "one/cubic_0000", ["--folds", "0"], "single-cubic"),
    ("volume", "one/cubic_0000", [], "ensemble-cubic"),
    ("volume/fold_0", "one/thick_0000", [], "single-thick"),
    ("volume/fold_0/checkpoint_final.pth", "one/cubic_0000", [], "single-cubic"),
    ("slices", "two/pair_0000", [], "slices-pair"),
    ("regions", "one/cubic_0000", [], "regions-cubic"),
    ("cascade", "one/cubic_0000", ["--previous-stage", "stage"], "cascade-cubic"),
  ])
  func modelOfNNUNet(model: String, image: String, more: [String], expected: String) throws {
    // The first stage's masks go by the name of the case.
    try FileManager.default.copyItem(
      atPath: "\(Self.golden)/expected/ensemble-cubic.nii.gz",
      toPath: folder.place("stage/cubic.nii.gz"))
    let outcome = try segment(
      ["\(Self.golden)/images/\(image).nii.gz", "--model", "\(Self.golden)/models/\(model)"]
        + ["-o", "mask.nii.gz", "--precision", "fp32"] + more)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let mask = try LabelMap(contentsOf: folder.path("mask.nii.gz"))
    let theirs = try LabelMap(contentsOf: "\(Self.golden)/expected/\(expected).nii.gz")
    let differing = zip(mask.labels, theirs.labels).count { $0 != $1 }
    #expect(Double(differing) < 0.001 * Double(mask.labels.count))
  }

  @Test func folderOfCasesGoesOnWhereItWas() throws {
    try TinyTrained.write(in: folder, channels: ["T1", "T2"])
    for name in ["a", "b"] {
      for channel in 0..<2 {
        try Pictures.ball(edge: name == "a" ? 12 : 14)
          .write(to: folder.place("in/\(name)_000\(channel).nii.gz"))
      }
    }
    try Pictures.ball().write(to: folder.place("in/c_0000.nii.gz"))
    let arguments = ["in", "--model", "balls.safetensors", "-o", "out", "--overlay", "views"]
    let first = try segment(arguments)
    #expect(first.code == 1)
    #expect(first.output.split(separator: "\n").count == 2)
    #expect(first.errors.contains("c: its channel 'T2' is missing"), "\(first.errors)")
    #expect(first.errors.contains("in/c_0001.nii.gz"))
    #expect(first.errors.contains("1 of 3 cases failed"))
    let made = [
      "out/a.nii.gz", "out/a.nii.gz.json", "out/b.nii.gz", "out/b.nii.gz.json", "views/a.png",
      "views/b.png",
    ]
    #expect(folder.files.filter { made.contains($0) } == made)
    let before = folder.contents("out/a.nii.gz.json")

    try Pictures.ball().write(to: folder.place("in/c_0001.nii.gz"))
    let second = try segment(arguments)
    #expect(second.code == 0, "\(second.errors)")
    #expect(second.errors.contains("2 of 3 cases had masks in out"))
    #expect(folder.contents("out/a.nii.gz.json") == before)
    #expect(folder.contents("out/c.nii.gz") != nil)

    let third = try segment(arguments + ["--overwrite", "--json", "--no-mirroring"])
    #expect(third.code == 0, "\(third.errors)")
    #expect(third.output.contains("\"failures\" : ["))
    #expect(try report("out/a.nii.gz.json").selfConfigured?.mirroringAxes == [])
  }

  @Test func channelsAreFoundBesideTheFirstOrGiven() throws {
    try TinyTrained.write(in: folder, channels: ["T1", "T2"])
    for channel in 0..<2 {
      try Pictures.ball().write(to: folder.place("x_000\(channel).nii.gz"))
    }
    for (number, images) in [["x_0000.nii.gz"], ["x_0000.nii.gz", "x_0001.nii.gz"]].enumerated() {
      let outcome = try segment(
        images + ["--model", "balls.safetensors", "-o", "m\(number).nii.gz"])
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    #expect(folder.contents("m0.nii.gz") == folder.contents("m1.nii.gz"))
    #expect(try report("m0.nii.gz.json").selfConfigured?.images.count == 2)
  }

  @Test func photographBecomesAPicture() throws {
    try TinyTrained.write(in: folder, channels: ["R", "G", "B"], isPicture: true)
    try Pictures.colour().write(to: folder.place("eye.png"))
    let outcome = try segment(["eye.png", "--model", "balls.safetensors", "-o", "out/"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try LabelMap(contentsOf: folder.path("out/eye.png")).geometry.size == SIMD3(24, 16, 1))
  }

  @Test func postprocessingIsAppliedAndReported() throws {
    try TinyTrained.write(in: folder)
    try Pictures.ball().write(to: folder.place("x.nii.gz"))
    try Postprocessing(steps: [.init(keepLargestOf: [1, 2])]).write(to: folder.place("post.json"))
    let outcome = try segment([
      "x.nii.gz", "--model", "balls.safetensors", "-o", "m.nii.gz", "--postprocessing",
      "post.json", "--step-size", "1",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try report("m.nii.gz.json").selfConfigured?.largestComponentsOf == [[1, 2]])
    #expect(try report("m.nii.gz.json").selfConfigured?.step == 1)
  }

  private struct Refusal: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let code: Int32
    let words: [String]
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: [String], code: Int32 = 1, _ words: [String]) {
      (self.arguments, self.code, self.words) = (arguments, code, words)
    }
  }

  private static let refusals = [
    Refusal(["x.nii.gz", "--model", "none.pth"], ["none.pth is no trained model"]),
    Refusal(["x.nii.gz", "--model", "cut.safetensors"], ["cut.safetensors"]),
    Refusal(["x.nii.gz", "--model", "cut.pth"], ["cut.pth", "cut off"]),
    Refusal(["x.nii.gz", "--model", "empty/"], ["empty/ is no trained model", "fold_0"]),
    Refusal(["x.nii.gz", "--model", "two.safetensors"], ["1 channel", "reads 2: T1, T2"]),
    Refusal(
      ["y_0000.nii.gz", "--model", "two.safetensors"], ["'T2' is missing", "y_0001.nii.gz"]),
    Refusal(["empty", "--model", "balls.safetensors"], ["empty"]),
    Refusal(
      ["x.nii.gz", "--model", golden + "/models/cascade"], code: 2,
      ["3d_lowres", "--previous-stage"]),
    Refusal(
      ["x.nii.gz", "--model", "balls.safetensors", "--previous-stage", "empty"], code: 2,
      ["cascades"]),
    Refusal(
      ["x.nii.gz", "--model", golden + "/models/volume", "--folds", "0,7"], ["fold_7"]),
    Refusal(
      ["x.nii.gz", "--model", "balls.safetensors", "--point", "1,1"], code: 2, ["no prompts"]),
    Refusal(
      ["x.nii.gz", "--model", "balls.safetensors", "--weights", "two.safetensors"], code: 2,
      ["own weights"]),
    Refusal(["x.nii.gz", "--model", "lwnet", "--folds", "0"], code: 2, ["--folds goes with"]),
    Refusal(
      ["x.nii.gz", "--model", "balls.safetensors", "--step-size", "0"], code: 2, ["--step-size"]),
    Refusal(
      ["x.nii.gz", "--model", "balls.safetensors", "--postprocessing", "x.nii.gz"],
      ["x.nii.gz", "post-processing"]),
  ]

  @Test(arguments: refusals)
  private func refuses(refusal: Refusal) throws {
    let whole = try Data(
      contentsOf: URL(fileURLWithPath: TinyTrained.write(in: folder)))
    try TinyTrained.write("two.safetensors", in: folder, channels: ["T1", "T2"])
    try folder.write("cut.safetensors", whole.prefix(whole.count / 2))
    let checkpoint = "\(Self.golden)/models/volume/fold_0/checkpoint_final.pth"
    try folder.write(
      "cut.pth", Data(contentsOf: URL(fileURLWithPath: checkpoint)).prefix(20_000))
    try Pictures.ball().write(to: folder.place("x.nii.gz"))
    try Pictures.ball().write(to: folder.place("y_0000.nii.gz"))
    try folder.write("empty/notes.txt", "nothing".utf8)
    let before = folder.files
    let outcome = try segment(refusal.arguments + ["-o", "mask.nii.gz"])
    expectRefusal(outcome, code: refusal.code, naming: refusal.words)
    #expect(folder.files == before)
  }

  @Test func neverReplacesAMaskUnasked() throws {
    try TinyTrained.write(in: folder)
    try Pictures.ball().write(to: folder.place("x.nii.gz"))
    try folder.write("mask.nii.gz", "older".utf8)
    let arguments = ["x.nii.gz", "--model", "balls.safetensors", "-o", "mask.nii.gz"]
    expectRefusal(
      try segment(arguments), code: 2, naming: ["mask.nii.gz exists already", "--overwrite"])
    #expect(folder.contents("mask.nii.gz") == Data("older".utf8))
    #expect(try segment(arguments + ["--overwrite"]).code == 0)
    let outcome = try segment(["x.nii.gz", "--model", "balls.safetensors", "-o", "x.nii.gz"])
    expectRefusal(outcome, code: 2, naming: ["x.nii.gz would replace an input"])
  }
}
