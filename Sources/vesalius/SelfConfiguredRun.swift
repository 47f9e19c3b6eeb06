// `vesalius segment --model PATH`: images, or a folder of cases, by a trained self-configuring model.

import ArgumentParser
import Datasets
import Foundation
import Imaging
import Models
import Segmentation
import Tensors

extension SegmentCommand {
  /// The path of a trained model, where --model is one; models of the registry go by their names.
  var trainedModel: String? {
    let isKnown = (try? Registry.model(model)) != nil
    if isKnown { return model == "nnunet" ? weights : nil }
    let looksLikePath =
      model.hasPrefix("/") || model.hasPrefix(".") || model.hasSuffix("/")
      || SelfConfiguredModel.isCheckpointName(model)
    return looksLikePath || FileManager.default.fileExists(atPath: model) ? model : nil
  }

  func checkTrained() throws {
    if model != "nnunet", weights != nil {
      throw ValidationError("\(model) holds its own weights; leave --weights out")
    }
    if automatic.isOn || !prompts.isEmpty {
      throw ValidationError("\(model) segments the whole image and takes no prompts")
    }
    if let option = supports.firstGiven {
      throw ValidationError(
        "\(option) goes with a model that learns from examples, such as universeg")
    }
  }

  func runTrained(_ path: String) throws {
    if let threads { try Engine.setThreads(threads) }
    try checkDevice()
    var loading = Stopwatch()
    let predictor = try loading.measure("load") { try makePredictor(path) }
    let work = try TrainedWork(self, predictor, path: path, loading: loading)
    var reports: [RunReport] = []
    var failures: [Summary.Failure] = []
    var skipped = 0
    var announced = 0
    for item in work.items {
      do {
        guard let report = try work.predict(item, announced: &announced) else {
          skipped += 1
          continue
        }
        reports.append(report)
        if !json { try Output.result(report.summary) }
      } catch let error as StandardOutputError {
        throw error
      } catch  where work.items.count > 1 || work.isFolder {
        let reason = Output.oneLine(error)
        failures.append(Summary.Failure(image: item.id, reason: reason))
        Output.line("vesalius: " + (reason.hasPrefix(item.id) ? "" : item.id + ": ") + reason)
      }
    }
    if skipped > 0 {
      Output.line(
        "vesalius: \(skipped) of \(work.items.count) cases had masks in \(output) and were left as "
          + "they are; --overwrite predicts them anew")
    }
    if json { try Output.result(Summary(runs: reports, failures: failures)) }
    if !failures.isEmpty {
      Output.line("vesalius: \(failures.count) of \(work.items.count) cases failed")
      throw ExitCode(1)
    }
  }

  private func makePredictor(_ path: String) throws -> Predictor {
    let own = selfConfigured
    let options = try own.options(keepsProbabilities: probabilities != nil, model: path)
    let model = try SelfConfiguredModel(
      contentsOf: path, folds: own.foldNames, checkpoint: own.checkpoint, device: device,
      precision: precision)
    guard let stage = model.configuration.previousStage else {
      if own.previousStage != nil {
        throw ValidationError(
          "\(model.configurationName) reads images alone; --previous-stage is for cascades")
      }
      return Predictor(model, options: options)
    }
    guard let previous = own.previousStage else {
      throw ValidationError(
        "\(model.configurationName) refines the segmentation of '\(stage)'; give its model or the "
          + "folder of its masks as --previous-stage")
    }
    guard SelfConfiguredModel.isModel(at: previous) else {
      guard ImageFile.isFolder(previous) else {
        throw ValidationError("\(previous) is neither a model nor a folder of masks")
      }
      return Predictor(model, options: options, previousStage: .folder(previous))
    }
    let first = try SelfConfiguredModel(
      contentsOf: previous, folds: own.foldNames, device: device, precision: precision)
    var early = options
    (early.postprocessing, early.keepsProbabilities) = (nil, false)
    return Predictor(
      model, options: options, previousStage: .run(Predictor(first, options: early)))
  }
}

/// The cases of one command and where their results go.
private struct TrainedWork {
  let items: [DatasetCase]
  let isFolder: Bool
  private let command: SegmentCommand
  private let predictor: Predictor
  private let path: String
  private let loading: Stopwatch
  private let checkpoints: [RunReport.File]
  private let targets: [String: SegmentTarget]

  init(
    _ command: SegmentCommand, _ predictor: Predictor, path: String, loading: Stopwatch
  ) throws {
    self.command = command
    self.predictor = predictor
    self.path = path
    self.loading = loading
    let model = predictor.model
    let input = command.images
    // A folder without image files is a DICOM series, and so one case.
    let isFolder = input.count == 1 && Self.holdsImages(input[0])
    let items = isFolder ? try model.cases(inFolder: input[0]) : try model.cases(of: input)
    (self.isFolder, self.items) = (isFolder, items)
    if isFolder, command.probabilities != nil {
      throw ValidationError("--probabilities goes with one case, not with a folder of them")
    }
    if items.count > 1, command.probabilities != nil {
      throw ValidationError("--probabilities goes with one case")
    }
    checkpoints = try SelfConfiguredModel.checkpoints(
      of: path, folds: command.selfConfigured.foldNames,
      checkpoint: command.selfConfigured.checkpoint
    ).map { RunReport.File(path: $0, sha256: try ModelStore.sha256(ofFile: $0)) }
    let places = items.map { item in
      SegmentTarget(
        image: item.images[0], name: item.id, of: isFolder ? 2 : items.count,
        output: command.output, overlay: command.overlay, probabilities: command.probabilities)
    }
    try SegmentTarget.requireSafe(
      places, weights: command.weights,
      others: items.flatMap(\.images) + checkpoints.map(\.path)
        + [command.selfConfigured.postprocessing].compactMap(\.self))
    targets = Dictionary(
      zip(items.map(\.id), places), uniquingKeysWith: { first, _ in first })
  }

  /// Predicts a case and writes its results; nil where its mask is there already.
  ///
  /// The memory is announced for the first case, and again for one that needs more.
  func predict(_ item: DatasetCase, announced: inout Int) throws -> RunReport? {
    guard let target = targets[item.id] else { return nil }
    if let present = target.existingMask, !command.selfConfigured.overwrite {
      if isFolder || items.count > 1 { return nil }
      throw ValidationError("\(present) exists already; --overwrite replaces it")
    }
    let started = Date()
    var stopwatch = loading
    let volumes = try stopwatch.measure("read") {
      try item.images.map { try Volume(contentsOf: $0, series: command.series) }
    }
    guard let first = volumes.first else { return nil }
    try checkChannels(of: item, volumes)
    try target.rehearse(for: first)
    let memory = predictor.estimate(for: first.geometry)
    if memory.total > announced {
      Output.line("vesalius: \(item.id): \(memory)")
      announced = memory.total
    }
    let bar = TimedBar(item.id)
    defer { bar.clear() }
    let result = try stopwatch.measure("infer") {
      try predictor.predict(volumes, name: item.id, progress: bar.show)
    }
    let report = try write(
      result, of: item, volumes, to: target, started: started, memory: memory, &stopwatch)
    return report
  }

  private func checkChannels(of item: DatasetCase, _ volumes: [Volume]) throws {
    let met = volumes.reduce(0) { $0 + $1.channels }
    let expected = predictor.model.dataset.channels
    guard met != expected.count else { return }
    if met < expected.count, let (name, file) = predictor.model.missingChannel(of: item) {
      throw SelfConfiguredError.missingChannel(case: item.id, name: name, file: file)
    }
    throw SelfConfiguredError.wrongChannels(met: met, expected: expected)
  }

  private func write(
    _ result: Prediction, of item: DatasetCase, _ volumes: [Volume], to target: SegmentTarget,
    started: Date, memory: PredictionMemory, _ stopwatch: inout Stopwatch
  ) throws -> RunReport {
    let mask = target.mask(for: volumes[0])
    var drafts = Drafts()
    defer { drafts.discard() }
    if let path = target.probabilities {
      try stopwatch.measure("write") {
        for (file, volume) in Self.probabilityFiles(result, path: path) {
          try drafts.write(file) { try volume.write(to: $0) }
        }
      }
    }
    if let path = target.overlay {
      try stopwatch.measure("draw") {
        let picture = try Overlay.picture(of: result.labels, on: volumes[0])
        try drafts.write(path) { try picture.write(to: $0) }
      }
    }
    var hash = ""
    try stopwatch.measure("write") {
      try drafts.write(mask) {
        try result.labels.write(to: $0)
        hash = try ModelStore.sha256(ofFile: $0)
      }
    }
    let images = try item.images.map {
      RunReport.File(path: $0, sha256: try ModelStore.sha256(ofFile: $0))
    }
    let report = try RunReport(
      started: started, predictor: predictor, path: path, checkpoints: checkpoints, images: images,
      mask: RunReport.File(path: mask, sha256: hash), labels: result.labels,
      device: command.device, memory: memory, stopwatch: stopwatch)
    try drafts.write(RunReport.path(beside: mask)) { try report.write(to: $0) }
    try drafts.publish()
    return report
  }

  /// The foreground's probability in the file itself; of several classes or regions one file each, numbered.
  private static func probabilityFiles(
    _ result: Prediction, path: String
  ) -> [(file: String, volume: Volume)] {
    let all = result.probabilities
    if result.classNames.first == "background", all.count == 2 { return [(path, all[1])] }
    if all.count == 1 { return [(path, all[0])] }
    let ending = ImageFile.ending(of: path) ?? ""
    let stem = path.dropLast(ending.count)
    return all.enumerated().map { channel, volume in
      (String(format: "%@_%04d%@", String(stem), channel, ending), volume)
    }
  }

  private static func holdsImages(_ path: String) -> Bool {
    guard ImageFile.isFolder(path) else { return false }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.contains { !$0.hasPrefix(".") && ImageFile.ending(of: $0) != nil }
  }
}
