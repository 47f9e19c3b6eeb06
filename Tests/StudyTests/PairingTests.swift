// Which prediction meets which reference.

import Datasets
import Testing

@Suite struct PairingTests {
  @Test(arguments: ["case_1.nii.gz", "x/case_1.NII.GZ", "case_1.png", "case_1.mha", "case_1"])
  func stems(path: String) {
    #expect(ImageFile.stem(of: path) == "case_1")
  }

  @Test func twoFilesAreAPairWhateverTheirNames() throws {
    let scratch = try Scratch(["out/mask.png": "", "truth.nii.gz": ""])
    let pairing = try Pairing(
      predictions: scratch("out/mask.png"), references: scratch("truth.nii.gz"))
    #expect(
      pairing.pairs == [
        .init(id: "truth", prediction: scratch("out/mask.png"), reference: scratch("truth.nii.gz"))
      ])
    #expect(pairing.missingPredictions.isEmpty && pairing.unmatchedPredictions.isEmpty)
  }

  @Test func foldersMeetByStem() throws {
    let scratch = try Scratch([
      "p/a.png": "", "p/c.png": "", "p/report.json": "", "r/a.nii.gz": "", "r/b.nii.gz": "",
      "r/dataset.json": #"{"labels": {"x": 1}}"#,
    ])
    let pairing = try Pairing(predictions: scratch("p"), references: scratch("r"))
    #expect(pairing.pairs.map(\.id) == ["a"])
    #expect(pairing.missingPredictions == ["b"])
    #expect(pairing.unmatchedPredictions == [scratch("p/c.png")])
    #expect(pairing.description.labels == [1: "x"])
  }

  @Test(arguments: ["photo", "photo_1stHO"]) func datasetsMeetByImageOrMask(stem: String) throws {
    let scratch = try Scratch([
      "d/pairs.csv": "image,label\nphoto.jpg,photo_1stHO.png\n", "d/photo.jpg": "",
      "d/photo_1stHO.png": "", "p/\(stem).png": "",
    ])
    for references in ["d", "d/pairs.csv"] {
      let pairing = try Pairing(predictions: scratch("p"), references: scratch(references))
      #expect(pairing.pairs.map(\.id) == ["photo"])
      #expect(pairing.pairs.map(\.reference) == [scratch("d/photo_1stHO.png")])
    }
    let single = try Pairing(predictions: scratch("p/\(stem).png"), references: scratch("d"))
    #expect(single.pairs.count == 1)
  }

  @Test func descriptionLiesBesideOrAboveTheMasks() throws {
    let scratch = try Scratch([
      "d/dataset.json": #"{"labels": {"x": 1}}"#, "d/labelsTr/a.png": "", "d/other/a.png": "",
      "p/a.png": "",
    ])
    for (references, named) in [
      ("d/labelsTr", true), ("d/labelsTr/", true), ("d/labelsTr/a.png", true), ("d/other", false),
    ] {
      let pairing = try Pairing(predictions: scratch("p"), references: scratch(references))
      #expect(pairing.pairs.count == 1)
      #expect(pairing.description.labels.isEmpty != named)
    }
  }

  @Test func twoPredictionsOfOneStemAreRefused() throws {
    let scratch = try Scratch(["p/a.png": "", "p/a.nii.gz": "", "r/a.png": ""])
    #expect(
      throws: DatasetError.ambiguous(
        name: "a", first: scratch("p/a.nii.gz"), second: scratch("p/a.png"))
    ) {
      try Pairing(predictions: scratch("p"), references: scratch("r"))
    }
  }

  @Test func emptyReferencesAreNoDataset() throws {
    let scratch = try Scratch(["p/a.png": "", "r/readme.txt": ""])
    #expect(throws: DatasetError.unknownLayout(path: scratch("r"))) {
      try Pairing(predictions: scratch("p"), references: scratch("r"))
    }
    #expect(throws: DatasetError.notFound(path: scratch("q"))) {
      try Pairing(predictions: scratch("q"), references: scratch("r"))
    }
  }
}
