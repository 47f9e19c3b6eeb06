// Values that others published for a model and a dataset, to stand beside what was measured here.

import Datasets
import Foundation

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
    func column(_ name: String) throws -> Int {
      for candidate in [name, name + "_id"] {
        if let index = table.header.firstIndex(of: candidate) { return index }
      }
      throw StudyError.badTable(
        path: path,
        reason: "it has no column '\(name)', only \(table.header.joined(separator: ", "))")
    }
    let columns = try ["model", "dataset", "metric", "value", "source"].map(column)
    return try table.rows.map { row in
      let fields = columns.map { row.fields[$0] }
      guard let value = Double(fields[3]), value.isFinite else {
        throw StudyError.badTable(
          path: path, reason: "line \(row.line): '\(fields[3])' is no number")
      }
      let isShare = ["dice", "iou", "nsd"].contains(fields[2].lowercased())
      return PublishedValue(
        model: fields[0], dataset: fields[1], metric: fields[2].lowercased(),
        // The literature states overlaps in per cent.
        value: isShare && value > 1 ? value / 100 : value, source: fields[4])
    }
  }

  /// Whether this value is of a dataset and of one of a model's names.
  func concerns(model names: [String], dataset name: String) -> Bool {
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    return names.contains { plain($0) == plain(model) }
      && (plain(dataset) == plain(name) || Contamination.sameDataset(dataset, name))
  }
}
