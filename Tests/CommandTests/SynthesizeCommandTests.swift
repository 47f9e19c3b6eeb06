// `vesalius synthesize`: data sets from nothing and from label maps, and what it refuses.

import Datasets
import Foundation
import Testing

@Suite struct SynthesizeCommandTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  private func synthesize(_ arguments: String...) throws -> Outcome {
    try Product.run(["synthesize"] + arguments, in: folder)
  }

  @Test func writesADatasetThatOthersRead() throws {
    let outcome = try synthesize(
      "microscopy", "-o", "cells", "--cases", "4", "--size", "48", "--held-out", "1")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("cells  4 cases of kind microscopy, seed 1"))
    #expect(outcome.output.contains("images per second"))
    let dataset = try DatasetFolder(contentsOf: folder.path("cells"))
    #expect(dataset.cases.count == 4 && dataset.cases.allSatisfy { $0.label != nil })
    #expect(folder.contents("cells/instancesTr/microscopy_0001.png") != nil)
    #expect(folder.contents("cells/splits_final.json") != nil)
    let study = try Product.run(
      ["compare", "cells", "--models", "baseline/otsu", "--out", "study"], in: folder)
    #expect(study.code == 0, "\(study.errors)")
    // The same seed gives the same bits, and masks of one data set are maps for another.
    _ = try synthesize(
      "microscopy", "-o", "again", "--cases", "2", "--size", "48", "--threads", "1")
    let name = "imagesTr/microscopy_0002_0000.png"
    #expect(folder.contents("cells/\(name)") == folder.contents("again/\(name)"))
    let made = try synthesize(
      "labels", "-o", "made", "--labels-from", "cells", "--cases", "2", "--json")
    #expect(made.code == 0, "\(made.errors)")
    #expect(made.output.contains("\"nucleus\""))
  }

  @Test func writesVolumes() throws {
    let outcome = try synthesize(
      "shapes", "-o", "s", "--cases", "1", "--size", "32", "--depth", "8", "--shape-labels", "2")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(folder.contents("s/imagesTr/shapes_0001_0000.nii.gz") != nil)
  }

  @Test func refusesWhatCannotBe() throws {
    expectRefusal(try synthesize("petct", "-o", "a"), code: 2, naming: ["petct", "--help"])
    expectRefusal(try synthesize("ct"), code: 2, naming: ["--output"])
    expectRefusal(try synthesize("ct", "-o", ""), code: 2, naming: ["empty"])
    expectRefusal(try synthesize("labels", "-o", "a"), code: 2, naming: ["--labels-from"])
    expectRefusal(
      try synthesize("ct", "-o", "a", "--labels-from", "b"), code: 2, naming: ["--labels-from"])
    expectRefusal(
      try synthesize("ct", "-o", "a", "--size", "16"), naming: ["16×16×1", "32 to 2048"])
    expectRefusal(try synthesize("ct", "-o", "a", "--depth", "3"), naming: ["8 to 1024"])
    expectRefusal(try synthesize("xray", "-o", "a", "--depth", "8"), naming: ["one slice"])
    expectRefusal(try synthesize("ct", "-o", "a", "--cases", "0"), naming: ["1 to 9999"])
    expectRefusal(
      try synthesize("labels", "-o", "a", "--labels-from", "none"), naming: ["none"])
    #expect(folder.files.isEmpty)
    try folder.write("taken/notes.txt", "mine".utf8)
    expectRefusal(
      try synthesize("mr", "-o", "taken", "--cases", "1", "--size", "32"),
      naming: ["taken", "new or empty"])
    #expect(folder.files == ["taken", "taken/notes.txt"])
  }
}
