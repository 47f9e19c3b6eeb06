// `vesalius train`: a dataset in, a network out that was trained on it.

import ArgumentParser
import Datasets
import Foundation
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on a dataset: fingerprint, plan, preparation, training, evaluation.",
    discussion: """
      DATASET is an nnU-Net raw dataset, or any folder that `vesalius compare` reads. Everything is \
      kept in one folder; running the same command again goes on where it was cut off, with the same \
      result as if it had not been.
      """)

  @Argument(help: "The dataset.")
  var dataset: String

  @Option(help: "What is trained: nnunet.")
  var model = "nnunet"

  @Option(name: .shortAndLong, help: "Folder for plan, prepared cases, checkpoints and curves.")
  var output: String

  @OptionGroup(title: "Plan")
  var plan: TrainPlanOptions

  @OptionGroup(title: "Cases")
  var cases: TrainCaseOptions

  @OptionGroup(title: "Training")
  var course: TrainCourseOptions

  @Option(help: "Threads; all cores when left out.")
  var threads: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard model == "nnunet" else {
      throw ValidationError("--model \(model) cannot be trained; nnunet can")
    }
    if let threads, threads < 1 { throw ValidationError("--threads needs a number above 0") }
  }

  func run() throws {
    var request = TrainingRequest()
    plan.fill(&request)
    try cases.fill(&request)
    try course.fill(&request)
    var training = try SelfConfiguredTraining(
      DatasetFolder(contentsOf: dataset), request: request, folder: output)
    if let threads { training.threads = threads }
    let view = TrainingView()
    let reports = try training.run { view.show($0) }
    view.clear()
    if json {
      try Output.result(reports.map(TrainedFoldSummary.init))
    } else {
      try Output.result(TrainingView.text(reports))
    }
  }
}

/// What `--json` prints for each fold.
private struct TrainedFoldSummary: Encodable {
  let fold: String
  let checkpoint: String
  let epochs: Int
  let seconds: Double
  let evaluation: HeldOutDice?
  let meanDice: Double?

  init(_ report: FoldReport) {
    fold = report.fold
    checkpoint = report.checkpoint
    epochs = report.history.epochs.count
    seconds = report.history.seconds
    evaluation = report.evaluation
    meanDice = report.evaluation?.mean
  }
}
