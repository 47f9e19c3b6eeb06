// One trained network on disk, whoever trained it, with what its file says about the plan.

import Datasets
import Foundation
import Planning
import Weights

/// A checkpoint of nnU-Net v2 or of ours, opened but not yet a network.
struct TrainedFold {
  let path: String
  let configuration: String
  let fold: String
  let mirroringAxes: [Int]
  let source: any TensorSource & Sendable
  /// Plan and dataset, where the file carries them itself.
  let embedded: (plans: Plans, dataset: DatasetDescription)?

  init(contentsOf path: String) throws {
    self.path = path
    let file = try WeightFile(contentsOf: path)
    if file.root != nil {
      let checkpoint = try NNUNetCheckpoint(file)
      guard KnownTrainer.keepsNetwork(checkpoint.trainerName) else {
        throw SelfConfiguredError.unknownTrainer(path: path, name: checkpoint.trainerName)
      }
      configuration = checkpoint.configuration
      fold = checkpoint.fold
      mirroringAxes = checkpoint.mirroringAxes
      source = checkpoint.weights
      embedded = nil
      return
    }
    let metadata = file.metadata
    guard let plans = metadata["plans"], let dataset = metadata["dataset"],
      let configuration = metadata["configuration"]
    else {
      throw SelfConfiguredError.noModel(
        path: path, expected: "safetensors whose metadata hold plans, dataset and configuration")
    }
    self.configuration = configuration
    fold = metadata["fold"] ?? "all"
    let parsed = try Plans(json: Data(plans.utf8))
    embedded = (parsed, try DatasetDescription(json: Data(dataset.utf8)))
    if let axes = metadata["mirroring_axes"] {
      let numbers = axes.split(separator: ",").map { Int($0) }
      guard numbers.allSatisfy({ $0 != nil }) else {
        throw SelfConfiguredError.malformed(
          path: path, reason: "its mirroring_axes '\(axes)' are not numbers with commas between")
      }
      mirroringAxes = numbers.compactMap(\.self)
    } else {
      mirroringAxes = Array(0..<(try parsed.configuration(configuration)).dimensions)
    }
    source = try file.stateDict()
  }
}

/// The checkpoints that a path stands for.
struct FoldFiles {
  /// The folder of the model; nil for a single file that carries its plan itself.
  let folder: String?
  let files: [String]

  /// - Parameters:
  ///   - path: A model folder, a folder of one fold, or a checkpoint.
  ///   - folds: Which folds; `nil` for all that were trained, where "all" counts only by itself.
  ///   - checkpoint: Name without ending; `nil` for the final one, else the best.
  /// - Throws: ``SelfConfiguredError/noModel(path:expected:)``
  init(_ path: String, folds: [String]?, checkpoint: String?) throws {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw SelfConfiguredError.noModel(path: path, expected: "a model folder or a checkpoint")
    }
    let url = URL(fileURLWithPath: path)
    guard isFolder.boolValue else {
      files = [path]
      let parent = url.deletingLastPathComponent().deletingLastPathComponent().path
      folder = manager.fileExists(atPath: parent + "/plans.json") ? parent : nil
      return
    }
    if let file = Self.checkpoint(in: path, checkpoint) {
      files = [file]
      folder = url.deletingLastPathComponent().path
      return
    }
    folder = path
    let names = try folds ?? Self.folds(in: path)
    files = try names.map { name in
      guard let file = Self.checkpoint(in: "\(path)/fold_\(name)", checkpoint) else {
        throw SelfConfiguredError.noModel(
          path: "\(path)/fold_\(name)",
          expected: checkpoint.map { "\($0).pth or .safetensors" }
            ?? "checkpoint_final or checkpoint_best, .pth or .safetensors")
      }
      return file
    }
    guard !files.isEmpty else {
      throw SelfConfiguredError.noModel(
        path: path, expected: "folders fold_0, fold_1, … with checkpoints")
    }
  }

  private static func folds(in folder: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix("fold_") && checkpoint(in: "\(folder)/\($0)", nil) != nil }
      .map { String($0.dropFirst("fold_".count)) }
    let numbered = names.filter { Int($0) != nil }.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
    return numbered.isEmpty ? names.sorted() : numbered
  }

  private static func checkpoint(in folder: String, _ name: String?) -> String? {
    let names = name.map { [$0] } ?? ["checkpoint_final", "checkpoint_best"]
    return names.flatMap { ["\(folder)/\($0).safetensors", "\(folder)/\($0).pth"] }
      .first(where: FileManager.default.fileExists)
  }
}
