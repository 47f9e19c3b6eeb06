// Values that others published for a model and a dataset, to stand beside what was measured here.

import Foundation
import Metrics
import Tables

/// A published value.
public struct PublishedValue: Sendable, Equatable, Codable {
  public let model: String
  public let dataset: String
  public let metric: String
  /// As a fraction of 1 for metrics that have a range of 0 … 1.
  public let value: Double
  public let source: String

  /// Reads a table with the columns model, dataset, metric, value and source; the survey's names
  /// (model_id, dataset_id, source_id) are understood too.
  ///
  /// - Throws: ``StudyError/badTable(path:reason:)``
  public static func read(_ path: String) throws -> [PublishedValue] {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(bytes: data, encoding: .utf8)
    else { throw StudyError.badTable(path: path, reason: "it cannot be read as text") }
    let table: CSV
    do { table = try CSV(parsing: text) } catch {
      throw StudyError.badTable(path: path, reason: String(describing: error))
    }
    let header = table.header.map { $0.lowercased() }
    func column(_ name: String) throws -> Int {
      for candidate in [name, name + "_id"] {
        if let index = header.firstIndex(of: candidate) { return index }
      }
      throw StudyError.badTable(
        path: path,
        reason: "it has no column '\(name)', only \(table.header.joined(separator: ", "))")
    }
    let columns = try ["model", "dataset", "metric", "value", "source"].map(column)
    return try table.rows.map { row in
      let fields = columns.map { row.fields[$0].trimmingCharacters(in: .whitespaces) }
      func bad(_ reason: String) -> StudyError {
        StudyError.badTable(path: path, reason: "line \(row.line): \(reason)")
      }
      let number = fields[3].hasSuffix("%") ? fields[3].dropLast() : fields[3][...]
      guard var value = Double(number.trimmingCharacters(in: .whitespaces)), value.isFinite else {
        throw bad("'\(fields[3])' is no number")
      }
      let metric = try? Metric(named: fields[2])
      // The literature states shares in per cent.
      if metric?.range == 0...1, value > 1 || number.endIndex != fields[3].endIndex { value /= 100 }
      guard metric?.range.contains(value) ?? true else {
        throw bad("\(fields[3]) is no value of \(fields[2])")
      }
      return PublishedValue(
        model: fields[0], dataset: fields[1], metric: metric?.id ?? fields[2].lowercased(),
        value: value, source: fields[4])
    }
  }

  /// Whether this value is of a dataset and of one of a model's names.
  ///
  /// - Parameters:
  ///   - names: of the model, any of which may be the table's
  ///   - name: of the dataset
  ///   - isNamed: false where that is only the name of a folder
  /// - Returns: whether it may stand beside the model's scores
  func concerns(model names: [String], dataset name: String, isNamed: Bool = true) -> Bool {
    names.contains { StudyChecks.same($0, model) }
      && (StudyChecks.same(dataset, name)
        || Contamination.sameDataset(dataset, name, isNamed: isNamed))
  }
}
