// `vesalius segment --automatic`: an image in, masks of everything in it out.

import ArgumentParser
import Foundation
import Imaging
import Models
import Segmentation
import Tensors

extension SegmentCommand {
  func checkAutomatic() throws {
    if images.count > 1 { throw ValidationError("--automatic goes with one image") }
    if !prompts.isEmpty {
      throw ValidationError("--automatic points by itself; leave out --point, --box and the others")
    }
    if probabilities != nil {
      throw ValidationError("--automatic makes masks without probabilities")
    }
  }

  func runAutomatic(_ entry: RegisteredModel) throws {
    guard !entry.takesPrompts || entry.findsEverything else {
      throw ValidationError(
        "\(entry.id) looks anew at every prompt and cannot be asked for everything; give --point or --box"
      )
    }
    guard entry.takesPrompts else {
      throw ValidationError("--automatic needs a model that takes points; \(entry.id) takes none")
    }
    let started = Date()
    var stopwatch = Stopwatch()
    let volume = try stopwatch.measure("read") {
      try Volume(contentsOf: images[0], series: series)
    }
    guard let slice = automatic.slice ?? (volume.geometry.size.z == 1 ? 0 : nil) else {
      throw ValidationError(
        "the image has \(volume.geometry.size.z) slices; say which one with --slice Z")
    }
    var writer = try AutomaticWriter(
      output: output, overlay: targets[0].overlay, volume: volume, slice: slice)
    defer { writer.discard() }
    if let threads { try Engine.setThreads(threads) }
    try checkDevice()
    let loaded = try stopwatch.measure("load") {
      try ModelStore().load(entry, weights: weights, device: device, precision: precision)
    }
    let search = try AutomaticMasks(
      loaded.model, entry: entry, settings: automatic.settings, schedule: automatic.schedule)
    let bar = ProgressBar(URL(fileURLWithPath: images[0]).lastPathComponent)
    defer { bar.clear() }
    let masks = try search.masks(
      in: volume, slice: slice, stopwatch: &stopwatch, progress: bar.show)
    try stopwatch.measure("write") { try writer.write(masks) }
    var report = try RunReport(
      started: started, entry: entry, loaded: loaded, image: images[0], mask: writer.written,
      volume: volume, labels: LabelMap(geometry: volume.geometry, labels: []), device: device,
      stopwatch: stopwatch)
    report.labelVoxels = writer.pixels
    report.automatic = RunReport.Automatic(
      settings: automatic.settings, schedule: automatic.schedule, slice: slice, masks: masks.count)
    try writer.publish(report)
    bar.clear()
    if json {
      try Output.result(report)
    } else {
      let seconds = report.seconds.values.reduce(0, +)
      let memory = Double(report.peakMemory) / 1e9
      try Output.result(
        String(
          format: "%@  %d masks  %.1f s  %.2f GB", report.output.path, masks.count, seconds, memory)
      )
    }
  }
}

/// Writes masks in the form that the output's name asks for.
private struct AutomaticWriter {
  private enum Form {
    case labels
    case coco
    case pictures
  }

  private let output: String
  private let overlay: String?
  private let volume: Volume
  private let slice: Int
  private let form: Form
  /// A folder that was made for this run and goes again when the run fails.
  private var newFolder: String?
  private var drafts = Drafts()
  private(set) var written: RunReport.File
  /// Pixels of each label; of label maps those that are not covered by a smaller mask.
  private(set) var pixels: [String: Int] = [:]

  /// Tries the places of all results, so that a wrong one is told before the network runs.
  init(output: String, overlay: String?, volume: Volume, slice: Int) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
    form =
      output.hasSuffix("/") || (exists && isFolder.boolValue)
      ? .pictures : output.lowercased().hasSuffix(".json") ? .coco : .labels
    self.output = form == .pictures && output.hasSuffix("/") ? String(output.dropLast()) : output
    self.overlay = overlay
    self.volume = volume
    self.slice = slice
    written = RunReport.File(path: self.output, sha256: "")
    if form == .pictures { try prepareFolder(exists: exists) }
    do {
      try rehearse()
    } catch {
      discard()
      throw error
    }
  }

  private mutating func prepareFolder(exists: Bool) throws {
    if !exists {
      do {
        try FileManager.default.createDirectory(
          atPath: output, withIntermediateDirectories: true)
      } catch {
        throw ImagingError.writing(path: output, reason: "the folder cannot be created")
      }
      newFolder = output
    } else if try !FileManager.default.contentsOfDirectory(atPath: output).isEmpty {
      throw ImagingError.writing(
        path: output, reason: "the folder is not empty and its files would mix with the masks")
    }
  }

  private func rehearse() throws {
    var drafts = Drafts()
    defer { drafts.discard() }
    let thin = Geometry(size: SIMD3(1, 1, volume.geometry.size.z))
    switch form {
    case .labels:
      let zeros = [Int32](repeating: 0, count: thin.count)
      try drafts.write(output) { try LabelMap(geometry: thin, labels: zeros).write(to: $0) }
    case .coco: try drafts.write(output) { try Data().write(to: URL(fileURLWithPath: $0)) }
    case .pictures:
      try drafts.write(output + "/metadata.csv") { try Data().write(to: URL(fileURLWithPath: $0)) }
    }
    if let overlay {
      let pixel = Volume(geometry: Geometry(size: .one), channels: 3, voxels: .uint8([0, 0, 0]))
      try drafts.write(overlay) { try pixel.write(to: $0) }
    }
  }

  mutating func write(_ masks: [AutomaticMask]) throws {
    for (index, mask) in masks.enumerated() { pixels["\(index + 1)"] = mask.area }
    if form == .labels || overlay != nil {
      let labels = masks.labelMap(on: volume.geometry, slice: slice)
      if let overlay {
        let picture = try Overlay.picture(of: labels, on: volume)
        try drafts.write(overlay) { try picture.write(to: $0) }
      }
      if form == .labels {
        try draft(output) { try labels.write(to: $0) }
        pixels = Dictionary(
          uniqueKeysWithValues: labels.counts.map { ($0 == 0 ? "background" : "\($0)", $1) })
      }
    }
    switch form {
    case .labels: break
    case .coco:
      let json = try masks.cocoJSON()
      try draft(output) { try json.write(to: URL(fileURLWithPath: $0)) }
    case .pictures:
      for (index, mask) in masks.enumerated() {
        try drafts.write("\(output)/\(index).png") { try mask.picture.write(to: $0) }
      }
      try draft(output + "/metadata.csv") {
        try Data(masks.metadata.utf8).write(to: URL(fileURLWithPath: $0))
      }
    }
  }

  mutating func publish(_ report: RunReport) throws {
    try drafts.write(RunReport.path(beside: output)) { try report.write(to: $0) }
    try drafts.publish()
    newFolder = nil
  }

  /// Removes what was not published.
  mutating func discard() {
    drafts.discard()
    if let newFolder { try? FileManager.default.removeItem(atPath: newFolder) }
    newFolder = nil
  }

  /// The result whose hash stands in the report.
  private mutating func draft(_ path: String, _ body: (String) throws -> Void) throws {
    var hash = ""
    try drafts.write(path) {
      try body($0)
      hash = try ModelStore.sha256(ofFile: $0)
    }
    written.sha256 = hash
  }
}
