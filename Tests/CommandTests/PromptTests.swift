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
    ([], "give --point X,Y or --box"),
  ])
  func promptsThatMeanNothingAreWrongUsage(arguments: [String], words: String) throws {
    try Pictures.colour().write(to: folder.place("eye.png"))
    let outcome = try segment(arguments)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 2)
    #expect(folder.files == ["eye.png"])
  }

  @Test(arguments: [(["--box", "1,1,99,9"], "99"), (["--box", "9,9,2,2"], "box")])
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
}
