// `vesalius segment`: an image in, a mask on the same grid out.

import ArgumentParser
import Foundation
import Imaging
import Models
import Segmentation
import Tensors

struct SegmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment",
    abstract: "Segment images with a model; each mask lies on the grid of its image.",
    discussion: """
      IMAGE is a NIfTI, NRRD, MetaImage, MGH, PNG, JPEG, TIFF or DICOM file, or a folder that holds \
      one DICOM series. With several images, --output is a folder. A report (versions, hashes, \
      times, memory) is written beside each mask as MASK.json.

      MODEL may also be the path of a trained self-configuring model: a folder of nnU-Net v2, the \
      folder of one of its folds, a checkpoint (.pth) or one of ours (.safetensors). Then IMAGE may be \
      a folder of cases, and CASE_0000, CASE_0001, … are the channels of one case.
      """)

  @Argument(help: "One or more images.")
  var images: [String]

  @Option(help: "MODEL or MODEL/TAG (see `vesalius models list`), or the path of a trained model.")
  var model: String

  @Option(help: "A file of weights instead of the published one.")
  var weights: String?

  @Option(help: "Which series of a DICOM folder: its UID, the end of it, or its number.")
  var series: String?

  @Option(name: .shortAndLong, help: "Mask file (by its ending), or a folder for several images.")
  var output: String

  @Option(help: "Also draw the mask on the image into this PNG (a folder for several images).")
  var overlay: String?

  @Option(help: "Also write the probability of the foreground into this file.")
  var probabilities: String?

  @OptionGroup(title: "Prompts, for models that segment what one points at")
  var prompts: PromptOptions

  @OptionGroup(title: "Examples, for models that learn from images with masks")
  var supports: SupportOptions

  @OptionGroup(title: "Everything in an image, with models that take prompts")
  var automatic: AutomaticOptions

  @OptionGroup(title: "Trained self-configuring models")
  var selfConfigured: SelfConfiguredOptions

  @Option(help: "cpu, cuda or cuda:N.", transform: Self.device)
  var device = Device.cpu

  @Option(
    help: ArgumentHelp(
      "auto, fp32, bf16 or int16: what networks with a fast path multiply in; auto is the fastest "
        + "that agrees with fp32 on a built-in test.", valueName: "precision"),
    transform: PrecisionOption.choice)
  var precision = PrecisionChoice.automatic

  @Option(help: "Threads; all cores when left out.")
  var threads: Int?

  @Flag(help: "Neither use nor keep what the model reads in the image before it is prompted.")
  var noCache = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    let texts = images + [output] + [weights, series, overlay, probabilities].compactMap(\.self)
    if texts.contains("") { throw ValidationError("a path is empty; check the variable behind it") }
    if let threads, threads < 1 { throw ValidationError("--threads needs a number above 0") }
    if images.count > 1, probabilities != nil, trainedModel == nil {
      throw ValidationError("--probabilities goes with one image")
    }
    if images.count > 1, !prompts.isEmpty {
      throw ValidationError("prompts go with one image: they are places in it")
    }
    if let trained = trainedModel {
      if trained.isEmpty { throw ValidationError("a path is empty; check the variable behind it") }
      return try checkTrained()
    }
    if automatic.isOn, let option = supports.firstGiven {
      throw ValidationError("\(option) does not go with --automatic")
    }
    if let option = selfConfigured.firstGiven {
      throw ValidationError("\(option) goes with a trained model, which --model names by its path")
    }
    if automatic.isOn { try checkAutomatic() }
    try SegmentTarget.requireSafe(targets, weights: weights, others: prompts.files)
  }

  /// What `--json` prints: every image of the command is in one of the two lists.
  struct Summary: Encodable {
    struct Failure: Encodable {
      let image: String
      let reason: String
    }

    var runs: [RunReport] = []
    var failures: [Failure] = []
  }

  var targets: [SegmentTarget] {
    images.map {
      SegmentTarget(
        image: $0, of: images.count, output: output, overlay: overlay,
        probabilities: probabilities)
    }
  }

  func run() throws {
    if let path = trainedModel { return try runTrained(path) }
    let entry = try Registry.model(model)
    if automatic.isOn { return try runAutomatic(entry) }
    try checkPrompts(entry)
    let targets = targets
    // Images come before weights: a bad one is told at once and not after gigabytes were loaded.
    var opened = Result { try OpenedImage(targets[0], series: series) }
    if targets.count == 1 { _ = try opened.get() }
    let cache = noCache ? nil : try EmbeddingCache.configured()
    let request = prompts.isEmpty ? nil : try prompts.request(on: opened.get().volume)
    var examples = entry.takesExamples ? try supports.listed() : nil
    if let examples {
      try SegmentTarget.requireSafe(targets, weights: weights, others: examples.paths)
    }
    for remark in request?.remarks ?? examples?.remarks ?? [] {
      Output.line("vesalius: \(remark)")
    }
    if let threads { try Engine.setThreads(threads) }
    try checkDevice()
    var loading = Stopwatch()
    let loaded = try loading.measure("load") {
      try ModelStore().load(entry, weights: weights, device: device, precision: precision)
    }
    let segmenter: any ImageSegmenter =
      if examples != nil {
        try loading.measure("examples") {
          try inContext(loaded.model, entry: entry, shown: &examples)
        }
      } else if let request {
        try PromptedSegmenter(
          loaded.model, entry: entry, objects: request.objects, slice: request.slice,
          multimask: prompts.multimask, cache: cache, weights: loaded.sha256,
          precision: loaded.precision)
      } else {
        try DenseSegmenter(loaded.model, entry: entry, device: device)
      }
    var summary = Summary()
    for (index, target) in targets.enumerated() {
      do {
        if index > 0 { opened = Result { try OpenedImage(target, series: series) } }
        summary.runs.append(
          try segment(
            opened.get(), entry: entry, loaded: loaded, segmenter, stopwatch: loading,
            examples: examples))
      } catch  where targets.count > 1 {
        let reason = Output.oneLine(error)
        summary.failures.append(Summary.Failure(image: target.image, reason: reason))
        Output.line(
          "vesalius: " + (reason.hasPrefix(target.image) ? "" : target.image + ": ") + reason)
      }
    }
    if json { try Output.result(summary) }
    if !summary.failures.isEmpty {
      Output.line("vesalius: \(summary.failures.count) of \(targets.count) images failed")
      throw ExitCode(1)
    }
  }

  private func segment(
    _ opened: OpenedImage, entry: RegisteredModel, loaded: ModelStore.Loaded,
    _ segmenter: any ImageSegmenter, stopwatch loading: Stopwatch, examples: SupportRequest?
  ) throws -> RunReport {
    let (target, volume) = (opened.target, opened.volume)
    let mask = target.mask(for: volume)
    var stopwatch = loading
    stopwatch.add(opened.stopwatch)
    let bar = ProgressBar(URL(fileURLWithPath: target.image).lastPathComponent)
    defer { bar.clear() }
    let result = try segmenter.segment(volume, stopwatch: &stopwatch, progress: bar.show)
    if let note = result.embedding?.note {
      bar.clear()
      Output.line("vesalius: \(note)")
    }
    var drafts = Drafts()
    defer { drafts.discard() }
    if let path = target.probabilities {
      guard let foreground = result.probabilities else {
        throw SegmentationError.noProbabilities(entry.id)
      }
      try stopwatch.measure("write") { try drafts.write(path) { try foreground.write(to: $0) } }
    }
    if let path = target.overlay {
      try stopwatch.measure("draw") {
        let picture = try Overlay.picture(of: result.labels, on: volume)
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
    var report = try RunReport(
      started: opened.started, entry: entry, loaded: loaded, image: target.image,
      mask: RunReport.File(path: mask, sha256: hash), volume: volume, labels: result.labels,
      device: device, stopwatch: stopwatch, embedding: result.embedding?.origin)
    report.predictedIoU = result.predictedIoU
    report.remarks = prompts.remarks.isEmpty ? nil : prompts.remarks
    if let examples, let segmenter = segmenter as? InContextSegmenter {
      let remark = examples.state(in: &report, segmenter, labels: result.labels.counts)
      if let remark {
        bar.clear()
        Output.line("vesalius: \(remark)")
      }
    }
    try drafts.write(RunReport.path(beside: mask)) { try report.write(to: $0) }
    try drafts.publish()
    bar.clear()
    if !json { try Output.result(report.summary) }
    return report
  }

  private static func device(_ name: String) throws -> Device {
    guard let device = Device(name) else {
      throw ValidationError("expected cpu, cuda or cuda:N, not '\(name)'")
    }
    return device
  }
}
