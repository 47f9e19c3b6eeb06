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

  @Option(
    help: ArgumentHelp(
      "Metrics beside Dice and IoU, with commas between; see Documentation/metrics.",
      valueName: "a,b,…"), transform: Self.metrics)
  var metrics: [Metric] = []

  @Option(
    help: ArgumentHelp(
      "Another reading of a metric, such as nsdToleranceMM=1; may be given several times.",
      valueName: "name=value"))
  var reading: [String] = []

  @Flag(help: "Leave out references that have no prediction instead of failing.")
  var allowMissing = false

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  private var labelNames: [String]? {
    labels?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  func validate() throws {
    do { _ = try MetricOptions(settings: reading) } catch let error as MetricsError {
      throw ValidationError(error.description)
    }
    if labelNames?.isEmpty == true { throw ValidationError("--labels needs at least one label") }
  }

  func run() async throws {
    _ = try Evaluation.Format(path: out)
    try requireSafeOutput()
    var options = Evaluation.Options(
      labels: labelNames, whenEmpty: whenEmpty, allowMissing: allowMissing)
    options.metrics = metrics
    options.readings = try MetricOptions(settings: reading)
    let evaluation = try await Evaluation.compare(
      Pairing(predictions: predictions, references: references), options: options,
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

  private static func metrics(_ text: String) throws -> [Metric] {
    let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    do {
      let metrics = try Metric.named(names)
      if let other = metrics.first(where: { $0.need == .probabilities }) {
        throw ValidationError("\(other.id) needs probabilities, and masks state none")
      }
      return metrics
    } catch let error as MetricsError { throw ValidationError(error.description) }
  }

  private static func policy(_ text: String) throws -> EmptyPolicy {
    guard let policy = EmptyPolicy(rawValue: text) else {
      throw ValidationError("expected undefined, one or zero, not '\(text)'")
    }
    return policy
  }
}
