// Small datasets in nnU-Net's layout, written for one test.

import Datasets
import Foundation
import Imaging
import Planning
import TestSupport
import Testing

enum CaseFolder {
  static let grid = Geometry(size: SIMD3(5, 4, 3), spacing: SIMD3(0.5, 2, 3))

  static func write(
    _ cases: [(image: [Float], mask: [Int32])], to folder: String
  ) throws -> DatasetFolder {
    for (index, item) in cases.enumerated() {
      try writeCase("a\(index)", item.image, item.mask, grid, in: folder)
    }
    try describe(folder)
    return try DatasetFolder(contentsOf: folder)
  }

  static func writeCase(
    _ name: String, _ image: [Float], _ mask: [Int32], _ grid: Geometry, in folder: String
  ) throws {
    for part in ["imagesTr", "labelsTr"] {
      try FileManager.default.createDirectory(
        atPath: folder + "/" + part, withIntermediateDirectories: true)
    }
    try Volume(geometry: grid, voxels: .float32(image))
      .write(to: folder + "/imagesTr/\(name)_0000.nii.gz")
    try LabelMap(geometry: grid, labels: mask).write(to: folder + "/labelsTr/\(name).nii.gz")
  }

  static func describe(_ folder: String) throws {
    let text = """
      {"labels": {"background": 0, "a": 1, "b": 2}, "channel_names": {"0": "MRI"}}
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/dataset.json"))
  }

  static func expectFault(
    _ word: String, _ file: String, _ make: (String) throws -> DatasetFolder
  ) throws {
    try Temporary.withFolder { folder in
      let dataset = try make(folder)
      let fault = #expect(throws: PlanningError.self) { try Fingerprint.extract(from: dataset) }
      let text = fault?.description ?? ""
      #expect(text.contains(word) && text.contains(file), "\(text)")
    }
  }
}
