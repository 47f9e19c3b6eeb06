// --folds, --step-size and the others: how a trained self-configuring model predicts.

import ArgumentParser
import Foundation
import Segmentation

struct SelfConfiguredOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folds to average; all that were trained if left out.", valueName: "a,b,…"))
  var folds: String?

  @Option(help: "Name of the checkpoints; checkpoint_final, else checkpoint_best, if left out.")
  var checkpoint: String?

  @Option(help: "Largest distance of neighbouring windows, in patches (0.5).")
  var stepSize: Double?

  @Flag(help: "Do not predict mirrored images too: faster, a little worse.")
  var noMirroring = false

  @Option(
    help: ArgumentHelp(
      "A decision on post-processing (JSON), or 'none'; the model folder's own if left out.",
      valueName: "file"))
  var postprocessing: String?

  @Option(
    help: ArgumentHelp(
      "Of a cascade: the first stage's model, or the folder of its masks.", valueName: "path"))
  var previousStage: String?

  @Flag(help: "Replace masks that are there already.")
  var overwrite = false

  var foldNames: [String]? {
    folds.map { text in
      text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
    }
  }

  /// The first option that was given, as it is written.
  var firstGiven: String? {
    let given = [
      ("--folds", folds != nil), ("--checkpoint", checkpoint != nil),
      ("--step-size", stepSize != nil), ("--no-mirroring", noMirroring),
      ("--postprocessing", postprocessing != nil), ("--previous-stage", previousStage != nil),
      ("--overwrite", overwrite),
    ]
    return given.first(where: \.1)?.0
  }

  func validate() throws {
    if let stepSize, !(stepSize > 0 && stepSize <= 1) {
      throw ValidationError("--step-size needs a number above 0 and up to 1")
    }
    if foldNames?.isEmpty == true { throw ValidationError("--folds needs at least one fold") }
    for path in [postprocessing, previousStage].compactMap(\.self) where path.isEmpty {
      throw ValidationError("a path is empty; check the variable behind it")
    }
  }

  /// - Parameters:
  ///   - keepsProbabilities: Whether they are wanted beside the mask.
  ///   - model: The path of the model, whose folder may hold a decision on post-processing.
  /// - Returns: What a predictor is told.
  /// - Throws: `SelfConfiguredError` for a decision that cannot be read.
  func options(keepsProbabilities: Bool, model: String) throws -> Predictor.Options {
    var options = Predictor.Options()
    if let stepSize { options.step = stepSize }
    options.usesMirroring = !noMirroring
    options.keepsProbabilities = keepsProbabilities
    options.postprocessing =
      switch postprocessing {
      case nil: try Postprocessing.decided(for: model)
      case "none": nil
      case let path?: try Postprocessing(contentsOf: path)
      }
    return options
  }
}
