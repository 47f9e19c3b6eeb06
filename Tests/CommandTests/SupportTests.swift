// `vesalius segment --support`: a model that is shown what to look for, and what is refused of examples.

import Foundation
import Imaging
import Segmentation
import TestSupport
import Testing

@Suite struct SupportTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  /// A disc, brighter than its ground, on an image of 20 × 16 pixels that are all different.
  private func write(
    _ image: String, _ mask: String?, shift: Int = 0, value: Int32 = 1, rows: Int = 16
  ) throws {
    func disc(_ rows: Int) -> [Bool] {
      (0..<20 * rows).map { index in
        let (x, y) = (index % 20 - 7 - shift, index / 20 - 7)
        return x * x + y * y <= 16
      }
    }
    let bytes = disc(16).enumerated().map { UInt8(($1 ? 180 : 20) + ($0 * 7 + shift) % 40) }
    try Volume(geometry: Geometry(size: SIMD3(20, 16, 1)), voxels: .uint8(bytes))
      .write(to: folder.place(image))
    if let mask {
      try LabelMap(
        geometry: Geometry(size: SIMD3(20, rows, 1)), labels: disc(rows).map { $0 ? value : 0 }
      ).write(to: folder.place(mask))
    }
  }

  private func segment(_ arguments: [String], image: String = "new.png") throws -> Outcome {
    let weights = try TinyWeights.write(TinyWeights.shown, in: folder)
    return try Product.run(
      ["segment", image, "--model", "universeg/v1", "--weights", weights, "-o", "out/mask.png"]
        + arguments, in: folder)
  }

  private func report() throws -> RunReport {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(RunReport.self, from: #require(folder.contents("out/mask.png.json")))
  }

  private func prepare() throws {
    try write("new.png", nil, shift: 3)
    try FileManager.default.createDirectory(
      atPath: folder.path("out"), withIntermediateDirectories: true)
  }

  @Test func aSinglePairIsEnough() throws {
    try prepare()
    try write("a.png", "a-mask.png")
    let outcome = try segment(["--support", "a.png=a-mask.png", "--probabilities", "p.nii.gz"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    let mask = try LabelMap(contentsOf: folder.path("out/mask.png"))
    #expect(mask.geometry.size == SIMD3(20, 16, 1))
    #expect(Set(mask.labels).isSubset(of: [0, 1]))
    let shown = try #require(try report().inContext)
    #expect(shown.count == 1 && shown.slices == 1 && shown.labels == [1])
    #expect(shown.examples.map(\.image.path) == ["a.png"])
    #expect(
      try shown.examples[0].mask.sha256 == ModelStore.sha256(ofFile: folder.path("a-mask.png")))
    #expect(try Set(["examples", "infer", "load"]).isSubset(of: report().seconds.keys))
    #expect(try Set(report().labelVoxels.keys).isSubset(of: ["background", "label 1"]))
  }

  @Test func aDataSetNamesItsLabels() throws {
    try prepare()
    for number in 0..<2 {
      try write("data/images/c\(number).png", "data/labels/c\(number).png", shift: number, value: 3)
    }
    try write("data/images/unlabelled.png", nil)
    try folder.write("data/dataset.json", "{\"labels\": {\"background\": 0, \"disc\": 3}}".utf8)
    try write("more.png", "more-mask.png", shift: 2, value: 3)
    let outcome = try segment([
      "--support", "data", "--support", "more.png=more-mask.png", "--support-label", "3",
      "--supports-at-once", "1", "--draws", "2",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let mask = try LabelMap(contentsOf: folder.path("out/mask.png"))
    #expect(Set(mask.labels).isSubset(of: [0, 3]))
    let shown = try #require(try report().inContext)
    #expect(
      shown.examples.map(\.image.path) == ["data/images/c0.png", "data/images/c1.png", "more.png"])
    #expect(shown.settings == .init(examplesAtOnce: 1, draws: 2))
    #expect(try Set(report().labelVoxels.keys).isSubset(of: ["background", "disc"]))
  }

  @Test func anImageThatIsItsOwnExampleIsSaid() throws {
    try prepare()
    try write("a.png", "a-mask.png")
    let outcome = try segment(["--support", "a.png=a-mask.png"], image: "a.png")
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("a.png is one of its own examples"))
    #expect(try report().remarks?.count == 1)
  }

  @Test func oneGreyValueIsBackgroundWithProbabilityZero() throws {
    try prepare()
    try write("a.png", "a-mask.png")
    let flat = Volume(
      geometry: Geometry(size: SIMD3(9, 8, 1)), voxels: .uint8(.init(repeating: 77, count: 72)))
    try flat.write(to: folder.place("new.png"))
    let outcome = try segment(["--support", "a.png=a-mask.png", "--probabilities", "p.nii.gz"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try LabelMap(contentsOf: folder.path("out/mask.png")).counts == [0: 72])
    let probabilities = try Volume(contentsOf: folder.path("p.nii.gz"))
    #expect(try probabilities.floats(.luminance).allSatisfy { $0 == 0 })
  }

  @Test func badExamplesCostOneLineThatNamesTheFile() throws {
    try prepare()
    try write("a.png", "a-mask.png")
    try write("b.png", "empty.png", value: 0)
    try write("b.png", "low.png", rows: 12)
    try write("b.png", "other.png", value: 2)
    func refusal(_ more: [String], _ words: [String], code: Int32 = 1) throws {
      expectRefusal(
        try segment(["--support", "a.png=a-mask.png"] + more), code: code, naming: words)
      #expect(folder.contents("out/mask.png") == nil)
    }
    try refusal(["--support", "b.png=empty.png"], ["empty.png: ", "mark what to look for"])
    try refusal(
      ["--support", "b.png=low.png"], ["low.png: ", "20×16×1", "20×12×1", "grid of the image"])
    try refusal(["--support", "b.png=other.png"], ["a-mask.png: ", "name the labels"])
    try refusal(
      ["--support", "b.png=other.png", "--support-label", "1"],
      ["other.png: ", "leave the example out"])
    try refusal(["--support-label", "9"], ["label 9", "give an example of it"])
    try refusal(["--support", "b.png=none.png"], ["none.png", "no such file"])
    try refusal(["--support", "nowhere"], ["nowhere does not exist"])
    try refusal(["--support", "out"], ["out is no dataset"])
    try refusal(["--support", "b.png"], ["IMAGE=MASK"], code: 2)
    try refusal(
      [
        "--support", "b.png=other.png", "--support-label", "1", "--support-label", "2",
        "--probabilities", "p.nii.gz",
      ], ["--probabilities", "1, 2", "--support-label"], code: 2)
  }

  @Test func outputsNeverReplaceExamples() throws {
    try prepare()
    try write("a.png", "out/mask.png")
    let before = folder.contents("out/mask.png")
    expectRefusal(
      try segment(["--support", "a.png=out/mask.png"]), code: 2, naming: ["replace an input"])
    #expect(folder.contents("out/mask.png") == before)
  }

  @Test(arguments: [
    (["--model", "universeg"], "add --support IMAGE=MASK"),
    (["--model", "universeg", "--support", "a=b", "--point", "1,1"], "takes no prompts"),
    (["--model", "universeg", "--support", "a=b", "--draws", "0"], "--draws needs"),
    (["--model", "universeg", "--support", "a="], "empty"),
    (["--model", "universeg", "--support", "a=b", "--support-label", "0"], "above 0"),
    (["--model", "universeg", "--look-closer"], "--look-closer goes with --support"),
    (["--model", "universeg", "--support", "a=b", "--automatic"], "--automatic"),
    (["--model", "lwnet", "--support", "a=b"], "such as universeg"),
  ])
  func optionsThatDoNotGoTogether(arguments: [String], words: String) throws {
    try write("new.png", nil)
    let outcome = try Product.run(["segment", "new.png", "-o", "mask.png"] + arguments, in: folder)
    expectRefusal(outcome, code: 2, naming: [words])
    #expect(folder.files == ["new.png"])
  }
}
