// Our predictions beside nnunetv2's with the same checkpoints; made by Golden/self_configured.py.

import Foundation
import Imaging
import Models
import Planning
import TestSupport
import Testing
import Weights

@testable import Segmentation

@Suite struct PredictorTests {
  static let golden = Repository.path("Tests/SegmentationTests/Golden/SelfConfigured")

  struct Setting: Sendable, CustomTestStringConvertible {
    let key, model, images: String
    let folds: [String]?
    let cases: [String]
    let channels: Int
    var testDescription: String { key }
  }

  static let settings = [
    Setting(
      key: "single", model: "volume", images: "one", folds: ["0"], cases: ["cubic", "thick"],
      channels: 1),
    Setting(
      key: "ensemble", model: "volume", images: "one", folds: nil, cases: ["cubic", "thick"],
      channels: 1),
    Setting(
      key: "slices", model: "slices", images: "two", folds: nil, cases: ["pair"], channels: 2),
    Setting(
      key: "regions", model: "regions", images: "one", folds: nil, cases: ["cubic", "thick"],
      channels: 1),
    Setting(
      key: "cascade", model: "cascade", images: "one", folds: nil, cases: ["cubic", "thick"],
      channels: 1),
  ]

  struct Record: Decodable {
    struct Prediction: Decodable {
      let voxels: [String: Int]
      let stride: Int
      let probabilities: [[Float]]
    }
    let predictions: [String: Prediction]
  }

  static func images(_ setting: Setting, _ name: String) throws -> [Volume] {
    try (0..<setting.channels).map {
      try Volume(contentsOf: "\(golden)/images/\(setting.images)/\(name)_000\($0).nii.gz")
    }
  }

  /// By libtorch and, where there are vectors for it, by kernels of our own.
  @Test(arguments: settings, [PrecisionChoice.exactly(.fp32), .automatic])
  func agreesWithNNUNet(setting: Setting, precision: PrecisionChoice) throws {
    let model = try SelfConfiguredModel(
      contentsOf: "\(Self.golden)/models/\(setting.model)", folds: setting.folds,
      precision: precision)
    var options = Predictor.Options()
    options.keepsProbabilities = true
    let predictor = Predictor(model, options: options)
    let record = try JSONDecoder().decode(
      Record.self, from: Data(contentsOf: URL(fileURLWithPath: Self.golden + "/golden.json")))
    for name in setting.cases {
      let previous =
        model.configuration.previousStage == nil
        ? nil : try LabelMap(contentsOf: "\(Self.golden)/expected/ensemble-\(name).nii.gz")
      let result = try predictor.predict(
        Self.images(setting, name), previous: previous, name: name)
      let expected = try LabelMap(
        contentsOf: "\(Self.golden)/expected/\(setting.key)-\(name).nii.gz")
      #expect(result.labels.geometry.matches(expected.geometry))
      let differing = zip(result.labels.labels, expected.labels).count { $0 != $1 }
      for label in [Int32(1), 2] {
        let dice = Self.dice(result.labels.labels, expected.labels, label)
        #expect(dice >= 0.999, "\(name), label \(label): \(dice), \(differing) voxels differ")
      }
      let golden = try #require(record.predictions["\(setting.key)-\(name)"])
      for (mine, theirs) in zip(result.probabilities, golden.probabilities) {
        let values = mine.voxels.floats
        for (index, value) in theirs.enumerated() {
          #expect(abs(values[index * golden.stride] - value) < 1e-4)
        }
      }
    }
  }

  @Test func runsTheFirstStageOfACascade() throws {
    let image = try Self.images(Self.settings[0], "cubic")
    let second = try SelfConfiguredModel(contentsOf: "\(Self.golden)/models/cascade")
    #expect(throws: SelfConfiguredError.missingStage("3d_lowres")) {
      try Predictor(second).predict(image)
    }
    let first = try SelfConfiguredModel(contentsOf: "\(Self.golden)/models/volume")
    let result = try Predictor(second, previousStage: .run(Predictor(first))).predict(image)
    let expected = try LabelMap(contentsOf: "\(Self.golden)/expected/cascade-cubic.nii.gz")
    #expect(Self.dice(result.labels.labels, expected.labels, 1) >= 0.999)
  }

  static func dice(_ mine: [Int32], _ theirs: [Int32], _ label: Int32) -> Double {
    let both = zip(mine, theirs).count { $0 == label && $1 == label }
    let sizes = mine.count { $0 == label } + theirs.count { $0 == label }
    return sizes == 0 ? 1 : 2 * Double(both) / Double(sizes)
  }

  @Test func continuesAFolderAndReportsABadImage() throws {
    let setting = Self.settings[0]
    let model = try SelfConfiguredModel(
      contentsOf: "\(Self.golden)/models/volume", folds: ["0"])
    var options = Predictor.Options()
    options.usesMirroring = false
    let predictor = Predictor(model, options: options)
    try Temporary.withFolder { folder in
      let input = folder + "/in"
      try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
      for name in setting.cases {
        try FileManager.default.copyItem(
          atPath: "\(Self.golden)/images/one/\(name)_0000.nii.gz",
          toPath: "\(input)/\(name)_0000.nii.gz")
      }
      try Data("no image".utf8).write(to: URL(fileURLWithPath: input + "/broken_0000.nii.gz"))
      let first = try predictor.predict(folder: input, into: folder + "/out")
      #expect(first.cases.map(\.name) == ["broken", "cubic", "thick"])
      #expect(first.failures.map(\.name) == ["broken"])
      let again = try predictor.predict(folder: input, into: folder + "/out")
      #expect(again.cases.dropFirst().allSatisfy { $0.outcome == .skipped })
      let labels = try LabelMap(contentsOf: folder + "/out/cubic.nii.gz")
      #expect(labels.geometry.size == SIMD3(27, 26, 22))
    }
  }

  @Test func estimatesMemory() throws {
    let model = try SelfConfiguredModel(contentsOf: "\(Self.golden)/models/volume")
    #expect(model.folds == ["0", "1"])
    #expect(model.mirroringAxes == [0, 1, 2])
    let estimate = Predictor(model).estimate(for: Geometry(size: SIMD3(256, 256, 128)))
    // A band of 16 planes of 205 × 205 voxels, three classes and the weights.
    #expect(estimate.band == 16 * 205 * 205 * 4 * 4)
    #expect(estimate.description.hasPrefix("about "))
  }

  @Test func readsOurCheckpoints() throws {
    let folder = "\(Self.golden)/models/volume"
    let theirs = try NNUNetCheckpoint(contentsOf: folder + "/fold_0/checkpoint_final.pth")
    try Temporary.withFolder { place in
      let path = place + "/ours.safetensors"
      let metadata = [
        "plans": try String(contentsOfFile: folder + "/plans.json", encoding: .utf8),
        "dataset": try String(contentsOfFile: folder + "/dataset.json", encoding: .utf8),
        "configuration": "3d_fullres", "fold": "3", "mirroring_axes": "0,2",
      ]
      try WeightFile.writeSafetensors(
        theirs.weights.names.compactMap { theirs.weights[$0] }.map { try TensorRecord($0) },
        metadata: metadata, to: path)
      let ours = try SelfConfiguredModel(contentsOf: path)
      #expect(ours.folds == ["3"])
      #expect(ours.mirroringAxes == [0, 2])
      let setting = Self.settings[0]
      var options = Predictor.Options()
      options.usesMirroring = false
      let other = try SelfConfiguredModel(contentsOf: folder, folds: ["0"])
      let image = try Self.images(setting, "cubic")
      #expect(
        try Predictor(ours, options: options).predict(image, name: "cubic").labels
          == Predictor(other, options: options).predict(image, name: "cubic").labels)
    }
  }
}
