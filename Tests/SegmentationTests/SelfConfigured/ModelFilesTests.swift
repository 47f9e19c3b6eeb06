// What model folders, dataset.json and folders of images may look like.

import Datasets
import Foundation
import TestSupport
import Testing
import Weights

@testable import Segmentation

@Suite struct ModelFilesTests {
  static func dataset(_ text: String, channels: Int = 1) throws -> ModelDataset {
    try ModelDataset(
      DatasetDescription(json: Data(text.utf8)), channels: channels, path: "dataset.json")
  }

  @Test func readsLabels() throws {
    let dataset = try Self.dataset(
      """
      {"channel_names": {"1": "T2", "0": "T1"}, "file_ending": ".nrrd",
       "labels": {"background": 0, "oedema": 2, "core": 1, "ignore": 3}}
      """, channels: 2)
    #expect(dataset.channels == ["T1", "T2"])
    #expect(dataset.rule == .largest([0, 1, 2]))
    #expect(dataset.classNames == ["background", "core", "oedema"])
    #expect(dataset.ignoredLabel == 3)
    #expect(dataset.inputChannels(isCascade: true) == 4)
  }

  @Test func keepsTheOrderOfRegions() throws {
    let dataset = try Self.dataset(
      """
      {"channel_names": {"0": "T1"}, "regions_class_order": [2, 1, 3],
       "labels": {"background": 0, "whole": [1, 2, 3], "core": [2, 3], "active": 3}}
      """)
    #expect(dataset.rule == .regions([2, 1, 3]))
    #expect(dataset.classNames == ["whole", "core", "active"])
    #expect(dataset.evaluated == [[1, 2, 3], [2, 3], [3]])
    #expect(dataset.foreground == [1, 2, 3])
  }

  @Test(arguments: [
    "{}", #"{"channel_names": {"0": "CT"}}"#,
    #"{"channel_names": {"0": "CT"}, "labels": {"background": 0}}"#,
    #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": [1, 2]}}"#,
  ])
  func refusesWhatPredictsNothing(text: String) {
    #expect(throws: SelfConfiguredError.self) { try Self.dataset(text) }
  }

  @Test(arguments: [
    ("nnUNetTrainer", true), ("nnUNetTrainer_4000epochs_NoMirroring", true),
    ("nnUNetTrainerNoMirroring", true), ("nnUNetTrainer_DASegOrd0_NoMirroring", true),
    ("nnUNetTrainer_onlyMirror01_1500ep", true), ("nnUNetTrainerVanillaAdam1en3", true),
    ("nnUNetTrainerAdanCosAnneal", true), ("nnUNetTrainer_1epoch", true),
    ("nnUNetTrainerBN", false), ("nnUNetTrainerUMambaBot", false), ("MyTrainer", false),
    ("nnUNet_Primus_M_Trainer", false),
  ])
  func knowsTrainers(name: String, isKnown: Bool) {
    #expect(KnownTrainer.keepsNetwork(name) == isKnown)
  }

  @Test func seesThroughWrappedNames() throws {
    let path = PredictorTests.golden + "/models/wrapped.pth"
    let checkpoint = try NNUNetCheckpoint(contentsOf: path)
    #expect(
      Set(checkpoint.weights.names) == [
        "encoder.conv.weight", "encoder.conv.bias", "encoder.norm.weight", "encoder.norm.bias",
      ])
    #expect(checkpoint.mirroringAxes == [0, 2])
    #expect(checkpoint.fold == "2")
    #expect(checkpoint.epochs == 7)
    #expect(
      throws: SelfConfiguredError.unknownTrainer(path: path, name: "nnUNetTrainerMystery")
    ) { try TrainedFold(contentsOf: path) }
  }

  @Test func readsWhatNNUNetSaved() throws {
    let checkpoint = try NNUNetCheckpoint(
      contentsOf: PredictorTests.golden + "/models/regions/fold_all/checkpoint_final.pth")
    #expect(checkpoint.trainerName == "nnUNetTrainer")
    #expect(checkpoint.configuration == "3d_fullres")
    #expect(checkpoint.fold == "all")
    #expect(checkpoint.mirroringAxes == [0, 1, 2])
    #expect(checkpoint.arguments["plans"]?["dataset_name"]?.text == "Dataset903_Balls")
    #expect(!checkpoint.weights.names.contains { $0.contains("all_modules") })
  }

  @Test func groupsChannels() throws {
    try Temporary.withFolder { folder in
      let names = [
        "a_0000.nii.gz", "a_0001.nii.gz", "b.nii.gz", "c_0000.nii.gz", "c_0002.nii.gz",
        "d_0000.nii.gz", "notes.txt",
      ]
      for name in names { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
      let cases = try ImageName.cases(in: folder, ending: ".nii.gz", channels: 2)
      #expect(cases.map(\.name) == ["a", "b", "c_0000", "c_0002", "d"])
      #expect(cases[0].files.count == 2)
      #expect(throws: SelfConfiguredError.self) {
        try ImageName.cases(in: folder + "/none", ending: ".nii.gz", channels: 1)
      }
    }
  }

  @Test func namesWhatAFolderLacks() throws {
    try Temporary.withFolder { folder in
      #expect(throws: SelfConfiguredError.self) { try SelfConfiguredModel(contentsOf: folder) }
      #expect(throws: SelfConfiguredError.self) {
        try SelfConfiguredModel(contentsOf: PredictorTests.golden + "/models/volume", folds: ["7"])
      }
    }
  }
}
