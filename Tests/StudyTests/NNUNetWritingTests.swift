// Datasets written in nnU-Net's raw layout hold what they held before, in the form that nnU-Net demands.

import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct NNUNetWritingTests {
  static let grid = Geometry(
    size: SIMD3(4, 3, 2), spacing: SIMD3(0.5, 1, 2), origin: SIMD3(3, -4, 5))

  @Test func numbersLabelsWithoutGaps() throws {
    try Temporary.withFolder { folder in
      let labels = (0..<24).map { [0, 2, 5, 9][$0 % 4] as Int32 }
      try Self.write(folder, labels: labels, #"{"background": 0, "a": 2, "b": 5, "ignore": 9}"#)
      let dataset = try DatasetFolder(contentsOf: folder)
      let path = try dataset.writeNNUNet(into: folder + "/raw", number: 7, name: "My data-set!")
      #expect(path == folder + "/raw/Dataset007_Mydataset")
      let written = try DatasetFolder(contentsOf: path)
      #expect(written.layout == .nnUNet && written.cases.map(\.id) == ["x"])
      #expect(written.description.labels == [0: "background", 1: "a", 2: "b"])
      #expect(written.description.ignoredLabel == 3)
      #expect(written.description.channelNames == ["MR"])
      #expect(written.description.fileEnding == ".nii.gz")
      let mask = try LabelMap(contentsOf: try #require(written.cases[0].label))
      #expect(mask.labels == (0..<24).map { Int32($0 % 4) })
      let image = try Volume(contentsOf: written.cases[0].images[0])
      #expect(image.geometry.matches(Self.grid) && mask.geometry.matches(image.geometry))
      #expect(image.voxels == .int16((0..<24).map { Int16($0) }))
    }
  }

  @Test func keepsRegionsInOrder() throws {
    try Temporary.withFolder { folder in
      let labels = (0..<24).map { Int32($0 % 4) * 2 }
      try Self.write(
        folder, labels: labels, #"{"background": 0, "whole": [2, 4, 6], "core": [4, 6], "b": 6}"#,
        more: #", "regions_class_order": [2, 4, 6]"#)
      let dataset = try DatasetFolder(contentsOf: folder)
      let path = try dataset.writeNNUNet(into: folder + "/raw", number: 1, name: "R")
      let written = try DatasetDescription(contentsOf: path + "/dataset.json")
      #expect(
        written.regions == [
          .init(name: "whole", values: [1, 2, 3]), .init(name: "core", values: [2, 3]),
          .init(name: "b", values: [3]),
        ])
      #expect(written.regionsClassOrder == [1, 2, 3])
    }
  }

  @Test func picturesBecomePNGWithAllChannels() throws {
    try Temporary.withFolder { folder in
      let flat = Geometry(size: SIMD3(4, 3, 1))
      for part in ["images", "masks"] {
        try FileManager.default.createDirectory(
          atPath: folder + "/" + part, withIntermediateDirectories: true)
      }
      try Volume(geometry: flat, channels: 3, voxels: .uint8((0..<36).map { UInt8($0) }))
        .write(to: folder + "/images/p.tif")
      try LabelMap(geometry: flat, labels: (0..<12).map { Int32($0 % 2) * 255 })
        .write(to: folder + "/masks/p.png")
      let dataset = try DatasetFolder(contentsOf: folder)
      let splits = Splits(folds: [.init(training: ["p"], validation: [])])
      let path = try dataset.writeNNUNet(
        into: folder + "/raw", number: 12, name: "P", splits: splits)
      #expect(try Splits(contentsOf: path + "/splits_final.json") == splits)
      let written = try DatasetFolder(contentsOf: path)
      #expect(written.cases[0].images == [path + "/imagesTr/p_0000.png"])
      let image = try Volume(contentsOf: written.cases[0].images[0])
      #expect(image.channels == 3 && image.voxels == .uint8((0..<36).map { UInt8($0) }))
      let mask = try LabelMap(contentsOf: path + "/labelsTr/p.png")
      #expect(mask.labels == (0..<12).map { Int32($0 % 2) })
      #expect(written.description.channelNames == ["R", "G", "B"])
      #expect(written.description.labels == [0: "background", 1: "label 1"])
    }
  }

  @Test func leavesNothingBehindWhenItFails() throws {
    try Temporary.withFolder { folder in
      let labels = [Int32](repeating: 1, count: 24)
      try Self.write(folder, labels: labels, #"{"background": 0, "a": 1}"#)
      var moved = Self.grid
      moved.origin.x += 3
      try LabelMap(geometry: moved, labels: labels).write(to: folder + "/labels/x.nii.gz")
      let dataset = try DatasetFolder(contentsOf: folder)
      let fault = #expect(throws: DatasetError.self) {
        try dataset.writeNNUNet(into: folder + "/raw", number: 1, name: "A")
      }
      #expect(fault?.description.contains("labels/x.nii.gz") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/raw").isEmpty)
      for (number, name) in [(0, "A"), (1000, "A"), (3, "--")] {
        #expect(throws: DatasetError.self) {
          try dataset.writeNNUNet(into: folder + "/raw", number: number, name: name)
        }
      }
    }
  }

  @Test func doesNotOverwrite() throws {
    try Temporary.withFolder { folder in
      try Self.write(
        folder, labels: [Int32](repeating: 1, count: 24), #"{"background": 0, "a": 1}"#)
      let dataset = try DatasetFolder(contentsOf: folder)
      try dataset.writeNNUNet(into: folder + "/raw", number: 1, name: "A")
      let fault = #expect(throws: DatasetError.self) {
        try dataset.writeNNUNet(into: folder + "/raw", number: 1, name: "A")
      }
      #expect(fault?.description.contains("exists already") == true)
    }
  }

  @Test func aWorkersErrorIsThatOfTheFirstCase() {
    for threads in [1, 2, 8] {
      #expect(throws: DatasetError.notFound(path: "3")) {
        try CaseWorkers.map(20, threads: threads) { index in
          if index >= 3 { throw DatasetError.notFound(path: "\(index)") }
          return index
        }
      }
    }
    #expect((try? CaseWorkers.map(9, threads: 4) { $0 * $0 }) == (0..<9).map { $0 * $0 })
    #expect((try? CaseWorkers.map(0, threads: 4) { $0 }) == [])
  }

  private static func write(
    _ folder: String, labels: [Int32], _ names: String, more: String = ""
  ) throws {
    for part in ["images", "labels"] {
      try FileManager.default.createDirectory(
        atPath: folder + "/" + part, withIntermediateDirectories: true)
    }
    try Volume(geometry: grid, voxels: .int16((0..<24).map { Int16($0) }))
      .write(to: folder + "/images/x.nii.gz")
    try LabelMap(geometry: grid, labels: labels).write(to: folder + "/labels/x.nii.gz")
    try Data(#"{"modality": "MR", "labels": \#(names)\#(more)}"#.utf8)
      .write(to: URL(fileURLWithPath: folder + "/dataset.json"))
  }
}
