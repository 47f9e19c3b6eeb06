// Protocols as YAML: written with a line on each entry, read with errors that name the entry.

import Foundation
import Metrics
import Yams

extension StudyProtocol {
  /// Reads a protocol.
  ///
  /// - Throws: ``StudyError/badProtocol(path:reason:)``
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw StudyError.badProtocol(path: path, reason: "it does not exist")
    }
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw StudyError.badProtocol(path: path, reason: "it is not UTF-8 text")
    }
    do {
      if let reason = Self.unknownEntry(in: try Yams.compose(yaml: text)) {
        throw StudyError.badProtocol(path: path, reason: reason)
      }
      self = try YAMLDecoder().decode(StudyProtocol.self, from: text)
    } catch let error as StudyError {
      throw error
    } catch {
      throw StudyError.badProtocol(path: path, reason: Self.reason(error))
    }
    guard format == 1 else {
      throw StudyError.badProtocol(
        path: path, reason: "its format is \(format); this version reads format 1")
    }
  }

  /// The protocol with a remark on every entry; what ``init(contentsOf:)`` reads.
  public func yaml() throws -> String {
    let encoder = YAMLEncoder()
    encoder.options.sortKeys = false
    encoder.options.width = -1
    encoder.options.allowUnicode = true
    let node = try Yams.compose(yaml: encoder.encode(self))
    var parts = [
      "# Protocol of a comparison: `vesalius compare --protocol FILE --out DIR` repeats it."
    ]
    for entry in Self.entries {
      let value = node?.mapping?[Node(entry.key)]
      let text =
        try value.map {
          try Yams.serialize(node: Node([(Node(entry.key), $0)]), width: -1, allowUnicode: true)
        }
        ?? "# \(entry.key):\n"
      parts.append("# \(entry.remark)\n\(text)")
    }
    return parts.joined(separator: "\n")
  }

  private static let entries: [(key: String, remark: String)] = [
    ("format", "Version of this format."),
    ("dataset", "Folder of the dataset, or its table of pairs."),
    ("cases", "Names of the cases to take; all when left out."),
    (
      "split",
      "column, test, train: which cases are scored and which may be learnt from; or heldOut: how many are "
        + "scored, drawn by patient. Without either all are scored, and whatever learns sees cases of other "
        + "patients only."
    ),
    ("labels", "Labels to score, by name or value; all when left out."),
    ("objects", "What one prompt points at: label, component or instance."),
    (
      "models",
      "name, then model (with weights: published, untrained or a file; nnunet with the path of a trained "
        + "model) or training (minutes, cases: how it is trained first), or predictions (a folder of masks, with "
        + "given: none, oracle, jittered or human); prompts, labels and trainedOn if needed."
    ),
    (
      "prompts",
      "What promptable models are given: point, points-N, box, jittered-box, scribble; support-K shows K "
        + "other cases with their masks; none asks for everything in the image."
    ),
    ("metrics", "What is measured; `Documentation/metrics` defines each."),
    ("primary", "The metric of headlines, gallery and curves."),
    ("options", "Where definitions differ: the reading that counts here."),
    (
      "statistics",
      "Confidence, resamples, level of significance; cluster: images that belong together."
    ),
    ("subgroups", "Columns by which scores are shown group by group."),
    ("ranking", "separate: each level of prompts has its own; together: one over everything."),
    ("failures", "A case that a model failed on counts as worst, or is left undefined."),
    ("published", "Table of published values: model, dataset, metric, value, source."),
    ("precision", "auto, fp32, bf16 or int16."),
    ("seed", "All that is random follows from it."),
  ]

  /// The first entry that nobody would read, such as a misspelt one, and where it stands.
  private static func unknownEntry(in node: Node?) -> String? {
    guard let root = node?.mapping else { return nil }
    func check(_ node: Node?, _ place: String, _ known: [String]) -> String? {
      let names = node?.mapping?.keys.compactMap(\.string) ?? []
      return names.filter { !known.contains($0) }.min().map {
        "\(place) has the unknown entry '\($0)'; known are " + known.joined(separator: ", ")
      }
    }
    func names(of value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
    if let reason = check(node, "it", entries.map(\.key)) { return reason }
    let tables: [(String, Any)] = [
      ("split", Split()), ("statistics", StatisticsPlan()), ("options", MetricOptions()),
    ]
    for (entry, value) in tables {
      if let reason = check(root[Node(entry)], "'\(entry)'", names(of: value)) { return reason }
    }
    let models = root[Node("models")]?.sequence.map(Array.init) ?? []
    for (index, model) in models.enumerated() {
      let known = names(of: Entrant(name: ""))
      let place = "'models', entry \(index + 1),"
      let training = model.mapping?[Node("training")]
      if let reason = check(model, place, known)
        ?? check(training, "\(place) training", names(of: TrainingTask(minutes: 1)))
      {
        return reason
      }
    }
    return nil
  }

  private static func reason(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map { "entry \($0 + 1)" } ?? $0.stringValue }.joined(separator: ", ")
    }
    switch error {
    case is YamlError:
      let text = String(describing: error).split(whereSeparator: \.isNewline)
      return "it is not valid YAML: \(text.prefix(2).joined(separator: " "))"
    case DecodingError.keyNotFound(let key, let context):
      let path = place(context.codingPath)
      return "'\(key.stringValue)' is missing" + (path.isEmpty ? "" : " in \(path)")
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return "'\(place(context.codingPath))' has a value of another kind"
    case DecodingError.dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "it is not valid YAML" : "'\(place(context.codingPath))': \(context.debugDescription)"
    default:
      return String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    }
  }
}
