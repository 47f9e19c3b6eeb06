// Masks made elsewhere that take part: every file is read before anything is scored.

import Datasets
import Foundation
import Imaging
import Prompts
import Segmentation

extension StudyChecks {
  static func masks(
    _ entrant: Entrant, at folder: String, of dataset: Dataset
  ) async -> Verdict {
    func refuse(_ error: any Error, _ remedy: String) -> Verdict {
      Verdict(problems: [Problem(entrant.name, String(describing: error), remedy: remedy)])
    }
    let pairing: Pairing
    do {
      pairing = try Pairing(predictions: folder, cases: dataset.cases.map { ($0.id, $0.reference) })
    } catch {
      return refuse(error, "name a folder with a mask for each case")
    }
    var verdict = Verdict(problems: misspelt(entrant) + contradictions(of: entrant))
    if !pairing.missingPredictions.isEmpty {
      verdict.problems.append(
        Problem(
          "\(entrant.name) (\(folder))",
          "\(pairing.missingPredictions.count) of \(dataset.cases.count) cases have no mask: "
            + DatasetReading.list(pairing.missingPredictions),
          remedy: "add a file with the name of each case, or restrict the study with 'cases'"))
    }
    let table: [Int32: Int32]
    do {
      table = try meanings(entrant, try declaredNames(in: folder), of: dataset, folder)
    } catch let problem as Problem {
      verdict.problems.append(problem)
      return verdict
    } catch {
      verdict.problems += refuse(error, "repair it, or remove it").problems
      return verdict
    }
    let reading = MaskReading(
      description: dataset.description.reading(table), table: table,
      known: Set(dataset.known.map(\.value)))
    let checks = (try? await concurrently(pairing.pairs) { reading.check($0) }) ?? []
    var files: [String: StudyPlan.HashedFile] = [:]
    var most = 0
    for (pair, outcome) in zip(pairing.pairs, checks) {
      switch outcome {
      case .failure(let problem): verdict.problems.append(problem)
      case .success(let (file, values)):
        files[pair.id] = file
        most = max(most, values)
      }
    }
    guard verdict.problems.isEmpty else { return verdict }
    let numbersObjects = dataset.description.instances && most > 1
    if dataset.description.instances, !numbersObjects {
      verdict.remarks.append(
        Problem(
          entrant.name, "none of its masks numbers objects, as the dataset's do",
          remedy: "its connected components count as its objects"))
    }
    // One folder is one set of masks, whatever prompts others get.
    let level = entrant.prompts?.first.flatMap { try? PromptLevel($0) } ?? PromptLevel.none
    verdict.participant = StudyPlan.Participant(
      entrant, .predictions, [level], labels: table, files: files, numbersObjects: numbersObjects)
    return verdict
  }

  /// What cannot be true of one folder of masks.
  private static func contradictions(of entrant: Entrant) -> [Problem] {
    let prompts = entrant.prompts ?? []
    var problems: [Problem] = []
    if prompts.count > 1 {
      problems.append(
        Problem(
          entrant.name, "one folder is one set of masks, and 'prompts' lists \(prompts.count)",
          remedy: "name the level that they were made at, and the others' folders by themselves"))
    }
    if entrant.given == "none", let level = prompts.first, level != "none" {
      problems.append(
        Problem(
          entrant.name, "'given: none' contradicts its prompts (\(level))", remedy: "correct one"))
    }
    return problems
  }

  /// Label names from a dataset.json beside the masks, as nnU-Net leaves one.
  private static func declaredNames(in folder: String) throws -> [Int32: String] {
    let path = URL(fileURLWithPath: folder, isDirectory: true)
      .appendingPathComponent("dataset.json").path
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    return try DatasetDescription(contentsOf: path).labels.filter { $0.key != 0 }
  }

  /// Which label of the dataset each label of the masks stands for: by the entrant's own table, else by
  /// name. Where both sides name their labels, the names decide and not the numbers.
  private static func meanings(
    _ entrant: Entrant, _ names: [Int32: String], of dataset: Dataset, _ folder: String
  ) throws -> [Int32: Int32] {
    if dataset.description.instances {
      guard entrant.labels == nil else {
        throw Problem(
          entrant.name, "its values number objects, as the dataset's do, and have no names",
          remedy: "leave its 'labels' out")
      }
      return [:]
    }
    var result: [Int32: Int32] = [:]
    for (theirs, ours) in (entrant.labels ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let value = Int32(theirs) ?? names.first(where: { same($0.value, theirs) })?.key else {
        throw Problem(
          entrant.name, "nothing says which value of its masks is '\(theirs)'",
          remedy: names.isEmpty
            ? "write the value itself: labels: {1: \(ours)}"
            : "its dataset.json names \(DatasetReading.list(names.values.sorted()))")
      }
      result[value] = try target(ours, entrant, dataset)
    }
    for (value, name) in names.sorted(by: { $0.key < $1.key }) where result[value] == nil {
      // A dataset that names nothing leaves nothing but the numbers.
      let isNameless = dataset.description.labels.isEmpty
      guard
        let label = dataset.known.first(where: {
          same($0.name, name) || isNameless && $0.value == value
        })
      else {
        throw Problem(
          "\(folder)/dataset.json",
          "it names the label \(value) '\(name)', the dataset has "
            + dataset.known.map { "\($0.name) (\($0.value))" }.joined(separator: ", "),
          remedy: "say which is which: labels: {\(name): NAME}, or {\(name): background}")
      }
      result[value] = label.value
    }
    return result
  }

  /// The label of the dataset that an entrant's table names; 0 for the background.
  static func target(_ text: String, _ entrant: Entrant, _ dataset: Dataset) throws -> Int32 {
    if same(text, "background") || text == "0" { return 0 }
    guard
      let label = dataset.known.first(where: { same($0.name, text) || String($0.value) == text })
    else {
      throw Problem(
        entrant.name, "the dataset has no label '\(text)'",
        remedy: "it has " + dataset.known.map(\.name).joined(separator: ", "))
    }
    return label.value
  }
}

/// How the masks of one entrant are read.
private struct MaskReading: Sendable {
  let description: DatasetDescription
  let table: [Int32: Int32]
  /// All labels of the dataset.
  let known: Set<Int32>

  /// The file as it was checked, and how many different values it holds beside 0.
  func check(_ pair: Pairing.Pair) -> Result<(StudyPlan.HashedFile, Int), Problem> {
    do {
      let met = try LabelMap(contentsOf: pair.prediction)
      let expected = try LabelMap(contentsOf: pair.reference)
      if let difference = Grid.difference(of: met.geometry, from: expected.geometry) {
        return .failure(
          Problem(
            pair.prediction,
            "its \(difference.property) is \(difference.met), that of the reference \(difference.expected)",
            remedy: "write the mask on the grid of the image"))
      }
      if !description.instances, let problem = unknown(met, pair.prediction) {
        return .failure(problem)
      }
      let file = StudyPlan.HashedFile(
        path: pair.prediction, sha256: try ModelStore.sha256(ofFile: pair.prediction))
      return .success((file, Set(met.counts.keys).subtracting([0]).count))
    } catch {
      return .failure(
        Problem(pair.prediction, String(describing: error), remedy: "write whole-number labels"))
    }
  }

  /// Labels that nobody explains.
  private func unknown(_ mask: LabelMap, _ path: String) -> Problem? {
    let explained = table.isEmpty ? known : Set(table.keys)
    let extra = Set(mask.semantic(description).counts.keys).subtracting(explained)
      .subtracting([0, description.ignoredLabel].compactMap(\.self)).sorted()
    guard let first = extra.first else { return nil }
    return Problem(
      path,
      "it holds the label\(extra.count > 1 ? "s" : "") "
        + extra.map(String.init).joined(separator: ", ") + ", which "
        + (table.isEmpty
          ? "the dataset does not have" : "neither the entry 'labels' nor its dataset.json lists"),
      remedy: "say what it stands for (labels: {\(first): NAME}), or remove it")
  }
}
