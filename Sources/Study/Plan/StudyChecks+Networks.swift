// Networks that take part: whether they are known, have their weights, and speak of the dataset's labels.

import Foundation
import Models
import Prompts
import Segmentation

extension StudyChecks {
  static func network(
    _ entrant: Entrant, _ model: String, in study: StudyProtocol, of dataset: Dataset,
    from folder: String, store: ModelStore
  ) -> (participant: StudyPlan.Participant?, problems: [Problem]) {
    func refuse(_ met: String, _ remedy: String) -> (StudyPlan.Participant?, [Problem]) {
      (nil, [Problem(entrant.name, met, remedy: remedy)])
    }
    let entry: RegisteredModel
    do { entry = try Registry.model(model) } catch {
      return refuse(String(describing: error), "see `vesalius models list`")
    }
    let isPromptable = entry.checkpoint?.prompting != nil
    var file: String?
    var hash: String?
    if entrant.weights != "untrained" {
      let path =
        entrant.weights.flatMap { $0 == "published" ? nil : StudyPlan.resolved($0, from: folder) }
        ?? store.path(of: entry).path
      guard FileManager.default.fileExists(atPath: path) else {
        return refuse(
          "its weights are not at \(path)",
          "run `vesalius models pull \(entry.id)`, or name a file (\(model)@FILE), or say \(model)@untrained"
        )
      }
      do { hash = try ModelStore.sha256(ofFile: path) } catch {
        return refuse("\(path) cannot be read", "check the file")
      }
      file = path
    }
    var problems = misspelt(entrant)
    do { _ = try file.flatMap { try Provenance(beside: $0) } } catch {
      problems.append(
        Problem(
          Provenance.path(beside: file ?? ""), "it cannot be read: \(error)",
          remedy: "repair it; it tells which images the weights have seen"))
    }
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
      if let reason = unanswerable(level, dataset) {
        problems.append(
          Problem(entrant.name, reason, remedy: "leave '\(level)' out of its prompts"))
      }
    }
    // The study's levels are for those who can read them.
    if isPromptable { levels = levels.filter { unanswerable($0, dataset) == nil } }
    if levels.isEmpty {
      problems.append(
        Problem(
          entrant.name, "it can read none of the study's prompts",
          remedy: "add point or box to 'prompts', or leave it out"))
    }
    let labels: [Int32: Int32]
    switch isPromptable ? .success([:]) : mapped(entrant, entry, onto: dataset) {
    case .success(let found): labels = found
    case .failure(let problem):
      labels = [:]
      problems.append(problem)
    }
    guard problems.isEmpty else { return (nil, problems) }
    return (
      StudyPlan.Participant(
        entrant: entrant, kind: isPromptable ? .promptable : .dense, levels: levels, weights: file,
        weightsHash: hash, labels: ByLabel(labels), files: [:]), []
    )
  }

  /// Why no promptable network here can answer at a level.
  private static func unanswerable(_ level: PromptLevel, _ dataset: Dataset) -> String? {
    switch level {
    case .text: "it reads no text"
    case .support: "it reads no examples"
    case .none where !dataset.description.instances:
      "without prompts it finds nameless objects, and this dataset's masks do not number objects"
    default: nil
    }
  }

  /// For each label of the network the label of the dataset that it stands for: by the entrant's own
  /// table, else by name, else foreground for foreground where each has one only.
  private static func mapped(
    _ entrant: Entrant, _ entry: RegisteredModel, onto dataset: Dataset
  ) -> Result<[Int32: Int32], Problem> {
    let names = entry.checkpoint?.labels ?? []
    let foreground = names.indices.dropFirst().map { (value: Int32($0), name: names[$0]) }
    let offered = dataset.labels
    func label(called text: String) -> Int32? {
      offered.first { same($0.name, text) || String($0.value) == text }?.value
    }
    var result: [Int32: Int32] = [:]
    if let table = entrant.labels {
      for (theirs, ours) in table.sorted(by: { $0.key < $1.key }) {
        guard
          let value = foreground.first(where: {
            same($0.name, theirs) || String($0.value) == theirs
          })?.value
        else {
          return .failure(
            Problem(
              entrant.name, "\(entry.id) has no label '\(theirs)'",
              remedy: "it has " + foreground.map(\.name).joined(separator: ", ")))
        }
        guard let target = label(called: ours) else {
          return .failure(
            Problem(
              entrant.name, "the dataset has no label '\(ours)'",
              remedy: "it has " + offered.map(\.name).joined(separator: ", ")))
        }
        result[value] = target
      }
      return .success(result)
    }
    for item in foreground { result[item.value] = label(called: item.name) }
    if result.isEmpty, foreground.count <= 1, offered.count == 1 {
      return .success([1: offered[0].value])
    }
    guard !result.isEmpty else {
      return .failure(
        Problem(
          entrant.name,
          "none of its labels (\(DatasetReading.list(foreground.map(\.name)))) is one of the dataset's "
            + "(\(DatasetReading.list(offered.map(\.name))))",
          remedy: "say which is which: labels: {\(foreground.first?.name ?? "theirs"): "
            + "\(offered.first?.name ?? "ours")}"))
    }
    return .success(result)
  }

  /// Whether two labels have one name, apart from case and from how words are joined.
  static func same(_ a: String, _ b: String) -> Bool {
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    return plain(a) == plain(b)
  }
}
