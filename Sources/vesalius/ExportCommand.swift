// `vesalius export`: any dataset as nnU-Net reads it, so that nnU-Net itself can be trained on the same split.

import ArgumentParser
import Datasets
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a dataset in nnU-Net's raw layout, with splits by patient if asked.",
    discussion: """
      FOLDER is what nnU-Net calls nnUNet_raw; FOLDER/DatasetNNN_NAME appears in it once it is complete. \
      With --folds or --held-out it holds splits_final.json, which nnU-Net's planner takes over. No \
      patient is on both sides of a split.
      """)

  @Argument(help: "A dataset (folder or pairs.csv).")
  var dataset: String

  @Option(help: ArgumentHelp("The folder of nnU-Net's raw data sets.", valueName: "folder"))
  var to: String

  @Option(help: "The dataset's number, 1 to 999.")
  var number: Int

  @Option(help: "The dataset's name: letters and digits.")
  var name: String

  @OptionGroup var sides: SplitOptions

  @Option(help: "Decides who is on which side.")
  var seed: UInt64 = 1

  @Option(help: "Cases written at once; all cores when left out.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Summary: Encodable {
    struct Fold: Encodable {
      let training: Int
      let validation: Int
    }

    let folder: String
    let cases: Int
    let unlabelled: Int
    let folds: [Fold]
  }

  func validate() throws {
    for path in [dataset, to] where path.isEmpty {
      throw ValidationError("a path is empty; check the variable behind it")
    }
    if let threads, threads < 1 { throw ValidationError("--threads needs a number above 0") }
  }

  func run() throws {
    let source = try DatasetFolder(contentsOf: dataset)
    let labelled = source.cases.filter { $0.label != nil }
    let splits = try splits(of: labelled)
    let count = source.cases.count
    let bar = TimedBar("writing \(count) cases")
    defer { bar.clear() }
    let folder = try source.writeNNUNet(
      into: to, number: number, name: name, splits: splits,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: { bar.show(Double($0) / Double(max(count, 1))) })
    bar.clear()
    let summary = Summary(
      folder: folder, cases: labelled.count, unlabelled: count - labelled.count,
      folds: splits?.folds.map {
        Summary.Fold(training: $0.training.count, validation: $0.validation.count)
      } ?? [])
    if json { try Output.result(summary) } else { try Output.result(text(summary)) }
  }

  private func splits(of labelled: [DatasetCase]) throws -> Splits? {
    // Splits name cases as the files are named.
    let cases = labelled.map { item in
      DatasetCase(
        id: item.nnUNetName, images: item.images, label: item.label,
        attributes: item.attributes)
    }
    return try sides.splits(of: cases, seed: seed)
  }

  private func text(_ summary: Summary) -> String {
    var lines = [
      "\(summary.folder)  \(summary.cases) labelled cases"
        + (summary.unlabelled > 0 ? ", \(summary.unlabelled) without mask" : "")
    ]
    if let first = summary.folds.first {
      lines.append(
        summary.folds.count == 1
          ? "splits_final.json: \(first.training) to train on, \(first.validation) kept aside, "
            + "by patient, seed \(seed)"
          : "splits_final.json: \(summary.folds.count) folds by patient, seed \(seed); the first keeps "
            + "\(first.validation) of \(summary.cases) cases aside")
    }
    return lines.joined(separator: "\n")
  }
}
