// `vesalius train-generalist`: a recipe and data sets in, the weights of a generalist out.

import ArgumentParser
import Foundation
import Training

struct TrainGeneralistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-generalist",
    abstract:
      "Train a model that is led by prompts or examples on many data sets, as a recipe says.",
    discussion: """
      RECIPE is a YAML file: the network, the course of the training, data sets to learn from and \
      data sets of other modalities to validate on. Running the same command again goes on where it \
      was cut off, with the same result as if it had not been.
      """)

  @Argument(help: "The recipe.")
  var recipe: String

  @Option(help: "The folder in which the data sets of the recipe lie.")
  var data: String

  @Option(name: .shortAndLong, help: "Folder for checkpoints and the report.")
  var output: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let training = GeneralistTraining(
      try GeneralistRecipe(contentsOf: recipe), data: data, folder: output)
    let report = try training.run { event in
      switch event {
      case .step: break
      case .epoch(let history):
        guard let last = history.epochs.last else { return }
        let dice = last.dice.map { $0.map { String(format: "%.3f", $0) } ?? "-" }
        Output.line(
          "epoch \(last.number + 1): loss \(String(format: "%.4f", last.loss)), "
            + "\(training.recipe.measures) \(dice.joined(separator: " ")), "
            + "\(String(format: "%.0f", last.seconds)) s")
      }
    }
    if json {
      try Output.result(report)
    } else {
      try Output.result(training.weights)
    }
  }
}
