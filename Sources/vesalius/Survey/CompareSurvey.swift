// `vesalius survey compare`: the best of two groups of models, data set by data set, and what the gaps are worth.

import ArgumentParser
import Foundation
import Survey

struct CompareSurvey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two groups of models by their best values.",
    discussion: """
      A group is a framework (generalist, task-specific), a branch (sam, sam2, image-only, image-text) or a \
      model. Data sets on which both have a value are paired; gaps are tested over data sets.
      """)

  @Argument(help: "A framework, a branch or a model.")
  var first: String

  @Argument(help: "Another.")
  var second: String

  @Option(help: "dataset (if left out), organ (main structure) or region.", transform: word)
  var by = SurveyComparison.Grouping.dataset

  @Option(help: "primary, best (if left out) or measured.", transform: word)
  var kind = SurveyResult.Kind.best

  @OptionGroup var filters: SurveyFilterOptions

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let comparison = try store.opened().compare(
      first, second, by: by, kind: kind, filter: try filters.filter())
    if json { return try Output.result(comparison) }
    guard !comparison.pairs.isEmpty else {
      return try Output.result("no data set has values of both")
    }
    if by == .dataset { try Output.result(pairs(comparison) + "\n") }
    try Output.result(summaries(comparison))
    for warning in comparison.warnings { try Output.result("Mind: \(warning)") }
  }

  private func pairs(_ comparison: SurveyComparison) -> String {
    table(
      ["GAP", "DATA SET", comparison.first.uppercased(), "", comparison.second.uppercased(), ""],
      comparison.pairs.map { pair in
        [
          Headlines.points(pair.gap), pair.datasetName,
          SurveyText.value(pair.first), pair.first.modelName,
          SurveyText.value(pair.second), pair.second.modelName,
        ]
      })
  }

  private func summaries(_ comparison: SurveyComparison) -> String {
    let rows = comparison.groups + [comparison.overall]
    return table(
      [
        by == .dataset ? "" : by.rawValue.uppercased(), "DATA SETS", "AHEAD", "BEHIND", "EQUAL",
        "MEDIAN GAP", "95 %", "WILCOXON P", "HOLM", "PERMUTATION P",
      ],
      rows.map { row in
        [
          row.group.isEmpty ? "all" : row.group, "\(row.datasets)", "\(row.ahead)",
          "\(row.behind)", "\(row.equal)", Headlines.points(row.medianGap),
          row.interval.map { "\(Headlines.points($0.low)) to \(Headlines.points($0.high))" } ?? "–",
          row.wilcoxon.map(Headlines.pValue) ?? "–", row.corrected.map(Headlines.pValue) ?? "–",
          row.permutation.map(Headlines.pValue) ?? "–",
        ]
      })
  }
}
