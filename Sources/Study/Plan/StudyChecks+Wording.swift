// What a protocol says beside files: names of metrics, levels of prompts and columns, numbers, and names.

import Datasets
import Foundation
import Metrics
import Prompts
import Tensors

extension StudyChecks {
  /// Words that must mean something.
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
    let asked =
      study.subgroups.map { ("subgroups", $0) }
      + [study.statistics.cluster].compactMap(\.self).map { ("statistics", $0) }
    for (entry, column) in asked where !columns.contains(column) {
      check(
        entry, "the dataset has no column '\(column)'",
        "there are: " + (columns.isEmpty ? "none" : columns.sorted().joined(separator: ", ")))
    }
    check(
      "objects",
      study.objects == .instance && !description.instances
        ? "the values of this dataset's masks do not number objects" : nil,
      "use label or component, or state \"instances\": true in dataset.json")
    let known = ["auto"] + Precision.allCases.map(\.rawValue)
    check(
      "precision",
      known.contains(study.precision) ? nil : "'\(study.precision)' is no precision",
      "write one of " + known.joined(separator: ", "))
    return problems
  }

  /// Numbers outside of what has a meaning.
  static func ranges(_ study: StudyProtocol) -> [Problem] {
    var problems: [Problem] = []
    func check(_ entry: String, _ isSound: Bool, _ met: String, _ remedy: String) {
      guard !isSound else { return }
      problems.append(Problem("the entry '\(entry)'", met, remedy: "give \(remedy)"))
    }
    let statistics = study.statistics
    check(
      "statistics", (0.5..<1).contains(statistics.confidence),
      "confidence is \(statistics.confidence)", "a share from 0.5 to below 1")
    check(
      "statistics", (100...1_000_000).contains(statistics.resamples),
      "resamples is \(statistics.resamples)", "100 to 1000000")
    check(
      "statistics", (0..<0.5).contains(statistics.alpha), "alpha is \(statistics.alpha)",
      "a level below 0.5")
    let options = study.options
    for (name, value) in [
      ("nsdToleranceMM", options.nsdToleranceMM), ("boundaryShare", options.boundaryShare),
    ] {
      check("options", value > 0 && value.isFinite, "\(name) is \(value)", "a number above 0")
    }
    for (name, value) in [
      ("matchingThreshold", options.matchingThreshold), ("lesionFraction", options.lesionFraction),
    ] {
      check("options", (0...1).contains(value), "\(name) is \(value)", "a share from 0 to 1")
    }
    check(
      "options", (1...1_000_000).contains(options.calibrationBins),
      "calibrationBins is \(options.calibrationBins)", "1 to 1000000")
    return problems
  }

  /// Names of entrants and cases that tables and files cannot carry.
  static func names(_ study: StudyProtocol, cases: [StudyPlan.Case]) -> [Problem] {
    var problems: [Problem] = []
    func add(_ met: String, _ remedy: String) {
      problems.append(Problem("the entry 'models'", met, remedy: remedy))
    }
    if study.models.isEmpty { add("nobody takes part", "name at least one model") }
    for (index, entrant) in study.models.enumerated()
    where entrant.name.allSatisfy(\.isWhitespace) {
      add("its entry \(index + 1) has no name", "give it one")
    }
    for (name, same) in Dictionary(grouping: study.models, by: \.name) where same.count > 1 {
      add("\(same.count) of them are called '\(name)'", "give each a name of its own")
    }
    for name in study.models.map(\.name) + cases.map(\.id)
    where StudyFolder.fileName(name).utf8.count > longestName {
      problems.append(
        Problem(
          name, "its name is too long for a file name",
          remedy: "give it a shorter one; what is no plain letter or digit counts threefold"))
    }
    return problems
  }

  /// Bytes of a file name; most file systems allow 255, endings included.
  private static let longestName = 200
}
