// --support and its settings: images with masks that show a model what to look for.

import ArgumentParser
import Datasets
import Foundation
import Segmentation

struct SupportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An example, or a data set whose images with masks are examples; may be given several times.",
      valueName: "image=mask|dataset"))
  var support: [String] = []

  @Option(
    help: ArgumentHelp(
      "A value of the masks to look for, all others being background; may be given several times. All "
        + "values if left out.", valueName: "n"))
  var supportLabel: [Int32] = []

  @Option(
    help: ArgumentHelp(
      "Slices of examples to see at once; of more, the nearest in place or a random choice (64).",
      valueName: "n"))
  var supportsAtOnce: Int?

  @Option(
    help: ArgumentHelp(
      "Draws whose probabilities are averaged, where there are more (1).", valueName: "n"))
  var draws: Int?

  @Flag(help: "Look again, and closer, where something was found on a larger slice.")
  var lookCloser = false

  @Flag(help: "Average over the image and its mirror images, with mirrored examples.")
  var mirrorExamples = false

  /// The first option that was given, as it is written.
  var firstGiven: String? {
    support.isEmpty ? firstSetting : "--support"
  }

  private var firstSetting: String? {
    let given = [
      ("--support-label", !supportLabel.isEmpty), ("--supports-at-once", supportsAtOnce != nil),
      ("--draws", draws != nil), ("--look-closer", lookCloser),
      ("--mirror-examples", mirrorExamples),
    ]
    return given.first(where: \.1)?.0
  }

  var settings: InContextSegmenter.Settings {
    var settings = InContextSegmenter.Settings(
      looksCloser: lookCloser, mirrors: mirrorExamples)
    if let supportsAtOnce { settings.examplesAtOnce = supportsAtOnce }
    if let draws { settings.draws = draws }
    return settings
  }

  func validate() throws {
    if support.isEmpty, let setting = firstSetting {
      throw ValidationError("\(setting) goes with --support")
    }
    if support.contains(where: { $0.isEmpty || $0.hasPrefix("=") || $0.hasSuffix("=") }) {
      throw ValidationError("a path of --support is empty; check the variable behind it")
    }
    for (name, value) in [("--supports-at-once", supportsAtOnce), ("--draws", draws)] {
      if let value, value < 1 { throw ValidationError("\(name) needs a number above 0") }
    }
    if let label = supportLabel.first(where: { $0 < 1 }) {
      throw ValidationError("--support-label is \(label); labels of structures are above 0")
    }
  }

  /// The files that the options name.
  ///
  /// - Throws: `DatasetError`, `ValidationError` for what is neither a data set nor a pair.
  func listed() throws -> SupportRequest {
    var request = SupportRequest(labels: supportLabel, settings: settings)
    for text in support {
      if !ImageFile.exists(text), let pair = Self.pair(text) {
        request.add(pair, DatasetDescription())
        continue
      }
      guard ImageFile.ending(of: text) == nil || ImageFile.isFolder(text) else {
        throw ValidationError(
          "--support \(text) is an image without a mask; write IMAGE=MASK or name a data set")
      }
      try request.add(DatasetFolder(contentsOf: text))
    }
    return request
  }

  /// Image and mask, parted at the first = before which a file's name ends.
  private static func pair(_ text: String) -> SupportFiles? {
    let signs = text.indices.filter { text[$0] == "=" }
    let sign = signs.first { ImageFile.exists(String(text[..<$0])) } ?? signs.first
    return sign.map {
      SupportFiles(image: String(text[..<$0]), mask: String(text[text.index(after: $0)...]))
    }
  }
}

/// The examples of one command: which files, what of them, and how.
struct SupportRequest {
  let labels: [Int32]
  let settings: InContextSegmenter.Settings
  private(set) var files: [SupportFiles] = []
  /// What was understood otherwise than somebody may expect.
  private(set) var remarks: [String] = []
  /// How the mask of each example is to be read.
  private var descriptions: [DatasetDescription] = []
  private var hashed: [RunReport.InContext.Example] = []

  init(labels: [Int32], settings: InContextSegmenter.Settings) {
    self.labels = labels
    self.settings = settings
  }

  var paths: [String] { files.flatMap { [$0.image, $0.mask] } }

  /// The values to look for are those of the files: where 255 is one, a mask of 0 and 255 is no binary one.
  fileprivate mutating func add(_ pair: SupportFiles, _ description: DatasetDescription) {
    var description = description
    for label in labels where description.labels[label] == nil {
      description.labels[label] = description.name(of: label)
    }
    files.append(pair)
    descriptions.append(description)
  }

  fileprivate mutating func add(_ dataset: DatasetFolder) throws {
    let pairs = dataset.cases.compactMap { item in
      item.label.map { SupportFiles(image: item.images[0], mask: $0) }
    }
    guard !pairs.isEmpty else {
      throw ValidationError(
        "\(dataset.path): none of its \(dataset.cases.count) images has a mask; add masks, or name "
          + "another data set")
    }
    if let channels = dataset.cases.map(\.images.count).max(), channels > 1 {
      remarks.append("\(dataset.path): its images have \(channels) channels; the first is shown")
    }
    for pair in pairs { add(pair, dataset.description) }
  }

  /// A name for a value of the masks.
  func name(of label: Int32) -> String {
    label == 0
      ? "background"
      : descriptions.first { $0.labels[label] != nil }?.name(of: label)
        ?? DatasetDescription().name(of: label)
  }

  /// Reads all examples and shows them to a network.
  ///
  /// - Throws: `SupportFileError` and `ImagingError`, which name the file, `SupportError`.
  mutating func segmenter(_ make: ([SupportExample]) throws -> InContextSegmenter) throws
    -> InContextSegmenter
  {
    let examples = try zip(files, descriptions).map { try $0.read($1) }
    hashed = try files.map { pair in
      RunReport.InContext.Example(
        image: .init(path: pair.image, sha256: try ModelStore.sha256(ofFile: pair.image)),
        mask: .init(path: pair.mask, sha256: try ModelStore.sha256(ofFile: pair.mask)))
    }
    return try SupportFileError.naming(files) { try make(examples) }
  }

  /// Adds to a report what the network was shown.
  ///
  /// - Returns: A remark when it was shown the image itself.
  func state(
    in report: inout RunReport, _ segmenter: InContextSegmenter, labels: [Int32: Int]
  ) -> String? {
    report.inContext = RunReport.InContext(hashed, segmenter)
    report.labelVoxels = Dictionary(
      labels.map { (name(of: $0), $1) }, uniquingKeysWith: +)
    let image = report.image
    let own =
      hashed.contains { $0.image.sha256 == image.sha256 }
      ? "\(image.path) is one of its own examples; the mask says nothing of how new images fare"
      : nil
    let remarks = remarks + [own].compactMap(\.self)
    report.remarks = remarks.isEmpty ? nil : remarks
    return own
  }
}
