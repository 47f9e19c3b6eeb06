// How an evaluation leaves the program: a tidy table, JSON, or a summary for people.

public import Foundation
import Metrics
import Tables

extension Evaluation {
  /// A file format for results, chosen by the ending of the file.
  public enum Format: String, Sendable, CaseIterable {
    case csv
    case json

    /// The format that a path asks for.
    ///
    /// - Throws: ``EvaluationError/unknownEnding(path:)``
    public init(path: String) throws {
      let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
      guard let format = Format(rawValue: ending) else {
        throw EvaluationError.unknownEnding(path: path)
      }
      self = format
    }
  }

  /// Writes the results beside the target and then renames them, so that no half-written file stays behind.
  ///
  /// - Parameter path: ends in `.csv` or `.json`; folders on the way are created
  /// - Throws: ``EvaluationError``
  public func write(to path: String) throws {
    let format = try Format(path: path)
    do {
      let data =
        switch format {
        case .csv: Data(csv().utf8)
        case .json: try json()
        }
      let file = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    } catch {
      throw EvaluationError.cannotWrite(path: path, reason: error.localizedDescription)
    }
  }

  /// One line per case and label; an undefined score is an empty field.
  public func csv() -> String {
    let further = metricNames
    let header =
      ["case", "label", "name", "dice", "iou"] + further
      + ["tp", "fp", "fn", "voxels", "prediction", "reference"]
    var lines = [CSV.line(header)]
    for item in cases {
      for score in item.scores {
        let counts = [
          score.overlap.truePositives, score.overlap.falsePositives, score.overlap.falseNegatives,
          item.voxels,
        ]
        let values = [score.dice, score.iou] + further.map { score.metrics?[$0].flatMap(\.self) }
        let scores = values.map { $0.map { "\($0)" } ?? "" }
        lines.append(
          CSV.line(
            [item.id, "\(score.label)", score.name] + scores + counts.map { "\($0)" }
              + [item.prediction, item.reference]))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The whole evaluation as one JSON object.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// A table of the summary for a terminal, and what took no part in it.
  public func text() -> String {
    var rows = [
      ["label", "name", "cases", "undefined"]
        + ["Dice mean", "median", "min", "max", "IoU mean", "median", "min", "max"]
    ]
    for item in summary {
      rows.append(
        ["\(item.label)", item.name, "\(cases.count)", "\(item.dice.undefined)"]
          + [item.dice, item.iou].flatMap { scores in
            [scores.mean, scores.median, scores.minimum, scores.maximum].map(Self.rounded)
          })
    }
    var lines = Self.aligned(rows, textColumn: 1)
    if !metricNames.isEmpty { lines += [""] + Self.aligned(metricRows, textColumn: 1) }
    if !missingPredictions.isEmpty {
      lines.append("Without prediction: " + missingPredictions.joined(separator: ", "))
    }
    if !unmatchedPredictions.isEmpty {
      lines.append("Without reference: " + unmatchedPredictions.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  /// Metrics beside Dice and IoU, in their order in tables.
  private var metricNames: [String] {
    let met = Set(cases.flatMap(\.scores).flatMap { Array(($0.metrics ?? [:]).keys) })
    return Metric.all.map(\.id).filter { met.contains($0) && $0 != "dice" && $0 != "iou" }
  }

  private var metricRows: [[String]] {
    let heading = ["label", "name", "metric", "undefined", "mean", "median", "min", "max"]
    return [heading]
      + summary.enumerated().flatMap { index, item in
        metricNames.map { name in
          let values = Distribution(
            of: cases.map { $0.scores[index].metrics?[name].flatMap(\.self) })
          return ["\(item.label)", item.name, name, "\(values.undefined)"]
            + [values.mean, values.median, values.minimum, values.maximum].map(Self.rounded)
        }
      }
  }

  private static func rounded(_ score: Double?) -> String {
    score.map { String(format: "%.4f", $0) } ?? "-"
  }

  /// Pads numbers on the left and the one text column on the right.
  private static func aligned(_ rows: [[String]], textColumn: Int) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == textColumn ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
  }
}
