// The report of one segmentation, and its one-line summary.

import Foundation
import Imaging
import Models
import Segmentation
import Tensors

extension RunReport {
  init(
    started: Date, entry: RegisteredModel, loaded: ModelStore.Loaded, image: String, mask: File,
    volume: Volume, labels: LabelMap, device: Device, stopwatch: Stopwatch,
    embedding: EmbeddingUse.Origin? = nil
  ) throws {
    let geometry = volume.geometry
    let names = entry.checkpoint?.labels ?? []
    let voxels = labels.counts.map { label, count in
      (names.indices.contains(Int(label)) ? names[Int(label)] : "\(label)", count)
    }
    self.init(
      vesalius: Vesalius.version, libtorch: try Engine.version,
      command: ["vesalius"] + CommandLine.arguments.dropFirst(), started: started, model: entry.id,
      weights: File(path: loaded.path, sha256: loaded.sha256),
      weightsLicence: entry.checkpoint?.licence ?? "unknown",
      trainedOn: entry.checkpoint?.trainedOn ?? [],
      image: File(path: image, sha256: try ModelStore.sha256(ofFile: image)),
      output: mask,
      device: device.description, threads: try Engine.threads,
      precision: loaded.precision.rawValue,
      processor: Processor.current.features,
      size: [geometry.size.x, geometry.size.y, geometry.size.z],
      spacing: [geometry.spacing.x, geometry.spacing.y, geometry.spacing.z],
      labelVoxels: Dictionary(voxels, uniquingKeysWith: +),
      seconds: Dictionary(stopwatch.stages.map { ($0.name, $0.seconds) }, uniquingKeysWith: +),
      peakMemory: Usage.peakMemory, embedding: embedding)
  }

  /// The report on one case of a trained self-configuring model.
  init(
    started: Date, predictor: Predictor, path: String, checkpoints: [File], images: [File],
    mask: File, labels: LabelMap, device: Device, memory: PredictionMemory, stopwatch: Stopwatch
  ) throws {
    let (model, geometry) = (predictor.model, labels.geometry)
    let names = model.dataset.labelNames
    let voxels = labels.counts.map { (names[$0] ?? "label \($0)", $1) }
    self.init(
      vesalius: Vesalius.version, libtorch: try Engine.version,
      command: ["vesalius"] + CommandLine.arguments.dropFirst(), started: started,
      model: "nnunet (\(model.plans.datasetName), \(model.configurationName))",
      weights: checkpoints.count == 1
        ? checkpoints[0]
        : File(path: path, sha256: ModelStore.sha256(of: checkpoints.map(\.sha256))),
      weightsLicence: "not stated", trainedOn: [model.plans.datasetName],
      image: images.first ?? File(path: "", sha256: ""), output: mask,
      device: device.description, threads: try Engine.threads,
      precision: model.precision.rawValue, processor: Processor.current.features,
      size: [geometry.size.x, geometry.size.y, geometry.size.z],
      spacing: [geometry.spacing.x, geometry.spacing.y, geometry.spacing.z],
      labelVoxels: Dictionary(voxels, uniquingKeysWith: +),
      seconds: Dictionary(stopwatch.stages.map { ($0.name, $0.seconds) }, uniquingKeysWith: +),
      peakMemory: Usage.peakMemory)
    selfConfigured = SelfConfigured(
      dataset: model.plans.datasetName, configuration: model.configurationName, folds: model.folds,
      checkpoints: checkpoints, images: images, step: predictor.options.step,
      mirroringAxes: predictor.options.usesMirroring ? model.mirroringAxes : [],
      largestComponentsOf: predictor.options.postprocessing?.steps.map(\.keepLargestOf) ?? [],
      estimatedMemory: memory.total)
  }

  /// What was found, how long it took and how much memory it needed.
  var summary: String {
    let total = labelVoxels.values.reduce(0, +)
    let foreground = labelVoxels.filter { $0.key != "background" }
    let share = 100 * Double(foreground.values.reduce(0, +)) / Double(max(total, 1))
    let what =
      foreground.count == 1 ? foreground.keys.joined() : "\(foreground.count) labels"
    return String(
      format: "%@  %@ on %.2f %% of %@ voxels  %.1f s  %.2f GB", output.path, what, share,
      size.map(String.init).joined(separator: "×"), seconds.values.reduce(0, +),
      Double(peakMemory) / 1e9)
  }
}
