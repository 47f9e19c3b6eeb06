// Every layout of a dataset, and the line that a broken one is answered with.

import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct DatasetFolderTests {
  @Test func readsPairs() throws {
    let scratch = try Scratch([
      "pairs.csv": "image,label,patient,split,site\r\na.jpg,m/a_gt.png,7,test,\r\nb.jpg,,8,,X\r\n",
      "a.jpg": "", "b.jpg": "", "m/a_gt.png": "",
      "dataset.json": #"{"name": "N", "modality": "MR", "labels": {"background": 0, "x": 3}}"#,
    ])
    let dataset = try DatasetFolder(contentsOf: scratch.path)
    #expect(dataset.layout == .pairs)
    #expect(dataset.description.name == "N")
    #expect(dataset.description.modality == "MR")
    #expect(dataset.description.labels == [0: "background", 3: "x"])
    #expect(dataset.cases.map(\.id) == ["a", "b"])
    #expect(dataset.cases.map(\.label) == [scratch("m/a_gt.png"), nil])
    #expect(dataset.cases.map(\.patient) == ["7", "8"])
    #expect(dataset.cases.map(\.split) == ["test", nil])
    #expect(dataset.cases[1].attributes == ["patient": "8", "site": "X"])
    #expect(try DatasetFolder(contentsOf: scratch("pairs.csv")).cases == dataset.cases)
  }

  @Test func repeatedStemsAreToldApartByPath() throws {
    let scratch = try Scratch([
      "pairs.csv": "image,label\np1/t1.nii.gz,\np2/t1.nii.gz,\n", "p1/t1.nii.gz": "",
      "p2/t1.nii.gz": "",
    ])
    #expect(try DatasetFolder(contentsOf: scratch.path).cases.map(\.id) == ["p1/t1", "p2/t1"])
  }

  @Test func readsNNUNet() throws {
    let scratch = try Scratch([
      "dataset.json": """
      {"channel_names": {"0": "T1", "1": "FLAIR"}, "file_ending": ".nii.gz", "numTraining": 2,
       "labels": {"background": 0, "tumour": 1, "whole": [1, 2], "ignore": 3}}
      """,
      "imagesTr/c_1_0000.nii.gz": "", "imagesTr/c_1_0001.nii.gz": "",
      "imagesTr/c_2_0000.nii.gz": "", "imagesTr/c_2_0001.nii.gz": "", "imagesTr/thumb.png": "",
      "labelsTr/c_1.nii.gz": "",
    ])
    let dataset = try DatasetFolder(contentsOf: scratch.path)
    #expect(dataset.layout == .nnUNet)
    #expect(dataset.description.modality == "T1, FLAIR")
    #expect(dataset.description.labels == [0: "background", 1: "tumour"])
    #expect(dataset.description.ignoredLabel == 3)
    #expect(dataset.cases.map(\.id) == ["c_1", "c_2"])
    #expect(
      dataset.cases[0].images
        == [scratch("imagesTr/c_1_0000.nii.gz"), scratch("imagesTr/c_1_0001.nii.gz")])
    #expect(dataset.cases.map(\.label) == [scratch("labelsTr/c_1.nii.gz"), nil])
  }

  @Test func readsDecathlonLabels() throws {
    let scratch = try Scratch([
      "dataset.json": #"{"modality": {"0": "CT"}, "labels": {"0": "background", "1": "liver"}}"#,
      "imagesTr/liver_1.nii.gz": "", "labelsTr/liver_1.nii.gz": "",
    ])
    let dataset = try DatasetFolder(contentsOf: scratch.path)
    #expect(dataset.description.labels == [0: "background", 1: "liver"])
    #expect(dataset.cases.map(\.id) == ["liver_1"])
  }

  @Test(arguments: ["masks", "labels"]) func readsFolders(name: String) throws {
    let scratch = try Scratch([
      "images/b.jpg": "", "images/a.jpg": "", "images/.hidden.jpg": "", "images/notes.txt": "",
      "\(name)/a.png": "", "dataset.json": #"{"instances": true}"#,
    ])
    let dataset = try DatasetFolder(contentsOf: scratch.path)
    #expect(dataset.layout == .folders)
    #expect(dataset.description.instances)
    #expect(dataset.cases.map(\.id) == ["a", "b"])
    #expect(dataset.cases.map(\.label) == [scratch("\(name)/a.png"), nil])
  }

  @Test(arguments: [
    (["x.txt": ""], "is no dataset"),
    (["pairs.csv": "picture,label\n"], "no column 'image', only picture, label"),
    (["pairs.csv": "image,label\na.png,b.png\n", "a.png": ""], "line 2: b.png does not exist"),
    (["pairs.csv": "image\na.png\na.png\n", "a.png": ""], "go by the name 'a'"),
    (["pairs.csv": "image\n\"a\n"], "the quote opened on line 2 is never closed"),
    (["images/a.png": "", "masks/b.png": ""], "masks/b has no image"),
    (["images/a.png": "", "images/a.jpg": "", "masks/a.png": ""], "go by the name 'a'"),
    (["images/a.png": "", "masks/a.png": "", "dataset.json": "{"], "it is not valid JSON"),
    (
      ["images/a.png": "", "masks/a.png": "", "dataset.json": #"{"labels": {"x": "y"}}"#],
      "the label 'x' is neither"
    ),
    (
      ["images/a.png": "", "masks/a.png": "", "dataset.json": #"{"labels": [1]}"#],
      "unexpected value at 'labels'"
    ),
  ])
  func namesTheFault(files: [String: String], expected: String) throws {
    let scratch = try Scratch(files)
    let error = #expect(throws: DatasetError.self) { try DatasetFolder(contentsOf: scratch.path) }
    let line = try #require(error).description
    #expect(line.contains(expected), "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test func namesWhatDoesNotExist() {
    #expect(throws: DatasetError.notFound(path: "/nowhere/at/all")) {
      try DatasetFolder(contentsOf: "/nowhere/at/all")
    }
  }

  @Test(
    .enabled(if: Shared.isPresent, "skipped: no ../shared"),
    arguments: [
      ("retina-chasedb1", 28), ("nuclei-dsb2018", 61), ("hippocampus-msd", 87),
      ("chestxray-lungs", 4), ("nuclei-stardist", 2),
    ])
  func readsRealDatasets(name: String, cases: Int) throws {
    let dataset = try DatasetFolder(contentsOf: Shared.path("data/" + name))
    #expect(dataset.cases.count == cases)
    #expect(dataset.cases.allSatisfy { $0.label != nil && $0.patient != nil })
  }
}

@Suite struct MaskSemanticsTests {
  private func mask(_ labels: [Int32]) -> LabelMap {
    LabelMap(geometry: Geometry(size: SIMD3(labels.count, 1, 1)), labels: labels)
  }

  @Test(arguments: [
    ([0, 255, 255], [0, 1, 1]),
    ([0, 1, 255], [0, 1, 255]), ([0, 1, 2], [0, 1, 2]),
    ([0, 0], [0, 0]),
  ])
  func only0And255IsBinary(labels: [Int32], expected: [Int32]) {
    #expect(mask(labels).semantic(DatasetDescription()).labels == expected)
  }

  @Test func declared255StaysAsItIs() {
    let declared = DatasetDescription(labels: [255: "bone"])
    #expect(mask([0, 255]).semantic(declared).labels == [0, 255])
    let ignored = DatasetDescription(ignoredLabel: 255)
    #expect(mask([0, 255]).semantic(ignored).labels == [0, 255])
  }

  @Test func instancesBecomeOneLabel() {
    let objects = DatasetDescription(instances: true)
    #expect(mask([0, 1, 2, 700, -1]).semantic(objects).labels == [0, 1, 1, 1, 1])
  }
}
