// Trained self-configuring models in small: planned by our rules, with weights made from a seed.

import Datasets
import Foundation
import Imaging
import Models
import Planning
import Segmentation
import Tensors
import Weights

enum TinyTrained {
  /// What dataset.json says of a model that finds a core and a shell in `channels`.
  static func description(_ channels: [String], more: String = "") -> String {
    let names = channels.enumerated().map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
    return """
      {"name": "Balls", "channel_names": {\(names)}, "file_ending": ".nii.gz",
       "labels": {"background": 0, "core": 1, "shell": 2}\(more)}
      """
  }

  /// Writes a model of 3d_fullres as one checkpoint below `folder` and returns its path.
  @discardableResult
  static func write(
    _ name: String = "balls.safetensors", in folder: Scratch, channels: [String] = ["T1"],
    dataset: String? = nil, seed: UInt64 = 7, isPicture: Bool = false
  ) throws -> String {
    let text = dataset ?? description(channels)
    let description = try DatasetDescription(json: Data(text.utf8))
    let properties = IntensityProperties(
      max: 110, mean: 60, median: 60, min: 0, percentile005: 1, percentile995: 109, std: 30)
    let shape = isPicture ? [1, 16, 16] : [12, 12, 12]
    let fingerprint = Fingerprint(
      spacings: [isPicture ? [999, 1, 1] : [1, 1, 1]], shapesAfterCrop: [shape],
      foregroundIntensities: Dictionary(
        uniqueKeysWithValues: channels.indices.map { ("\($0)", properties) }),
      medianRelativeSizeAfterCropping: 1)
    let plans = try Planner(budget: .init(baseFeatures: 4, batchSize: 2)).plan(
      fingerprint, description, datasetName: "Dataset901_Balls")
    let configuration = isPicture ? "2d" : "3d_fullres"
    let planned = try plans.configuration(configuration)
    let regions = description.regions.count
    let recorder = Recorder(seed: seed)
    _ = try NNUNet(
      Weights(recorder),
      .init(
        planned.architecture, channels: channels.count,
        classes: regions > 0 ? regions : description.labels.count))
    let path = try folder.place(name)
    try WeightFile.writeSafetensors(
      recorder.records(),
      metadata: [
        "plans": String(decoding: plans.json(), as: UTF8.self), "dataset": text,
        "configuration": configuration, "fold": "0", "mirroring_axes": "0",
      ], to: path)
    return path
  }
}
