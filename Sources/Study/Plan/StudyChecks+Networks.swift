// Networks that take part: whether they are known, have their weights, and speak of the dataset's labels.

import Foundation
import Models
import Prompts
import Segmentation

extension StudyChecks {
  static func network(
    _ entrant: Entrant, _ model: String, in study: StudyProtocol, of dataset: Dataset,
    from folder: String, store: ModelStore
  ) -> Verdict {
    func refuse(_ met: String, _ remedy: String) -> Verdict {
      Verdict(problems: [Problem(entrant.name, met, remedy: remedy)])
    }
    let entry: RegisteredModel
    do { entry = try Registry.model(model) } catch {
      return refuse(String(describing: error), "see `vesalius models list`")
    }
    guard entry.checkpoint != nil else {
      return refuse("it has no published weights and no labels of its own", "leave it out")
    }
    let found = Self.weights(of: entrant, entry, from: folder, store: store)
    guard case .success(let weights) = found else {
      if case .failure(let problem) = found { return Verdict(problems: [problem]) }
      return Verdict()
    }
    if entry.takesExamples {
      return inContext(entrant, entry, in: study, of: dataset, weights: weights)
    }
    let isPromptable = entry.takesPrompts
    var problems = misspelt(entrant) + damaged([weights.file].compactMap(\.self))
    let isFlat = dataset.cases.contains { $0.isFlat }
    if entry.card.dimensions == 3, isFlat {
      problems.append(
        Problem(
          entrant.name, "\(entry.id) reads volumes and the dataset holds single slices",
          remedy: "leave it out"))
    }
    var levels = isPromptable ? self.levels(entrant, in: study) : [PromptLevel.none]
    if !isPromptable, let prompts = entrant.prompts, prompts != ["none"] {
      problems.append(
        Problem(
          entrant.name, "\(entry.id) segments the whole image and takes no prompts",
          remedy: "leave its 'prompts' out"))
    }
    for level in levels where isPromptable && entrant.prompts != nil {
      if let reason = unanswerable(level, entry, dataset) {
        problems.append(
          Problem(entrant.name, reason, remedy: "leave '\(level)' out of its prompts"))
      }
    }
    // The study's levels are for those who can read them.
    if isPromptable { levels = levels.filter { unanswerable($0, entry, dataset) == nil } }
    if levels.isEmpty {
      problems.append(
        Problem(
          entrant.name, "it can read none of the study's prompts",
          remedy: "add point or box to 'prompts', or leave it out"))
    }
    var labels: [Int32: Int32] = [:]
    if !isPromptable {
      do { labels = try meanings(entrant, entry, of: dataset) } catch {
        problems.append(
          error as? Problem
            ?? Problem(entrant.name, String(describing: error), remedy: "correct its 'labels'"))
      }
    }
    guard problems.isEmpty else { return Verdict(problems: problems) }
    var verdict = Verdict(
      participant: StudyPlan.Participant(
        entrant, isPromptable ? .promptable : .dense, levels, weights: weights.file,
        weightsHash: weights.hash, labels: labels))
    let missed = dataset.labels.filter { !labels.values.contains($0.value) }.map(\.name)
    if !isPromptable, !missed.isEmpty {
      verdict.remarks.append(
        Problem(
          entrant.name, "it does not know \(DatasetReading.list(missed)) and cannot find it",
          remedy: "it is scored as if it had found nothing there; choose with 'labels'"))
    }
    return verdict
  }

  /// Where the weights of a network lie; neither file nor hash for those that follow from a formula.
  struct FoundWeights {
    var file: String?
    var hash: String?
  }

  /// The file that an entrant names, else the published one.
  private static func weights(
    of entrant: Entrant, _ entry: RegisteredModel, from folder: String, store: ModelStore
  ) -> Result<FoundWeights, Problem> {
    guard entrant.weights != "untrained" else { return .success(FoundWeights()) }
    let path =
      entrant.weights.flatMap { $0 == "published" ? nil : StudyPlan.resolved($0, from: folder) }
      ?? store.path(of: entry).path
    let model = entrant.model ?? entry.id
    guard FileManager.default.fileExists(atPath: path) else {
      return .failure(
        Problem(
          entrant.name, "its weights are not at \(path)",
          remedy:
            "run `vesalius models pull \(entry.id)`, or name a file (\(model)@FILE), or say \(model)@untrained"
        ))
    }
    guard let hash = try? ModelStore.sha256(ofFile: path) else {
      return .failure(
        Problem(entrant.name, "\(path) cannot be read", remedy: "check the file"))
    }
    return .success(FoundWeights(file: path, hash: hash))
  }

  /// Why a promptable network cannot answer at a level.
  private static func unanswerable(
    _ level: PromptLevel, _ entry: RegisteredModel, _ dataset: Dataset
  ) -> String? {
    switch level {
    case .none where !entry.findsEverything: "it needs prompts"
    case .text: "it reads no text"
    case .support: "it reads no examples"
    case .none where !dataset.description.instances:
      "without prompts it finds nameless objects, and this dataset's masks do not number objects"
    default: nil
    }
  }

  /// For each label of the network the label of the dataset that it stands for: by name, and by the
  /// entrant's own table over it. Where the dataset has one label without a name, and the network one, they
  /// are the same.
  private static func meanings(
    _ entrant: Entrant, _ entry: RegisteredModel, of dataset: Dataset
  ) throws -> [Int32: Int32] {
    let names = entry.checkpoint?.labels ?? []
    let foreground = names.indices.dropFirst().map { (value: Int32($0), name: names[$0]) }
    var result: [Int32: Int32] = [:]
    for item in foreground {
      result[item.value] = dataset.labels.first { same($0.name, item.name) }?.value
    }
    for (theirs, ours) in (entrant.labels ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard
        let value = foreground.first(where: {
          same($0.name, theirs) || String($0.value) == theirs
        })?.value
      else {
        throw Problem(
          entrant.name, "\(entry.id) has no label '\(theirs)'",
          remedy: "it has " + foreground.map(\.name).joined(separator: ", "))
      }
      result[value] = try target(ours, entrant, dataset)
    }
    guard result.isEmpty else { return result }
    if foreground.count <= 1, dataset.labels.count == 1, let only = dataset.labels.first,
      foreground.isEmpty || dataset.description.labels[only.value] == nil
    {
      return [1: only.value]
    }
    throw Problem(
      entrant.name,
      "none of its labels (\(DatasetReading.list(foreground.map(\.name)))) is one of the dataset's "
        + "(\(DatasetReading.list(dataset.labels.map(\.name))))",
      remedy: "say which is which: labels: {\(foreground.first?.name ?? "theirs"): "
        + "\(dataset.labels.first?.name ?? "ours")}")
  }
}
