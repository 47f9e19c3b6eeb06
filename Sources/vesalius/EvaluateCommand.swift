// `vesalius evaluate`: how good predicted masks are, case by case and label by label.

import ArgumentParser
import Datasets
import Foundation
import Imaging
import Metrics
import Segmentation
import Study

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare predicted masks with reference masks.",
    discussion: """
      Files are paired by name: a prediction goes with the reference of the same name, or with the \
      mask of the image of that name. Two single files are compared whatever their names.
      """)

  @Argument(help: "A predicted mask, or a folder of them.")
  var predictions: String

  @Argument(help: "A reference mask, a folder of them, or a dataset (folder or pairs.csv).")
  var references: String

  @Option(help: "Where the scores go: one line per case and label (.csv), or all of it (.json).")
  var out: String

  @Option(help: "Labels to score, by value or name, with commas between them; all if left out.")
  var labels: String?

  @Option(
    help: "Score of a label that is in neither mask: undefined (if left out), one or zero.",
    transform: Self.policy)
  var whenEmpty: EmptyPolicy = .undefined

  @Flag(help: "Leave out references that have no prediction instead of failing.")
  var allowMissing = false

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  private var labelNames: [String]? {
    labels?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  func validate() throws {
    if labelNames?.isEmpty == true { throw ValidationError("--labels needs at least one label") }
  }

  func run() async throws {
    _ = try Evaluation.Format(path: out)
    try requireSafeOutput()
    let evaluation = try await Evaluation.compare(
      Pairing(predictions: predictions, references: references),
      options: Evaluation.Options(
        labels: labelNames, whenEmpty: whenEmpty, allowMissing: allowMissing),
      load: { path in try LabelMap(contentsOf: path) })
    try evaluation.write(to: out)
    if json {
      let text = String(decoding: try evaluation.json(), as: UTF8.self)
      try Output.result(text.trimmingCharacters(in: .newlines))
    } else {
      let count = evaluation.cases.count
      try Output.result(
        """
        \(evaluation.text())
        \(count) \(count == 1 ? "case" : "cases") compared; every score is in \(out).
        """)
    }
  }

  /// The scores must replace neither the table or the description of the dataset that they judge,
  /// nor the report of the run that made the mask.
  private func requireSafeOutput() throws {
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    let inputs = [predictions, references].flatMap {
      [$0, RunReport.path(beside: $0), $0 + "/pairs.csv", $0 + "/dataset.json"]
    }
    if inputs.map(resolved).contains(resolved(out)) {
      throw ValidationError("\(out) would replace an input; choose another --out")
    }
  }

  private static func policy(_ text: String) throws -> EmptyPolicy {
    guard let policy = EmptyPolicy(rawValue: text) else {
      throw ValidationError("expected undefined, one or zero, not '\(text)'")
    }
    return policy
  }
}
