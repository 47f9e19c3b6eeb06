// What speaks against a value or a fact; shown wherever the value is, and never a reason to change it.

/// A doubt about a result, a model, a data set or a source.
public struct Doubt: Sendable, Equatable, Codable {
  public var model: String?
  public var dataset: String?
  public var kind: String?
  public var source: String?
  /// What sort of doubt, e.g. "outlier".
  public var code = ""
  public var text = ""

  init() {}

  /// The sort by which a value is marked as no percentage.
  public static let fraction = "fraction"
  /// The sort by which a data set is marked as a part of another.
  public static let part = "part"
  /// The sort by which a measured value is marked as seen in training.
  public static let contaminated = "seen-in-training"
}

extension Doubt: SurveyRecord {
  static let table = "doubts"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.doubts
  var key: [String] { [model ?? "", dataset ?? "", kind ?? "", source ?? "", code] }

  static let columns: [Column<Self>] = [
    .optional("model_id", \.model, check: TextRule.identifier),
    .optional("dataset_id", \.dataset, check: TextRule.identifier),
    .optional("kind", \.kind) { text in
      if SurveyResult.Kind(rawValue: text) == nil {
        throw CellFault(rule: .choice, text: "'\(text)' is none of primary, best, measured")
      }
    },
    .optional("source_id", \.source, check: TextRule.citationKey),
    .text("code", \.code, check: TextRule.identifier),
    .text("text", \.text),
  ]
}
