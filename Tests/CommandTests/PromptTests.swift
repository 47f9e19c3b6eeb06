// Points and boxes on the command line: what they make, and which of them are refused.

import Foundation
import Imaging
import Segmentation
import TestSupport
import Testing

@Suite struct PromptTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  /// Runs LiteMedSAM, or another model, with seeded weights on a colour photograph of 24 × 16 pixels.
  private func segment(
    _ arguments: [String], image: String = "eye.png", model: String = TinyWeights.prompted
  ) throws -> Outcome {
    let weights = try TinyWeights.write(model, in: folder)
    return try Product.run(
      ["segment", image, "--model", model, "--weights", weights, "-o", "mask.nii.gz"]
        + arguments, in: folder)
  }

  @Test func boxesBecomeNumberedObjectsOnTheGridOfTheImage() throws {
    let image = Pictures.colour()
    try image.write(to: folder.place("eye.png"))
    let outcome = try segment(["--box", "2,2,10,12", "--box", "12,3,20.5,9"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let mask = try LabelMap(contentsOf: folder.path("mask.nii.gz"))
    #expect(mask.geometry.size == image.geometry.size)
    #expect(Set(mask.labels).isSubset(of: [0, 1, 2]))
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let report = try decoder.decode(
      RunReport.self, from: #require(folder.contents("mask.nii.gz.json")))
    #expect(report.command.contains("12,3,20.5,9"))
    #expect(Set(["embed", "prompt"]).isSubset(of: report.seconds.keys))
  }

  @Test func aSliceOfAVolumeIsNamedByThePrompt() throws {
    try Pictures.ball().write(to: folder.place("ball.nii.gz"))
    let outcome = try segment(["--box", "2,2,5,9,9,5"], image: "ball.nii.gz")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let mask = try LabelMap(contentsOf: folder.path("mask.nii.gz"))
    let area = mask.geometry.size.x * mask.geometry.size.y
    for (index, label) in mask.labels.enumerated() where index / area != 5 { #expect(label == 0) }

    let refused = try segment(["--box", "2,2,9,9"], image: "ball.nii.gz")
    #expect(refused.code == 1)
    #expect(refused.errors.contains("say on which one"))
  }

  @Test(arguments: [
    (["--point", "5"], "X,Y"), (["--point", "5,x"], "numbers"), (["--box", "1,2,3"], "a box is"),
    (["--background", "3,3"], "needs a --point"),
    (["--box", "1,1,3,3", "--box", "4,4,6,6", "--point", "5,5"], "one box at most"),
    (["--point", "1,1,2", "--point", "1,1,3"], "one slice"),
    ([], "give --point X,Y or --box"), (["--box", "5,9,5,2"], "holds no pixel"),
    (["--multimask"], "goes with prompts"),
    (["--box", "1,1,3,3", "--box", "4,4,6,6", "--mask", "m.png"], "one box at most"),
    (["--point", "1,1", "--scribble", ""], "empty"),
  ])
  func promptsThatMeanNothingAreWrongUsage(arguments: [String], words: String) throws {
    try Pictures.colour().write(to: folder.place("eye.png"))
    let outcome = try segment(arguments)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 2)
    #expect(folder.files == ["eye.png"])
  }

  @Test(arguments: [
    (["--box", "1,1,99,9"], "0,0 … 23,15"), (["--point", "24,3"], "0,0 … 23,15"),
    (["--point", "1,1", "--mask", "none.png"], "none.png"),
  ])
  func placesOutsideTheImageFail(arguments: [String], words: String) throws {
    try Pictures.colour().write(to: folder.place("eye.png"))
    let outcome = try segment(arguments)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 2)
    #expect(folder.files == ["eye.png"])
  }

  @Test func efficientSAMReadsSixPoints() throws {
    try Pictures.colour().write(to: folder.place("eye.png"))
    let point = ["--point", "5,5", "--background", "20,3"]
    let box = ["--box", "2,2,10,12"]
    let outcome = try segment(box + point + point, model: TinyWeights.pointed)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let mask = try LabelMap(contentsOf: folder.path("mask.nii.gz"))
    #expect(mask.geometry.size == SIMD3(24, 16, 1))

    let refused = try segment(box + point + point + point, model: TinyWeights.pointed)
    #expect(refused.code == 1)
    #expect(refused.errors.contains("at most 6 points"), "\(refused.errors)")
    #expect(refused.errorLines.count == 2)
  }

  @Test func modelsOfTheWholeImageTakeNoPrompts() throws {
    try Pictures.colour().write(to: folder.place("eye.png"))
    let outcome = try Product.run(
      [
        "segment", "eye.png", "--model", TinyWeights.photographs, "-o", "mask.png", "--point",
        "1,1",
      ], in: folder)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("takes no prompts"))
  }

  private func report() throws -> RunReport {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(RunReport.self, from: #require(folder.contents("mask.nii.gz.json")))
  }

  @Test func exchangedCornersAreCorrectedAndSaid() throws {
    try Pictures.colour().write(to: folder.place("eye.png"))
    let turned = try segment(["--box", "20,3,2.5,12", "--multimask"])
    #expect(turned.code == 0, "\(turned.errors)")
    let remark =
      "the corners of --box 20,3,2.5,12 were exchanged: it goes from 2.5,3.0 to 20.0,12.0"
    #expect(turned.errors == "vesalius: \(remark)\n")
    let mask = folder.contents("mask.nii.gz")
    #expect(try report().remarks == [remark])
    let overlaps = try #require(try report().predictedIoU)
    #expect(overlaps.map(\.count) == [3])
    #expect(overlaps[0] == overlaps[0].sorted(by: >))

    let right = try segment(["--box", "2.5,3,20,12", "--multimask"])
    #expect(right.errors.isEmpty)
    #expect(folder.contents("mask.nii.gz") == mask)
    #expect(try report().remarks == nil)
    #expect(try report().predictedIoU == overlaps)
  }

  @Test func drawingsArePrompts() throws {
    try Pictures.colour().write(to: folder.place("eye.png"))
    let geometry = Geometry(size: SIMD3(24, 16, 1))
    func draw(_ name: String, _ value: (_ x: Int, _ y: Int) -> Int32) throws {
      let labels = (0..<24 * 16).map { value($0 % 24, $0 / 24) }
      try LabelMap(geometry: geometry, labels: labels).write(to: folder.place(name))
    }
    try draw("dot.png") { x, y in x == 6 && y == 7 ? 1 : x == 20 && y == 2 ? 2 : 0 }
    #expect(try segment(["--scribble", "dot.png"]).code == 0)
    let drawn = folder.contents("mask.nii.gz")
    let overlap = try report().predictedIoU
    #expect(try segment(["--point", "6,7", "--background", "20,2"]).code == 0)
    #expect(folder.contents("mask.nii.gz") == drawn)
    #expect(try report().predictedIoU == overlap)

    try draw("earlier.png") { x, _ in x < 12 ? 255 : 0 }
    let refined = try segment(["--mask", "earlier.png", "--point", "6,7", "--background", "20,2"])
    #expect(refined.code == 0, "\(refined.errors)")
    #expect(try report().predictedIoU != overlap)

    try draw("beside.png") { x, _ in x == 3 ? 2 : 0 }
    expectRefusal(
      try segment(["--scribble", "beside.png"]), naming: ["beside.png", "draw with 1"])
    try draw("several.png") { x, _ in Int32(x % 3) }
    expectRefusal(try segment(["--mask", "several.png"]), naming: ["several.png", "2 labels"])
    try draw("empty.png") { _, _ in 0 }
    expectRefusal(try segment(["--mask", "empty.png"]), naming: ["empty.png", "no pixel"])
    expectRefusal(try segment(["--scribble", "empty.png"]), naming: ["empty.png", "empty"])
    try Pictures.grey().write(to: folder.place("small.png"))
    expectRefusal(
      try segment(["--mask", "small.png"]), naming: ["small.png", "8×8×1", "24×16×1"])
    let replaced = try segment(["--mask", "mask.nii.gz"])
    expectRefusal(replaced, code: 2, naming: ["would replace an input"])
  }

  @Test func aDrawingNamesTheSliceOfAVolume() throws {
    let ball = Pictures.ball()
    try ball.write(to: folder.place("ball.nii.gz"))
    func draw(_ slices: Set<Int>) throws {
      let labels: [Int32] = (0..<12 * 12 * 12).map {
        slices.contains($0 / 144) && (4..<8).contains($0 % 12) ? 1 : 0
      }
      try LabelMap(geometry: ball.geometry, labels: labels).write(to: folder.place("drawn.nii.gz"))
    }
    try draw([5])
    for option in ["--mask", "--scribble"] {
      let outcome = try segment([option, "drawn.nii.gz"], image: "ball.nii.gz")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let mask = try LabelMap(contentsOf: folder.path("mask.nii.gz"))
      for (index, label) in mask.labels.enumerated() where index / 144 != 5 { #expect(label == 0) }
    }
    try draw([5, 6])
    expectRefusal(
      try segment(["--mask", "drawn.nii.gz"], image: "ball.nii.gz"),
      naming: ["drawn.nii.gz", "2 slices"])
  }
}
