// `vesalius segment`: an image in, a mask on the same grid out.

import ArgumentParser
import Datasets
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
      """)

  @Argument(help: "One or more images.")
  var images: [String]

  @Option(help: "MODEL or MODEL/TAG; see `vesalius models list`.")
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

  @Option(help: "cpu, cuda or cuda:N.", transform: Self.device)
  var device = Device.cpu

  @Option(help: "Threads; all cores when left out.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads needs a number above 0") }
    if images.count > 1, probabilities != nil {
      throw ValidationError("--probabilities goes with one image")
    }
  }

  func run() throws {
    let entry = try Registry.model(model)
    let targets = try images.map { try Target(image: $0, command: self, entry: entry) }
    if let threads { try Engine.setThreads(threads) }
    try checkDevice()
    var loading = Stopwatch()
    let loaded = try loading.measure("load") {
      try ModelStore().load(entry, weights: weights, device: device)
    }
    let segmenter = try DenseSegmenter(loaded.model, entry: entry)
    var reports: [RunReport] = []
    var failures: [String] = []
    for target in targets {
      do {
        reports.append(
          try segment(target, entry: entry, loaded: loaded, segmenter, stopwatch: loading))
      } catch  where targets.count > 1 {
        failures.append("\(target.image): \(Output.oneLine(error))")
        Output.line("vesalius: \(failures[failures.count - 1])")
      }
    }
    if json { try Output.result(["runs": reports]) }
    if !failures.isEmpty {
      Output.line("vesalius: \(failures.count) of \(targets.count) images failed")
      throw ExitCode(1)
    }
  }

  private func segment(
    _ target: Target, entry: RegisteredModel, loaded: ModelStore.Loaded,
    _ segmenter: DenseSegmenter, stopwatch: Stopwatch
  ) throws -> RunReport {
    let started = Date()
    var stopwatch = stopwatch
    let volume = try stopwatch.measure("read") {
      try Volume(contentsOf: target.image, series: series)
    }
    let bar = ProgressBar(URL(fileURLWithPath: target.image).lastPathComponent)
    defer { bar.clear() }
    let result = try segmenter.segment(volume, stopwatch: &stopwatch, progress: bar.show)
    let mask = target.mask(for: volume)
    if let probabilities {
      guard let foreground = result.probabilities else {
        throw SegmentationError.noProbabilities(entry.id)
      }
      try stopwatch.measure("write") { try foreground.write(to: probabilities) }
    }
    try stopwatch.measure("write") { try result.labels.write(to: mask) }
    if let picture = target.overlay {
      try stopwatch.measure("draw") {
        try Overlay.picture(of: result.labels, on: volume).write(to: picture)
      }
    }
    let report = try RunReport(
      started: started, entry: entry, loaded: loaded, image: target.image, mask: mask,
      volume: volume, labels: result.labels, device: device, stopwatch: stopwatch)
    try report.write(beside: mask)
    bar.clear()
    if !json { Output.result(report.summary) }
    return report
  }

  private func checkDevice() throws {
    guard case .cuda(let number) = device else { return }
    let count = try Engine.cudaDeviceCount
    guard number < count else {
      throw ValidationError(
        "there is no \(device): this libtorch sees \(count) CUDA devices; see `vesalius doctor`")
    }
  }

  private static func device(_ name: String) throws -> Device {
    guard let device = Device(name) else {
      throw ValidationError("expected cpu, cuda or cuda:N, not '\(name)'")
    }
    return device
  }

  /// Where the results of one image go.
  private struct Target {
    let image: String
    let overlay: String?
    private let output: String
    private let isFolder: Bool
    private let stem: String

    init(image: String, command: SegmentCommand, entry: RegisteredModel) throws {
      self.image = image
      stem = ImageFile.stem(of: image)
      isFolder = command.images.count > 1 || isDirectory(command.output)
      output = command.output
      if isFolder { try makeFolder(output) }
      if let path = command.overlay, command.images.count > 1 || isDirectory(path) {
        try makeFolder(path)
        overlay = path + "/" + stem + ".png"
      } else {
        overlay = command.overlay
      }
    }

    /// Photographs get a PNG, everything else a compressed NIfTI, unless the user named a file.
    func mask(for volume: Volume) -> String {
      guard isFolder else { return output }
      let isPhotograph = volume.source?.format.isPhotograph ?? false
      return output + "/" + stem + (isPhotograph ? ".png" : ".nii.gz")
    }
  }
}

/// Creates a folder; one line when it cannot be.
private func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw ImagingError.writing(path: path, reason: "the folder cannot be created")
  }
}

private func isDirectory(_ path: String) -> Bool {
  var isFolder: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}
