// Who takes part in a study: each entrant is looked up by its kind.

import Datasets
import Foundation
import Prompts
import Segmentation

/// Checks of a protocol against what exists.
enum StudyChecks {
  /// What participants are checked against.
  struct Dataset: Sendable {
    let path: String
    let description: DatasetDescription
    /// The labels that are scored.
    let labels: [StudyPlan.Label]
    /// All labels of the dataset.
    let known: [StudyPlan.Label]
    let cases: [StudyPlan.Case]
    let training: [StudyPlan.Case]
    /// Where models are kept that are trained for the study.
    let trainings: String
  }

  /// What became of an entrant: it takes part, it takes part once it is trained, or there are problems.
  struct Verdict {
    var participant: StudyPlan.Participant?
    var training: PlannedTraining?
    var problems: [Problem] = []
    var remarks: [Problem] = []
  }

  /// One entrant, looked up; or why it cannot take part.
  static func participant(
    _ entrant: Entrant, in study: StudyProtocol, of dataset: Dataset, from folder: String,
    store: ModelStore
  ) async -> Verdict {
    if let task = entrant.training { return trainedHere(entrant, task, in: study, of: dataset) }
    switch (entrant.model, entrant.predictions) {
    case (let model?, nil) where model.hasPrefix("baseline/"):
      return baseline(entrant, model, in: study, of: dataset)
    case (Entrant.trainedModel?, nil) where entrant.hasWeightFile:
      return trained(
        entrant, at: StudyPlan.resolved(entrant.weights ?? "", from: folder), in: study,
        of: dataset)
    case (let model?, nil):
      return network(entrant, model, in: study, of: dataset, from: folder, store: store)
    case (nil, let predictions?):
      return await masks(
        entrant, at: StudyPlan.resolved(predictions, from: folder), of: dataset)
    default:
      let problem = Problem(
        entrant.name, "it needs either a model or a folder of predictions",
        remedy: "write model: MODEL/TAG or predictions: FOLDER")
      return Verdict(problems: [problem])
    }
  }

  /// The levels that an entrant runs at, those of the study unless it names its own.
  static func levels(_ entrant: Entrant, in study: StudyProtocol) -> [PromptLevel] {
    (entrant.prompts ?? study.prompts).compactMap { try? PromptLevel($0) }
  }

  /// Levels that an entrant itself misspells, and what it says was given.
  static func misspelt(_ entrant: Entrant) -> [Problem] {
    var problems = (entrant.prompts ?? []).compactMap { text -> Problem? in
      do {
        _ = try PromptLevel(text)
        return nil
      } catch {
        return Problem(entrant.name, String(describing: error), remedy: "correct its 'prompts'")
      }
    }
    if let given = entrant.given, entrant.predictions == nil {
      problems.append(
        Problem(
          entrant.name, "it is run here, so that 'given: \(given)' cannot be stated",
          remedy: "leave 'given' out; it is for masks made elsewhere"))
    } else if let given = entrant.given, !Entrant.givens.contains(given) {
      problems.append(
        Problem(
          entrant.name, "it was given '\(given)', which means nothing here",
          remedy: "write one of " + Entrant.givens.joined(separator: ", ")))
    }
    return problems
  }

  /// Whether two names are one, apart from case and from how words are joined.
  static func same(_ a: String, _ b: String) -> Bool {
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    return plain(a) == plain(b)
  }
}
