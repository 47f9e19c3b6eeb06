// `vesalius compare` with trained self-configuring models: who they are, what they saw, what they took.

import Datasets
import Foundation
import Imaging
import Segmentation
import Study
import TestSupport
import Testing

@Suite struct TrainedCompareTests {
  private let folder: Scratch
  private let cases: [DatasetCase]

  /// Four volumes of a ball in a ball, each of its own patient.
  init() throws {
    folder = try Scratch()
    var table = "image,label,patient\n"
    for number in 0..<4 {
      let edge = 12 + number
      let ball = Pictures.ball(edge: edge)
      let middle = Double(edge - 1) / 2
      let labels = (0..<ball.geometry.count).map { index -> Int32 in
        let place = SIMD3(
          Double(index % edge), Double(index / edge % edge), Double(index / (edge * edge)))
        let offset = place - SIMD3(repeating: middle)
        let distance = (offset * offset).sum().squareRoot()
        return distance < middle / 2 ? 1 : distance < middle ? 2 : 0
      }
      try ball.write(to: folder.place("data/c\(number).nii.gz"))
      try LabelMap(geometry: ball.geometry, labels: labels)
        .write(to: folder.place("data/m\(number).nii.gz"))
      table += "c\(number).nii.gz,m\(number).nii.gz,p\(number)\n"
    }
    try folder.write("data/pairs.csv", table.utf8)
    try folder.write(
      "data/dataset.json",
      #"{"name": "Balls", "labels": {"background": 0, "core": 1, "shell": 2}}"#.utf8)
    cases = try DatasetFolder(contentsOf: folder.path("data")).cases
  }

  private func compare(_ models: String, _ more: [String] = []) throws -> Outcome {
    try Product.run(
      ["compare", "data", "--models", models, "--out", "out", "--metrics", "dice"]
        + ["--resamples", "200"] + more, in: folder)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try #require(folder.contents(name)), as: UTF8.self)
  }

  @Test func namesBudgetsCurvesAndWhatWasSeen() throws {
    for (number, count) in [2, 8].enumerated() {
      let file = "run\(count)/fold_0/checkpoint_final.safetensors"
      let path = try TinyTrained.write(file, in: folder, seed: UInt64(3 + number))
      // Nobody else's images: only c0 is of this dataset.
      let seen = count == 2 ? [] : [cases[0]]
      var provenance = try Provenance(dataset: "Balls", training: seen, minutes: 1.5)
      provenance.trainingCount = count
      provenance.images += (0..<(count - seen.count)).map {
        Provenance.Image(case: "other\($0)", sha256: "\($0)", fingerprint: nil)
      }
      try provenance.write(beside: path)
    }
    let models = [
      "run2/fold_0", "run8/fold_0/checkpoint_final.safetensors", "baseline/otsu",
      "baseline/majority",
    ]
    let outcome = try compare(
      models.joined(separator: ","), ["--labels", "shell", "--prompts", "support-1,support-2"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let csv = try text("out/results.csv").split(separator: "\n")
    let rows = csv.filter { $0.hasPrefix("nnunet:run") }
    #expect(rows.count == 8)
    #expect(rows.allSatisfy { $0.contains(",ok,") })
    let doubted = rows.filter { $0.contains("very image") }
    #expect(doubted.count == 1)
    #expect(doubted.first?.hasPrefix("nnunet:run8,none,none,0,0,c0,") == true)
    let report = try text("out/report.md")
    #expect(report.contains("contaminated on 1 of 4 cases: trained on this very image"))
    #expect(!report.contains("which is the tested dataset"))
    #expect(report.contains(#"| nnU-Net 3d\_fullres (contaminated) | baseline/otsu"#))
    #expect(report.contains("Labelled cases from which on training pays"))
    let costs = try text("out/tables/costs.csv")
    #expect(
      costs.split(separator: "\n").contains { $0.contains("nnunet:run8") && $0.contains("90") })

    // Another run has nothing left to do, and the protocol repeats it from anywhere.
    let again = try Product.run(
      ["compare", "--protocol", "out/protocol.yaml", "--out", "out"], in: folder)
    #expect(again.code == 0, "\(again.errors)")
    #expect(try text("out/protocol.yaml").contains("run8/fold_0/checkpoint_final.safetensors"))
  }

  @Test func withoutProvenanceTheDatasetOfThePlanCounts() throws {
    try TinyTrained.write("balls.safetensors", in: folder)
    let outcome = try compare("mine=balls.safetensors")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try text("out/report.md")
    #expect(report.contains("The scores of mine are contaminated as a whole"))
    #expect(report.contains("trained on Balls, which is the tested dataset"))
    #expect(!report.contains("Break-even"))
  }

  /// Each channel of a case in a file of its own, as nnU-Net's data sets have them.
  @Test func channelsInFilesOfTheirOwn() throws {
    try folder.write("two/dataset.json", TinyTrained.description(["T1", "T2"]).utf8)
    for number in 0..<3 {
      let ball = Pictures.ball(edge: 12 + number)
      for channel in 0..<2 {
        try ball.write(to: folder.place("two/imagesTr/b\(number)_000\(channel).nii.gz"))
      }
      try folder.write(
        "two/labelsTr/b\(number).nii.gz", try #require(folder.contents("data/m\(number).nii.gz")))
    }
    try TinyTrained.write("both.safetensors", in: folder, channels: ["T1", "T2"])
    let models = "both.safetensors,baseline/otsu"
    let outcome = try Product.run(
      ["compare", "two", "--models", models, "--out", "out", "--metrics", "dice"]
        + ["--resamples", "200", "--labels", "core"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("2 channels in files of their own"))
    let rows = try text("out/results.csv").split(separator: "\n").filter { $0.contains(",ok,") }
    #expect(rows.count == 6)
    // A channel on another grid is not passed over.
    try Pictures.ball(edge: 9).write(to: folder.path("two/imagesTr/b1_0001.nii.gz"))
    let other = try Product.run(
      ["compare", "two", "--models", models, "--out", "other"], in: folder)
    #expect(other.code == 1)
    #expect(other.errors.contains("b1_0001.nii.gz") && other.errors.contains("size in voxels"))
  }

  /// Models with budgets are trained on cases that are not scored, once, and make a learning curve.
  @Test func trainsWithinTheStudy() throws {
    let arguments = [
      "compare", "data", "--models", "baseline/otsu", "--train-cases", "1,all", "--train-minutes",
      "0.02", "--held-out", "2", "--out", "out", "--metrics", "dice", "--resamples", "200",
      "--labels", "shell",
    ]
    let ready = try Product.run(arguments + ["--plan-only"], in: folder)
    #expect(ready.output.contains("1 participants and 2 cases are ready, 2 more"))
    let outcome = try Product.run(arguments, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("nnunet (1 case, 0.02 min): fold all: 1 cases train"))
    let csv = try text("out/results.csv").split(separator: "\n")
    let names = ["nnunet (1 case, 0.02 min)", "nnunet (all cases, 0.02 min)", "baseline/otsu"]
    for name in names {
      let rows = csv.filter { $0.contains(name) }
      #expect(rows.count == 2 && rows.allSatisfy { $0.contains(",ok,") }, "\(rows)")
      #expect(!rows.contains { $0.contains("very image") })
    }
    let report = try text("out/report.md")
    #expect(report.contains(#"nnU-Net 3d\_fullres, 0.02 min"#))
    #expect(!report.contains("contaminated"))
    let proto = try text("out/protocol.yaml")
    #expect(proto.contains("heldOut: 2") && proto.contains("minutes: 2e-2"))

    // What is trained stays trained; who comes new is trained alone.
    let trained = try FileManager.default.contentsOfDirectory(atPath: folder.path("out/training"))
    #expect(trained.count == 2)
    try folder.write(
      "more.yaml", proto.replacingOccurrences(of: "cases: 1", with: "cases: 2").utf8)
    let again = try Product.run(["compare", "--protocol", "more.yaml", "--out", "out"], in: folder)
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.errors.components(separatedBy: "fold all:").count == 2)
  }

  @Test(arguments: [
    (["--train-cases", "9"], "it is to learn from 9 cases, and there are 3"),
    (["--train-cases", "1", "--train-minutes", "0"], "more than 0 minutes"),
    (["--train-cases", "1", "--held-out", "4"], "cannot be kept aside"),
  ])
  func refusesToTrainOnNothing(more: [String], words: String) throws {
    let outcome = try compare("baseline/otsu", more)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func sameNamesAreToldApart() {
    let entrants = Entrant.list(parsing: [
      "/a/task/fold_0/checkpoint_final.pth", "/b/task/fold_0/checkpoint_final.pth",
      "nnunet@x/y.pth",
      "lwnet@untrained",
    ])
    #expect(
      entrants.map(\.name) == [
        "nnunet:task (a)", "nnunet:task (b)", "nnunet:y", "lwnet (untrained)",
      ])
    #expect(entrants.prefix(3).allSatisfy { $0.model == "nnunet" })
  }

  /// What cannot take part is refused by its name, and nothing runs.
  @Test(arguments: [
    ("cascade", ["nnunet:cascade", "3d_lowres", "NAME=FOLDER"]),
    ("regions", ["nnunet:regions", "regions that overlap", "regions_class_order"]),
    ("slices", ["nnunet:slices", "1 channel", "reads 2"]),
    ("cut.safetensors", ["nnunet:cut", "checkpoint"]),
    ("none.pth", ["nnunet:none", "no trained model"]),
    ("damaged.safetensors", ["damaged.safetensors.provenance.json", "cannot be read"]),
    ("organs.safetensors", ["none of its labels (liver, spleen)", "labels: {liver: core}"]),
  ])
  func refuses(model: String, words: [String]) throws {
    let whole = try TinyTrained.write("damaged.safetensors", in: folder)
    try folder.write("damaged.safetensors.provenance.json", "{".utf8)
    try folder.write(
      "cut.safetensors", try Data(contentsOf: URL(fileURLWithPath: whole)).prefix(9000))
    try TinyTrained.write(
      "organs.safetensors", in: folder,
      dataset:
        #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "spleen": 2}}"#)
    let golden = Repository.path("Tests/SegmentationTests/Golden/SelfConfigured/models/\(model)")
    let outcome = try compare(
      FileManager.default.fileExists(atPath: golden) ? golden : model)
    #expect(outcome.code == 1)
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    #expect(outcome.errors.contains("nothing was run"))
    #expect(folder.contents("out/results.csv") == nil)
  }

  /// Regions that the dataset itself has are scored value by value.
  @Test func regionsOfTheDatasetTakePart() throws {
    let regions = """
      {"name": "Rings", "channel_names": {"0": "T1"}, "regions_class_order": [2, 1],
       "labels": {"background": 0, "whole": [1, 2], "core": 1}}
      """
    try TinyTrained.write("rings.safetensors", in: folder, dataset: regions)
    try folder.write("data/dataset.json", regions.utf8)
    let outcome = try compare("rings.safetensors")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try text("out/results.csv").contains("nnunet:rings,none,none,0,0,c0,2,label 2,dice,"))
  }
}
