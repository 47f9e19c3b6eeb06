// `vesalius synthesize`: images with exact masks, from nothing, from label maps or from images, to train and test on.

import ArgumentParser
import Datasets
import Foundation
import Synthesis

struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Make images with exact masks as an nnU-Net dataset.",
    discussion: """
      KIND is one of:
        ct, mr, ultrasound, xray, microscopy, fundus
                     phantoms: random scenes seen through the physics of the modality
        shapes       random shapes of one task, painted anew for each case
        labels       images for label maps (--labels-from), in the manner of SynthSeg
        superpixels  objects of superpixels on images (--images-from)
      Pictures are PNG; with --depth, volumes are .nii.gz. A seed gives the same bits on any number of \
      threads, and more cases of a seed begin with the fewer.
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case ct, mr, ultrasound, xray, microscopy, fundus, shapes, labels, superpixels
  }

  @Argument(help: "What is made.")
  var kind: Kind

  @Option(
    name: [.short, .long], help: ArgumentHelp("A new or an empty folder.", valueName: "folder"))
  var output: String

  @Option(help: "How many, 1 to 9999.")
  var cases = 24

  @Option(help: "Pixels along x and y, 32 to 2048; 128 when left out, or the map's own for labels.")
  var size: Int?

  @Option(
    help: "Slices, 8 to 1024, or 1 for pictures; 1 when left out, or for labels that of --size.")
  var depth: Int?

  @Option(help: "Decides everything.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "For labels: a folder of label maps, or a dataset.", valueName: "folder"))
  var labelsFrom: String?

  @Option(
    help: ArgumentHelp(
      "For superpixels: a folder of images, or a dataset.", valueName: "folder"))
  var imagesFrom: String?

  @Option(help: ArgumentHelp("For shapes: labels besides the background, 1 to 32.", valueName: "n"))
  var shapeLabels: Int?

  @OptionGroup var sides: SplitOptions

  @Option(help: "Cases made at once; all cores when left out.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for path in [output, labelsFrom ?? "-", imagesFrom ?? "-"] where path.isEmpty {
      throw ValidationError("a path is empty; check the variable behind it")
    }
    if (kind == .labels) != (labelsFrom != nil) {
      throw ValidationError("--labels-from goes with the kind labels, and only with it")
    }
    if (kind == .superpixels) != (imagesFrom != nil) {
      throw ValidationError("--images-from goes with the kind superpixels, and only with it")
    }
    if shapeLabels != nil, kind != .shapes {
      throw ValidationError("--shape-labels goes with the kind shapes only")
    }
    if kind == .labels, depth != nil, depth != 1, size == nil {
      throw ValidationError("--depth needs --size beside it, unless it is 1")
    }
    if let threads, threads < 1 { throw ValidationError("--threads needs a number above 0") }
  }

  func run() throws {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let dataset = try SyntheticDataset(
      try source(threads: threads), cases: cases, seed: seed, prefix: kind.rawValue)
    let splits = try sides.splits(of: dataset.names, seed: seed)
    let bar = TimedBar("making \(cases) cases")
    defer { bar.clear() }
    let summary = try dataset.write(
      to: output, splits: splits, threads: threads,
      progress: { bar.show(Double($0) / Double(max(cases, 1))) })
    bar.clear()
    if json { try Output.result(summary) } else { try Output.result(text(summary)) }
  }

  private func source(threads: Int) throws -> any CaseSource {
    let side = size ?? 128
    let voxels = SIMD3(side, side, depth ?? 1)
    switch kind {
    case .shapes: return try ShapesSource(size: voxels, labels: shapeLabels ?? 3)
    case .labels:
      let wanted = size == nil && depth == nil ? nil : SIMD3(side, side, depth ?? size ?? 1)
      return try LabelDrivenSource(contentsOf: labelsFrom ?? "", size: wanted, threads: threads)
    case .superpixels:
      guard depth == nil || depth == 1 else {
        throw SynthesisError.badSize(
          met: "A volume of kind 'superpixels'", expected: "one slice, since it is a picture")
      }
      return try SuperpixelSource(imagesIn: imagesFrom ?? "", side: side)
    default:
      guard let phantom = PhantomKind(rawValue: kind.rawValue) else {
        throw SynthesisError.badSize(met: kind.rawValue, expected: "a kind of phantom")
      }
      return try PhantomSource(phantom, size: voxels)
    }
  }

  private func text(_ summary: SyntheticDataset.Summary) -> String {
    let labels = summary.voxels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = labels.prefix(6).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return """
      \(summary.folder)  \(summary.cases) cases of kind \(kind.rawValue), seed \(seed)
      voxels: \(shown)\(labels.count > 6 ? " and \(labels.count - 6) labels more" : "")
      \(String(format: "%.2f", summary.imagesPerSecond)) images per second, files included
      """
  }
}
