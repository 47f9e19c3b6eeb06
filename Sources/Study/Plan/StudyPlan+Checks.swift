// From a protocol to a plan: everything is looked up and read, and everything that is wrong is told at once.

import Datasets
import Foundation
import Imaging
import Prompts
public import Segmentation

extension StudyPlan {
  /// Looks up what a protocol names.
  ///
  /// Images, references and masks made elsewhere are all read, so that what would spoil the study is told
  /// before hours are spent.
  ///
  /// - Parameters:
  ///   - written: the protocol
  ///   - folder: where its relative paths start
  ///   - store: published weights
  ///   - trainings: where models are kept that are trained for the study
  /// - Throws: ``StudyError/problems(_:)`` with every problem found; `DatasetError` when the dataset itself
  ///   cannot be understood.
  public init(
    _ written: StudyProtocol, from folder: String, store: ModelStore, trainings: String
  ) async throws {
    let study = written.normalised()
    let path = Self.resolved(study.dataset, from: folder)
    let reading = try await DatasetReading(study, path: path)
    var problems = reading.problems
    var remarks = reading.remarks
    let description = reading.folder.description
    let known = Self.labels(description, met: reading.met)
    let labels = Self.chosen(known, study, reading, path: path, &problems)
    let (test, training) = Self.split(study, reading, path: path, &problems)
    problems += StudyChecks.wording(study, description, cases: reading.cases)
    problems += StudyChecks.ranges(study) + StudyChecks.names(study, cases: test)
    let found = StudyChecks.Dataset(
      path: path, description: description, labels: labels, known: known, cases: test,
      training: training, trainings: trainings)
    var participants: [Participant] = []
    var planned: [PlannedTraining] = []
    for entrant in study.models {
      let verdict = await StudyChecks.participant(
        entrant, in: study, of: found, from: folder, store: store)
      problems += verdict.problems
      remarks += verdict.remarks
      if let participant = verdict.participant { participants.append(participant) }
      if let training = verdict.training { planned.append(training) }
    }
    // Clicks and boxes are usual and may find nobody who needs them; text and examples were asked for.
    if problems.isEmpty { problems += Self.unread(study.prompts, by: participants) }
    published = Self.published(study, from: folder, &problems)
    guard problems.isEmpty else { throw StudyError.problems(problems) }
    self.study = study
    datasetName =
      description.name ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    isNamed = description.name != nil
    instances = description.instances
    ignored = description.ignoredLabel
    declared = ByLabel(description.labels)
    self.labels = labels
    cases = test
    self.training = training
    self.participants = participants
    self.trainings = planned
    self.remarks = remarks
  }

  /// Levels that ask for words or examples, where nobody reads them. Clicks and boxes are asked for by
  /// default and need no reader.
  private static func unread(_ prompts: [String], by participants: [Participant]) -> [Problem] {
    prompts.compactMap { text in
      guard let level = try? PromptLevel(text), [.text, .examples].contains(level.given),
        !participants.contains(where: { $0.levels.contains(level) })
      else { return nil }
      return Problem(
        "the entry 'prompts'", "nobody in this study can answer '\(text)'",
        remedy: "leave it out, or add a model that can")
    }
  }

  /// A path of the protocol, which may be relative to its folder.
  static func resolved(_ path: String, from folder: String) -> String {
    path.hasPrefix("/") || folder.isEmpty || folder == "."
      ? path : (folder.hasSuffix("/") ? folder : folder + "/") + path
  }

  /// All labels of a dataset: those it declares, and those that its masks hold.
  private static func labels(
    _ description: DatasetDescription, met: Set<Int32>
  ) -> [Label] {
    let values = description.instances ? [1] : met.union(description.labels.keys)
    return values.subtracting([0]).subtracting([description.ignoredLabel].compactMap(\.self))
      .sorted().map { Label(value: $0, name: description.name(of: $0)) }
  }

  /// The labels to score.
  private static func chosen(
    _ available: [Label], _ study: StudyProtocol, _ reading: DatasetReading, path: String,
    _ problems: inout [Problem]
  ) -> [Label] {
    var labels = available
    if let texts = study.labels {
      labels = []
      for text in texts {
        if let found = available.first(where: { $0.name == text || String($0.value) == text }) {
          if !labels.contains(found) { labels.append(found) }
        } else {
          problems.append(
            Problem(
              study.dataset, "it has no label '\(text)'",
              remedy: "correct the entry 'labels'; there are "
                + available.map { "\($0.name) (\($0.value))" }.joined(separator: ", ")))
        }
      }
      if texts.isEmpty {
        problems.append(
          Problem("the entry 'labels'", "it is empty", remedy: "name labels, or leave it out"))
      }
    }
    if problems.isEmpty, reading.met.isDisjoint(with: labels.map(\.value)) {
      problems.append(
        Problem(
          path,
          "there is nothing to score: every reference is empty"
            + (study.labels == nil ? "" : " of the chosen labels"),
          remedy: "check the masks, or choose other labels or cases"))
    }
    return labels
  }

  private static func published(
    _ study: StudyProtocol, from folder: String, _ problems: inout [Problem]
  ) -> [PublishedValue] {
    guard let path = study.published.map({ resolved($0, from: folder) }) else { return [] }
    do { return try PublishedValue.read(path) } catch {
      var reason = String(describing: error)
      if case StudyError.badTable(_, let told) = error { reason = told }
      problems.append(
        Problem(path, reason, remedy: "correct the table, or leave 'published' out"))
      return []
    }
  }

  /// The cases to score and those to learn from.
  private static func split(
    _ study: StudyProtocol, _ reading: DatasetReading, path: String, _ problems: inout [Problem]
  ) -> (test: [Case], training: [Case]) {
    let cases = reading.cases
    if let count = study.split.heldOut {
      return heldOut(count, study, reading, path: path, &problems)
    }
    guard let column = study.split.column else { return (cases, cases) }
    guard cases.contains(where: { $0.attributes[column] != nil }) else {
      problems.append(
        Problem(
          path, "its table has no column '\(column)'",
          remedy: "correct 'split'; there are "
            + Set(cases.flatMap(\.attributes.keys)).sorted().joined(separator: ", ")))
      return (cases, [])
    }
    let test = cases.filter { $0.attributes[column] == study.split.test ?? "test" }
    let training = cases.filter { $0.attributes[column] == study.split.train ?? "train" }
    if test.isEmpty {
      problems.append(
        Problem(
          path, "no case has '\(study.split.test ?? "test")' in the column '\(column)'",
          remedy: "correct 'split'; the column holds "
            + Set(cases.compactMap { $0.attributes[column] }).sorted().joined(separator: ", ")))
    }
    let both = Set(test.compactMap(\.patient)).intersection(training.compactMap(\.patient))
    if !both.isEmpty {
      let named = (test + training).filter { $0.patient.map(both.contains) ?? false }.map(\.id)
      problems.append(
        Problem(
          path,
          "the split cuts patient\(both.count > 1 ? "s" : "") "
            + "\(DatasetReading.list(both.sorted())) in two (cases \(DatasetReading.list(named)))",
          remedy: "move all images of a patient to one side of the column '\(column)'"))
    }
    return (test, training)
  }

  /// The same where cases are kept aside by chance.
  private static func heldOut(
    _ count: Int, _ study: StudyProtocol, _ reading: DatasetReading, path: String,
    _ problems: inout [Problem]
  ) -> (test: [Case], training: [Case]) {
    let cases = reading.cases
    guard study.split.column == nil else {
      problems.append(
        Problem(
          "the entry 'split'", "it has both a column and heldOut",
          remedy: "leave one of them out"))
      return (cases, [])
    }
    do {
      let all = Set(cases.map(\.id))
      let fold = try Splits.heldOut(
        reading.folder.cases.filter { all.contains($0.id) }, test: count, seed: study.seed
      ).folds[0]
      let test = Set(fold.validation)
      return (cases.filter { test.contains($0.id) }, cases.filter { !test.contains($0.id) })
    } catch {
      problems.append(
        Problem(path, String(describing: error), remedy: "correct heldOut in the entry 'split'"))
      return (cases, [])
    }
  }
}
