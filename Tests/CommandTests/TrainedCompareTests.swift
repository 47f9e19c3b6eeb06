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
