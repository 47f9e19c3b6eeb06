// Masks made elsewhere that take part: every file is read before anything is scored.

import Datasets
import Foundation
import Imaging
import Prompts

extension StudyChecks {
  static func masks(
    _ entrant: Entrant, at folder: String, of dataset: Dataset
  ) async -> (participant: StudyPlan.Participant?, problems: [Problem]) {
    let pairing: Pairing
    do {
      pairing = try Pairing(predictions: folder, cases: dataset.cases.map { ($0.id, $0.reference) })
    } catch {
      return (
        nil,
        [Problem(entrant.name, String(describing: error), remedy: "name a folder of masks")]
      )
    }
    var problems = misspelt(entrant)
    if !pairing.missingPredictions.isEmpty {
      problems.append(
        Problem(
          "\(entrant.name) (\(folder))",
          "\(pairing.missingPredictions.count) of \(dataset.cases.count) cases have no mask: "
            + DatasetReading.list(pairing.missingPredictions),
          remedy: "add a file with the name of each case, or restrict the study with 'cases'"))
    }
    let names = declaredNames(in: folder)
    let table: [Int32: Int32]
    switch mapped(entrant, names, onto: dataset, folder: folder) {
    case .success(let found): table = found
    case .failure(let problem): return (nil, problems + [problem])
    }
    let known = Set(dataset.labels.map(\.value))
    let checks = try? await concurrently(pairing.pairs) { pair -> Problem? in
      check(pair, dataset.description, table: table, known: known)
    }
    problems += (checks ?? []).compactMap(\.self)
    guard problems.isEmpty else { return (nil, problems) }
    // One folder is one set of masks, whatever prompts others get.
    let level = entrant.prompts?.first.flatMap { try? PromptLevel($0) } ?? PromptLevel.none
    return (
      StudyPlan.Participant(
        entrant: entrant, kind: .predictions, levels: [level], weights: nil, weightsHash: nil,
        labels: ByLabel(table),
        files: Dictionary(
          pairing.pairs.map { ($0.id, $0.prediction) }, uniquingKeysWith: { first, _ in first })),
      []
    )
  }

  private static func check(
    _ pair: Pairing.Pair, _ description: DatasetDescription, table: [Int32: Int32],
    known: Set<Int32>
  ) -> Problem? {
    do {
      let met = try LabelMap(contentsOf: pair.prediction)
      let expected = try LabelMap(contentsOf: pair.reference)
      if let difference = Grid.difference(of: met.geometry, from: expected.geometry) {
        return Problem(
          pair.prediction,
          "its \(difference.property) is \(difference.met), that of the reference \(difference.expected)",
          remedy: "write the mask on the grid of the image")
      }
      if description.instances { return nil }
      let labels = Set(met.semantic(description).counts.keys).subtracting([0])
      let extra = labels.filter {
        !known.contains(table[$0] ?? $0) && $0 != description.ignoredLabel
      }
      .sorted()
      guard extra.isEmpty else {
        return Problem(
          pair.prediction,
          "it holds the label\(extra.count > 1 ? "s" : "") "
            + extra.map(String.init).joined(separator: ", ") + ", which the study does not score",
          remedy: "say what it stands for (labels: {\(extra[0]): NAME}), or remove it")
      }
      return nil
    } catch {
      return Problem(
        pair.prediction, String(describing: error), remedy: "write whole-number labels")
    }
  }

  /// Label names from a dataset.json beside the masks, as nnU-Net leaves one.
  private static func declaredNames(in folder: String) -> [Int32: String] {
    let path = folder + (folder.hasSuffix("/") ? "" : "/") + "dataset.json"
    return (try? DatasetDescription(contentsOf: path))?.labels.filter { $0.key != 0 } ?? [:]
  }

  /// Which label of the dataset each label of the masks stands for. Where both sides name their labels, the
  /// names decide and not the numbers.
  private static func mapped(
    _ entrant: Entrant, _ names: [Int32: String], onto dataset: Dataset, folder: String
  ) -> Result<[Int32: Int32], Problem> {
    func target(_ text: String) -> Int32? {
      dataset.labels.first { same($0.name, text) || String($0.value) == text }?.value
    }
    var result: [Int32: Int32] = [:]
    for (theirs, ours) in (entrant.labels ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let value = Int32(theirs) ?? names.first(where: { same($0.value, theirs) })?.key,
        let label = target(ours)
      else {
        return .failure(
          Problem(
            entrant.name, "its table of labels says \(theirs): \(ours), of which one is unknown",
            remedy: "the dataset has " + dataset.labels.map(\.name).joined(separator: ", ")))
      }
      result[value] = label
    }
    if entrant.labels == nil, !dataset.description.instances {
      let unknown = names.filter { target($0.value) == nil }.sorted { $0.key < $1.key }
      if let first = unknown.first {
        return .failure(
          Problem(
            "\(folder)/dataset.json",
            "it names the label \(first.key) '\(first.value)', the dataset has "
              + dataset.labels.map { "\($0.name) (\($0.value))" }.joined(separator: ", "),
            remedy: "say which is which: labels: {\(first.value): NAME}"))
      }
      for (value, name) in names { result[value] = target(name) }
    }
    return .success(result)
  }
}
