// A value of a model on a data set, published or measured by us: two things that are never averaged.

/// One value.
public struct SurveyResult: Sendable, Equatable, Codable {
  /// Whose value it is.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Stated by the model's own paper.
    case primary
    /// The best that any paper states for the model.
    case best
    /// Our own, from a comparison whose report is linked.
    case measured
  }

  public var model = ""
  public var dataset = ""
  /// As `vesalius compare` names it, e.g. "dice".
  public var metric = "dice"
  /// Per cent, 0 to 100.
  public var value = 0.0
  public var kind = Kind.primary
  public var source: String?
  /// The run that a measured value is from.
  public var run: String?
  /// What the model was given when it was measured, e.g. "box"; empty if it was given the image alone.
  public var setting: String?
  /// The cases or the split, if known.
  public var split: String?
  public var note: String?

  init() {}
}

extension SurveyResult: SurveyRecord {
  static let table = "results"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.results
  static let newer: Set<String> = ["run_id", "setting", "split"]

  var key: [String] {
    [model, dataset, metric, kind.rawValue, run ?? "", setting ?? ""]
  }

  static let columns: [Column<Self>] = [
    .text("model_id", \.model, check: TextRule.identifier),
    .text("dataset_id", \.dataset, check: TextRule.identifier),
    .text("metric", \.metric, check: TextRule.identifier),
    .number("value", \.value, in: 0...100),
    .choice("kind", \.kind),
    .optional("source_id", \.source, check: TextRule.citationKey),
    .optional("run_id", \.run, check: TextRule.identifier),
    .optional("setting", \.setting),
    .optional("split", \.split),
    .optional("note", \.note),
  ]
}
