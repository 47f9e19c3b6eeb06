// `vesalius export`: a dataset in nnU-Net's layout with a split that keeps patients whole.

import Datasets
import Foundation
import Imaging
import Testing

@Suite struct ExportCommandTests {
  private let folder: Scratch

  /// Six photographs of three patients, and one without a mask.
  init() throws {
    folder = try Scratch()
    var table = "image,label,patient\n"
    for number in 0..<7 {
      try Pictures.colour().write(to: folder.place("data/i\(number).png"))
      let mask = LabelMap(
        geometry: Geometry(size: SIMD3(24, 16, 1)),
        labels: (0..<24 * 16).map { $0 % 24 < 8 + number ? 1 : 0 })
      try mask.write(to: folder.place("data/m\(number).png"))
      table += "i\(number).png,\(number < 6 ? "m\(number).png" : ""),p\(number / 2)\n"
    }
    try folder.write("data/pairs.csv", table.utf8)
  }

  private func export(_ arguments: [String]) throws -> Outcome {
    try Product.run(
      ["export", "data", "--to", "raw", "--number", "12", "--name", "Eyes"] + arguments, in: folder)
  }

  @Test func writesTheDatasetWithFoldsByPatient() throws {
    let outcome = try export(["--folds", "3", "--seed", "5"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("raw/Dataset012_Eyes  6 labelled cases, 1 without mask"))
    #expect(outcome.output.contains("3 folds by patient, seed 5"))
    let written = try DatasetFolder(contentsOf: folder.path("raw/Dataset012_Eyes"))
    #expect(written.cases.count == 6)
    #expect(written.layout == .nnUNet)
    #expect(folder.contents("raw/Dataset012_Eyes/imagesTs/i6_0000.png") != nil)
    let splits = try Splits(contentsOf: folder.path("raw/Dataset012_Eyes/splits_final.json"))
    #expect(splits.folds.count == 3)
    for fold in splits.folds {
      #expect(Set(fold.training + fold.validation) == Set(written.cases.map(\.id)))
      let patients = [fold.training, fold.validation].map { names in
        Set(names.compactMap { Int($0.dropFirst()).map { $0 / 2 } })
      }
      #expect(patients[0].isDisjoint(with: patients[1]))
    }
    // The same seed gives the same split, and nothing is replaced.
    expectRefusal(try export(["--folds", "3"]), naming: ["Dataset012_Eyes", "exists already"])
  }

  @Test(arguments: ["0.34", "2"])
  func keepsAPartAside(part: String) throws {
    let outcome = try export(["--held-out", part, "--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\"validation\" : 2"))
    let splits = try Splits(contentsOf: folder.path("raw/Dataset012_Eyes/splits_final.json"))
    #expect(splits.folds.map(\.validation.count) == [2])
  }

  @Test func writesNoSplitUnasked() throws {
    #expect(try export([]).code == 0)
    #expect(folder.contents("raw/Dataset012_Eyes/dataset.json") != nil)
    #expect(folder.contents("raw/Dataset012_Eyes/splits_final.json") == nil)
  }

  @Test func refusesWhatCannotBe() throws {
    expectRefusal(try export(["--folds", "4"]), naming: ["4 folds", "there are 3"])
    expectRefusal(try export(["--held-out", "6"]), naming: ["6 of 6 cases"])
    expectRefusal(
      try export(["--folds", "2", "--held-out", "2"]), code: 2, naming: ["not both"])
    expectRefusal(try export(["--held-out", "0"]), code: 2, naming: ["--held-out"])
    let number = try Product.run(
      ["export", "data", "--to", "raw", "--number", "1000", "--name", "Eyes"], in: folder)
    expectRefusal(number, naming: ["1000", "999"])
    #expect(!FileManager.default.fileExists(atPath: folder.path("raw/Dataset012_Eyes")))
  }
}
