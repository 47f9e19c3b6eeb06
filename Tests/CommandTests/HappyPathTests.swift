// What a first user does: segment, look, read the report, and score the result.

import Foundation
import Imaging
import Segmentation
import Study
import TestSupport
import Testing

@Suite struct HappyPathTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  /// Segments with seeded weights; a success says nothing on standard error.
  private func segment(
    _ images: [String], model: String, _ arguments: [String]
  ) throws -> Outcome {
    let weights = try TinyWeights.write(model, in: folder)
    let outcome = try Product.run(
      ["segment"] + images + ["--model", model, "--weights", weights, "--threads", "1"] + arguments,
      in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    return outcome
  }

  private func report(_ name: String) throws -> RunReport {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(RunReport.self, from: #require(folder.contents(name)))
  }

  @Test func photographToMaskPictureProbabilitiesAndReport() throws {
    let image = Pictures.colour()
    try image.write(to: folder.place("eye.png"))
    let outcome = try segment(
      ["eye.png"], model: TinyWeights.photographs,
      ["-o", "mask.png", "--overlay", "view.png", "--probabilities", "p.nii.gz"])
    #expect(outcome.output.hasPrefix("mask.png"))
    #expect(folder.files == ["eye.png", "mask.png", "mask.png.json", "p.nii.gz", "view.png"])

    let mask = try LabelMap(contentsOf: folder.path("mask.png"))
    let view = try Volume(contentsOf: folder.path("view.png"))
    let probabilities = try Volume(contentsOf: folder.path("p.nii.gz"))
    #expect(mask.geometry == image.geometry)
    #expect(view.geometry.size == image.geometry.size)
    #expect(view.channels == 3)
    let values = probabilities.voxels.floats
    #expect(mask.labels == values.map { $0 > 0.42 ? 1 : 0 })

    let report = try report("mask.png.json")
    #expect(report.model == TinyWeights.photographs)
    #expect(report.command.prefix(3) == ["vesalius", "segment", "eye.png"])
    #expect(report.image.path == "eye.png")
    #expect(report.output.path == "mask.png")
    #expect(try report.output.sha256 == ModelStore.sha256(ofFile: folder.path("mask.png")))
    #expect(try report.image.sha256 == ModelStore.sha256(ofFile: folder.path("eye.png")))
    #expect(report.size == [24, 16, 1])
    #expect(report.device == "cpu")
    #expect(report.threads == 1)
    #expect(abs(report.started.timeIntervalSinceNow) < 300)
    #expect(report.labelVoxels.values.reduce(0, +) == 24 * 16)
    #expect(Set(report.labelVoxels.keys).isSubset(of: ["background", "vessel"]))
    #expect(Set(["load", "read", "prepare", "infer", "write"]).isSubset(of: report.seconds.keys))
    #expect(report.seconds.values.allSatisfy { $0 >= 0 && $0 < 300 })
    #expect(report.peakMemory > 10_000_000)
  }

  @Test func volumeToMaskOnItsGrid() throws {
    let image = Pictures.ball(spacing: 1.5).reoriented(to: try Orientation("RSP"))
    try image.write(to: folder.place("head.nii.gz"))
    let outcome = try segment(
      ["head.nii.gz"], model: TinyWeights.volumes,
      ["-o", "mask.nii.gz", "--overlay", "view.png", "--json"])
    let mask = try LabelMap(contentsOf: folder.path("mask.nii.gz"))
    #expect(mask.geometry.matches(image.geometry))
    #expect(mask.labels.allSatisfy { (0..<3).contains($0) })
    let names = ["head.nii.gz", "mask.nii.gz", "mask.nii.gz.json", "view.png"]
    #expect(folder.files == names)

    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let runs = try #require((object as? [String: Any])?["runs"] as? [[String: Any]])
    #expect(runs.count == 1)
    #expect(runs.first?["model"] as? String == TinyWeights.volumes)
    #expect(outcome.output.hasSuffix("}\n"))
  }

  @Test func resultsReplaceOlderOnes() throws {
    try Pictures.ball().write(to: folder.place("ball.nii.gz"))
    for name in ["mask.mhd", "mask.raw", "mask.mhd.json"] { try folder.write(name, "old".utf8) }
    _ = try segment(["ball.nii.gz"], model: TinyWeights.volumes, ["-o", "mask.mhd"])
    #expect(try LabelMap(contentsOf: folder.path("mask.mhd")).labels.count == 12 * 12 * 12)
    #expect(try report("mask.mhd.json").output.path == "mask.mhd")
    #expect(folder.files == ["ball.nii.gz", "mask.mhd", "mask.mhd.json", "mask.raw"])
  }

  @Test func severalImagesGoIntoAFolder() throws {
    for name in ["in/a.png", "in/b.jpg", "in/c.tif"] {
      try Pictures.colour().write(to: folder.place(name))
    }
    let outcome = try segment(
      ["in/a.png", "in/b.jpg", "in/c.tif"], model: TinyWeights.cells,
      ["-o", "out", "--overlay", "views"])
    #expect(outcome.output.split(separator: "\n").count == 3)
    let masks = ["out/a.png", "out/b.png", "out/c.png"]
    for name in masks + masks.map({ $0 + ".json" }) + ["views/a.png", "views/b.png"] {
      #expect(folder.contents(name) != nil, "\(name)")
    }
    // Masks scored against themselves are perfect, and reports beside them are no masks.
    let scored = try Product.run(
      ["evaluate", "out", "out", "--out", "scores.json", "--json"], in: folder)
    #expect(scored.code == 0, "\(scored.errors)")
    let evaluation = try JSONDecoder().decode(Evaluation.self, from: Data(scored.output.utf8))
    #expect(evaluation.cases.map(\.id) == ["a", "b", "c"])
    #expect(evaluation.cases.flatMap(\.scores).allSatisfy { $0.dice == nil || $0.dice == 1 })
    #expect(Data(scored.output.utf8) == folder.contents("scores.json"))
  }

  @Test(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
  func seriesOfDICOMSlices() throws {
    let series = Shared.path("data/dicom-series")
    let volume = try Volume(contentsOf: series, series: "1")
    let outcome = try segment(
      [series], model: TinyWeights.cells, ["--series", "1", "-o", "out/", "--overlay", "out/"])
    #expect(outcome.output.hasPrefix("out/dicom-series.nii.gz"))
    let mask = try LabelMap(contentsOf: folder.path("out/dicom-series.nii.gz"))
    #expect(mask.geometry.matches(volume.geometry, toleranceMM: 0.01))
    #expect(folder.contents("out/dicom-series.png") != nil)
  }
}
