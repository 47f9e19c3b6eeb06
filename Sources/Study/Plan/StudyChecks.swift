// What a protocol says beside files: names of metrics, levels of prompts, columns, and who takes part.

import Datasets
import Foundation
import Metrics
import Prompts
import Segmentation

/// Checks of a protocol's words against what exists.
enum StudyChecks {
  /// What participants are checked against.
  struct Dataset: Sendable {
    let description: DatasetDescription
    let labels: [StudyPlan.Label]
    let cases: [StudyPlan.Case]
    let training: [StudyPlan.Case]
  }

  static func wording(
    _ study: StudyProtocol, _ description: DatasetDescription, cases: [StudyPlan.Case]
  ) -> [Problem] {
    var problems: [Problem] = []
    func check(_ entry: String, _ met: String?, _ remedy: String) {
      if let met { problems.append(Problem("the entry '\(entry)'", met, remedy: remedy)) }
    }
    for name in study.metrics {
      do { _ = try Metric(named: name) } catch {
        check("metrics", String(describing: error), "correct the name")
      }
    }
    check(
      "primary", study.metrics.contains(study.primary) ? nil : "'\(study.primary)' is not measured",
      "name one of 'metrics': " + study.metrics.joined(separator: ", "))
    for level in study.prompts {
      do { _ = try PromptLevel(level) } catch {
        check("prompts", String(describing: error), "correct the name")
      }
    }
    let columns = Set(cases.flatMap(\.attributes.keys))
    for column in study.subgroups + [study.statistics.cluster].compactMap(\.self)
    where !columns.contains(column) {
      check(
        "subgroups", "the dataset has no column '\(column)'",
        "there are: " + (columns.isEmpty ? "none" : columns.sorted().joined(separator: ", ")))
    }
    check(
      "objects",
      study.objects == .instance && !description.instances
        ? "the values of this dataset's masks do not number objects" : nil,
      "use label or component, or state \"instances\": true in dataset.json")
    for (name, same) in Dictionary(grouping: study.models, by: \.name) where same.count > 1 {
      check("models", "\(same.count) of them are called '\(name)'", "give each a name of its own")
    }
    check("models", study.models.isEmpty ? "nobody takes part" : nil, "name at least one model")
    let statistics = study.statistics
    check(
      "statistics",
      (0.5..<1).contains(statistics.confidence) ? nil : "confidence is \(statistics.confidence)",
      "give a share from 0.5 to below 1")
    check(
      "statistics",
      (100...1_000_000).contains(statistics.resamples)
        ? nil : "resamples is \(statistics.resamples)",
      "give 100 to 1000000")
    check(
      "statistics", (0..<0.5).contains(statistics.alpha) ? nil : "alpha is \(statistics.alpha)",
      "give a level below 0.5")
    let tolerance = study.options.nsdToleranceMM
    check("options", tolerance > 0 ? nil : "nsdToleranceMM is \(tolerance)", "give mm above 0")
    return problems
  }

  /// One entrant, looked up; or why it cannot take part.
  static func participant(
    _ entrant: Entrant, in study: StudyProtocol, of dataset: Dataset, from folder: String,
    store: ModelStore
  ) async -> (participant: StudyPlan.Participant?, problems: [Problem]) {
    switch (entrant.model, entrant.predictions) {
    case (let model?, nil) where model.hasPrefix("baseline/"):
      return baseline(entrant, model, in: study, of: dataset)
    case (let model?, nil):
      return network(entrant, model, in: study, of: dataset, from: folder, store: store)
    case (nil, let predictions?):
      return await masks(
        entrant, at: StudyPlan.resolved(predictions, from: folder), of: dataset)
    default:
      return (
        nil,
        [
          Problem(
            entrant.name, "it needs either a model or a folder of predictions",
            remedy: "write model: MODEL/TAG or predictions: FOLDER")
        ]
      )
    }
  }

  /// The levels that an entrant runs at, those of the study unless it names its own.
  static func levels(_ entrant: Entrant, in study: StudyProtocol) -> [PromptLevel] {
    (entrant.prompts ?? study.prompts).compactMap { try? PromptLevel($0) }
  }

  /// Levels that an entrant itself misspells.
  static func misspelt(_ entrant: Entrant) -> [Problem] {
    (entrant.prompts ?? []).compactMap { text in
      do {
        _ = try PromptLevel(text)
        return nil
      } catch {
        return Problem(entrant.name, String(describing: error), remedy: "correct its 'prompts'")
      }
    }
  }
}
