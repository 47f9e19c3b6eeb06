// Images that cannot be segmented: each is refused in one line, and what lay there before stays.

import Foundation
import Imaging
import TestSupport
import Testing

/// An image that a model must refuse.
private struct BadImage: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let file: String
  var model = TinyWeights.volumes
  let words: [String]
  let make: @Sendable (Scratch, String) throws -> Void

  static func bytes(
    _ what: String, _ file: String, _ words: [String],
    _ bytes: @escaping @Sendable () throws -> Data
  ) -> BadImage {
    BadImage(testDescription: what, file: file, words: words) { folder, name in
      try folder.write(name, bytes())
    }
  }

  static func image(
    _ what: String, _ file: String, for model: String = TinyWeights.volumes, _ words: [String],
    _ volume: @escaping @Sendable () -> Volume
  ) -> BadImage {
    BadImage(testDescription: what, file: file, model: model, words: words) { folder, name in
      try volume().write(to: folder.place(name))
    }
  }

  static let all: [BadImage] = [
    BadImage(testDescription: "missing", file: "none.nii.gz", words: ["no such file"]) { _, _ in },
    bytes("empty", "empty.nii.gz", ["is empty"]) { Data() },
    bytes("empty DICOM", "empty.dcm", ["is empty"]) { Data() },
    bytes("NIfTI in name alone", "text.nii.gz", ["a text file"]) { Data("patient, age\n".utf8) },
    bytes("zero spacing", "zero.nii", ["spacing", "positive"]) { try Pictures.nifti(spacing: 0) },
    bytes("NaN spacing", "nan.nii", ["spacing", "positive"]) { try Pictures.nifti(spacing: .nan) },
    bytes("negative spacing", "minus.nii", ["spacing", "positive"]) {
      try Pictures.nifti(spacing: -2)
    },
    image("NaN voxel", "nan.nii.gz", ["1 NaN or infinite"]) { Pictures.ball(firstVoxel: .nan) },
    image("infinite voxel", "inf.mha", ["1 NaN or infinite"]) {
      Pictures.ball(firstVoxel: .infinity)
    },
    image("millions of voxels apart", "far.nii.gz", ["check the spacing"]) {
      Pictures.ball(spacing: 90_000)
    },
    image("photograph for a 3-D model", "photo.png", ["reads volumes"]) { Pictures.colour() },
    image("grey for a colour model", "grey.png", for: TinyWeights.photographs, ["1 channel"]) {
      Pictures.grey()
    },
    image("numbers for a colour model", "ball.nii", for: TinyWeights.photographs, ["RGB"]) {
      Pictures.ball()
    },
    image("colours without range", "c.mha", for: TinyWeights.photographs, ["8- or 16-bit"]) {
      let values = (0..<48).map { Float($0) / 48 }
      return Volume(
        geometry: Geometry(size: SIMD3(4, 4, 1)), channels: 3, voxels: .float32(values))
    },
    BadImage(testDescription: "truncated", file: "half.nii.gz", words: ["half.nii.gz"]) {
      folder, name in
      let path = try folder.place(name)
      try Pictures.ball().write(to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      try folder.write(name, whole.prefix(whole.count / 2))
    },
    BadImage(testDescription: "folder without images", file: "notes", words: ["without DICOM"]) {
      folder, name in try folder.write(name + "/readme.txt", "no images".utf8)
    },
    BadImage(testDescription: "folder of nothing", file: "void", words: ["without DICOM"]) {
      folder, name in
      try FileManager.default.createDirectory(
        atPath: folder.path(name), withIntermediateDirectories: false)
    },
  ]
}

@Suite struct SegmentRefusalTests {
  @Test(arguments: BadImage.all)
  fileprivate func badImage(_ image: BadImage) throws {
    let folder = try Scratch()
    try image.make(folder, image.file)
    let weights = try TinyWeights.write(image.model, in: folder)
    let older = Array("an older result".utf8)
    let kept = ["out/mask.nii.gz", "out/mask.nii.gz.json", "out/view.png"]
    for name in kept { try folder.write(name, older) }
    let before = folder.files
    let outcome = try Product.run(
      [
        "segment", image.file, "--model", image.model, "--weights", weights, "--json",
        "--output", "out/mask.nii.gz", "--overlay", "out/view.png", "--threads", "1",
      ], in: folder)
    expectRefusal(outcome, naming: image.words)
    #expect(folder.files == before)
    for name in kept { #expect(folder.contents(name) == Data(older)) }
  }

  @Test func oneBrokenImageDoesNotStopTheOthers() throws {
    let folder = try Scratch()
    try Pictures.colour().write(to: folder.place("a.png"))
    try folder.write("b.png", "not a picture".utf8)
    try Pictures.colour(width: 9, height: 5).write(to: folder.place("c.png"))
    let weights = try TinyWeights.write(TinyWeights.cells, in: folder)
    let outcome = try Product.run(
      [
        "segment", "a.png", "b.png", "c.png", "--model", TinyWeights.cells, "--weights", weights,
        "-o", "out", "--threads", "1", "--json",
      ], in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errorLines.count == 3)  // The broken one, how many failed, and the end.
    #expect(outcome.errors.contains("b.png"))
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let summary = try #require(object as? [String: [[String: Any]]])
    #expect(summary["runs"]?.count == 2)
    #expect(summary["failures"]?.map { $0["image"] as? String } == ["b.png"])
    #expect(outcome.errors.contains("1 of 3 images failed"))
    let masks = ["out/a.png", "out/a.png.json", "out/c.png", "out/c.png.json"]
    #expect(folder.files == ["a.png", "b.png", "c.png", "out"] + masks)
  }

  @Test func severalBrokenImagesLeaveNoFolder() throws {
    let folder = try Scratch()
    let weights = try TinyWeights.write(TinyWeights.photographs, in: folder)
    let outcome = try Product.run(
      ["segment", "x.png", "y.png", "--model", "lwnet", "--weights", weights, "-o", "new/out"],
      in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.output.isEmpty)
    #expect(folder.files.isEmpty)
  }

  /// The one refusal of several lines: it lists the series to choose from.
  @Test(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
  func severalSeriesAreListed() throws {
    let folder = try Scratch()
    let folders = ["dicom-series", "totalsegmentator-examples/example_ct_dicom"]
    for (index, series) in folders.enumerated() {
      let source = Shared.path("data/" + series)
      let names = try FileManager.default.contentsOfDirectory(atPath: source)
        .filter { $0.hasSuffix(".dcm") || $0.hasPrefix("CT.") }.sorted().prefix(3)
      for name in names {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: source + "/" + name))
        try folder.write("mixed/\(index)-\(name)", bytes)
      }
    }
    let weights = try TinyWeights.write(TinyWeights.volumes, in: folder)
    let before = folder.files
    let arguments = [
      "segment", "mixed", "--model", TinyWeights.volumes, "--weights", weights, "-o", "mask.nii.gz",
    ]
    let outcome = try Product.run(arguments, in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("2 DICOM series"))
    #expect(outcome.errorLines.count == 4)  // What to do, two series, and the end.
    #expect(folder.files == before)
    let unfit = try Product.run(arguments + ["--series", "7"], in: folder)
    expectRefusal(unfit, naming: ["no series of 2", "7"])
    #expect(folder.files == before)
  }
}
