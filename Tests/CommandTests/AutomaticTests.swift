// `segment --automatic`: its three kinds of output, and what is refused.

import Foundation
import Imaging
import Segmentation
import TestSupport
import Testing

@Suite struct AutomaticTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    try Pictures.colour().write(to: folder.place("eye.png"))
  }

  /// A coarse grid, from which a network without training finds something.
  private let loose = [
    "--automatic", "--points-per-side", "4", "--iou-threshold", "0", "--stability-threshold", "0",
  ]

  private func segment(_ output: String, _ arguments: [String], image: String = "eye.png") throws
    -> Outcome
  {
    let weights = try TinyWeights.write(TinyWeights.prompted, in: folder)
    return try Product.run(
      ["segment", image, "--model", TinyWeights.prompted, "--weights", weights, "-o", output]
        + arguments, in: folder)
  }

  private func report(_ path: String) throws -> RunReport {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(RunReport.self, from: #require(folder.contents(path)))
  }

  @Test func labelsAnnotationsAndPicturesTellTheSame() throws {
    for output in ["labels.nii.gz", "coco.json", "masks/"] {
      let outcome = try segment(output, loose + ["--overlay", "over.png"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("masks"))
    }
    struct Annotation: Decodable {
      struct Runs: Decodable {
        let size: [Int]
        let counts: String
      }
      let id: Int
      let area: Int
      let segmentation: Runs
    }
    let annotations = try JSONDecoder().decode(
      [Annotation].self, from: #require(folder.contents("coco.json")))
    let labels = try LabelMap(contentsOf: folder.path("labels.nii.gz"))
    let report = try report("coco.json.json")
    #expect(report.automatic?.masks == annotations.count)
    #expect(report.automatic?.settings.pointsPerSide == 4)
    #expect(Set(["prepare", "embed", "decode"]).isSubset(of: report.seconds.keys))
    #expect(!annotations.isEmpty)
    let last = try #require(annotations.last)
    #expect(labels.labels.count { $0 == Int32(last.id) } == last.area)
    for annotation in annotations {
      #expect(annotation.segmentation.size == [16, 24])
      let picture = try LabelMap(contentsOf: folder.path("masks/\(annotation.id - 1).png"))
      #expect(picture.labels.count { $0 == 255 } == annotation.area)
      #expect(report.labelVoxels["\(annotation.id)"] == annotation.area)
    }
    let table = String(decoding: try #require(folder.contents("masks/metadata.csv")), as: UTF8.self)
    #expect(table.split(separator: "\n").count == annotations.count + 1)
    #expect(
      Set(folder.files).isSuperset(of: ["masks.json", "labels.nii.gz.json", "over.png"]))
    #expect(!folder.files.contains { $0.contains(".vesalius-") })

    let again = try segment("masks", loose)
    expectRefusal(again, naming: ["masks", "not empty"])
  }

  @Test func aVolumeNeedsASlice() throws {
    try Pictures.ball().write(to: folder.place("ball.nii.gz"))
    let refused = try segment("mask.nii.gz", loose, image: "ball.nii.gz")
    expectRefusal(refused, code: 2, naming: ["12 slices", "--slice"])
    let beyond = try segment("mask.nii.gz", loose + ["--slice", "12"], image: "ball.nii.gz")
    expectRefusal(beyond, naming: ["slice 12", "0 … 11"])
    #expect(folder.files == ["ball.nii.gz", "eye.png"])
    let outcome = try segment("mask.nii.gz", loose + ["--slice", "5"], image: "ball.nii.gz")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try LabelMap(contentsOf: folder.path("mask.nii.gz")).geometry.size.z == 12)
  }

  @Test(arguments: [
    (["--points-per-side", "5"], "goes with --automatic"),
    (["--automatic", "--points-per-side", "0"], "points per side"),
    (["--automatic", "--iou-threshold", "3"], "between 0.0 and 1.0"),
    (["--automatic", "--point", "3,3"], "points by itself"),
    (["--automatic", "--probabilities", "p.nii"], "without probabilities"),
  ])
  func wrongUsageIsRefused(arguments: [String], words: String) throws {
    expectRefusal(try segment("mask.png", arguments), code: 2, naming: [words])
    #expect(folder.files == ["eye.png"])
  }

  @Test func placesThatCannotBeWrittenAreToldFirst() throws {
    expectRefusal(try segment("mask.xyz", loose), naming: ["mask.xyz"])
    expectRefusal(try segment("none/coco.json", loose), naming: ["none/coco.json"])
    expectRefusal(
      try segment("new/", loose + ["--overlay", "none/over.png"]), naming: ["none/over.png"])
    #expect(folder.files == ["eye.png"])
  }

  @Test func modelsOfTheWholeImageCannot() throws {
    let outcome = try Product.run(
      ["segment", "eye.png", "--model", TinyWeights.photographs, "-o", "m.png", "--automatic"],
      in: folder)
    expectRefusal(outcome, code: 2, naming: ["takes none"])
  }
}
