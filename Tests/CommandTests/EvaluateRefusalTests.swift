// Masks that cannot be scored: one line each, no scores, and no harm to the dataset.

import Foundation
import Imaging
import Testing

@Suite struct EvaluateRefusalTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    try mask("p/a.png", width: 4)
    try mask("r/a.png", width: 4)
  }

  private func mask(_ name: String, width: Int) throws {
    let labels = (0..<width * 2).map { Int32($0 % 2) }
    try LabelMap(geometry: Geometry(size: SIMD3(width, 2, 1)), labels: labels)
      .write(to: folder.place(name))
  }

  private func refuse(
    _ arguments: [String], code: Int32 = 1, naming words: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = folder.files
    let outcome = try Product.run(["evaluate"] + arguments, in: folder)
    expectRefusal(outcome, code: code, naming: words, sourceLocation: sourceLocation)
    #expect(folder.files == before, sourceLocation: sourceLocation)
  }

  @Test func missingFiles() throws {
    try refuse(["p/a.png", "none.png", "--out", "s.csv"], naming: ["none.png"])
    try refuse(["none", "r", "--out", "s.csv"], naming: ["none"])
    try mask("r/b.png", width: 4)
    try refuse(["p", "r", "--out", "s.csv"], naming: ["b", "--allow-missing"])
  }

  @Test func sizesThatDiffer() throws {
    try mask("r/a.png", width: 5)
    try refuse(["p", "r", "--out", "s.csv"], naming: ["a: ", "4 x 2 x 1", "5 x 2 x 1"])
  }

  @Test func unreadableMasks() throws {
    try folder.write("text.png", "no mask".utf8)
    try refuse(["text.png", "r/a.png", "--out", "s.csv"], naming: ["text.png", "text file"])
    try Pictures.colour().write(to: folder.place("colour.png"))
    try refuse(["colour.png", "r/a.png", "--out", "s.csv"], naming: ["colour.png", "label map"])
    try Pictures.ball(firstVoxel: 0.5).write(to: folder.place("half.nii.gz"))
    try refuse(["half.nii.gz", "r/a.png", "--out", "s.csv"], naming: ["half.nii.gz", "0.5"])
  }

  @Test func labelsThatNobodyKnows() throws {
    try refuse(["p", "r", "--out", "s.csv", "--labels", "liver"], naming: ["'liver'"])
    try refuse(
      ["p", "r", "--out", "s.csv", "--labels", ","], code: 2, naming: ["--labels", "at least one"])
  }

  @Test func placesThatTakeNoScores() throws {
    try refuse(["p", "r", "--out", "s.xlsx"], naming: ["s.xlsx", ".csv or .json"])
    try refuse(
      ["p", "r", "--out", "p/a.png/s.csv"], naming: ["p/a.png/s.csv", "cannot be written"])
    try refuse(["p", "r"], code: 2, naming: ["--out"])
  }

  @Test func theDatasetIsNotReplaced() throws {
    try folder.write("pairs.csv", "image,label\np/a.png,r/a.png\n".utf8)
    for (references, out) in [("pairs.csv", "pairs.csv"), (".", "./pairs.csv")] {
      let arguments = ["p", references, "--out", out]
      try refuse(arguments, code: 2, naming: ["would replace an input"])
    }
    try refuse(
      ["p/a.png", "r/a.png", "--out", "p/a.png.json"], code: 2, naming: ["would replace an input"])
    try folder.write("r/dataset.json", #"{"labels": {"background": 0, "vessel": 1}}"#.utf8)
    try refuse(
      ["p", "r", "--out", "r/dataset.json"], code: 2, naming: ["would replace an input"])
  }
}
