// A published data set: what is imaged, what is outlined, where in the body, how many.

/// A data set of the survey.
public struct SurveyDataset: Sendable, Equatable, Codable {
  public var id = ""
  public var name = ""
  public var fullName: String?
  public var modality: [String] = []
  /// What is outlined, e.g. "Kidney (Left)".
  public var objects: [String] = []
  public var mainStructure: [String] = []
  public var region: [String] = []
  public var total: Int?
  public var labelled: Int?
  public var related: [String] = []
  public var links: [String] = []

  init() {}
}

extension SurveyDataset: SurveyRecord {
  static let table = "datasets"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.datasets
  var key: [String] { [id] }

  static let columns: [Column<Self>] = [
    .text("id", \.id, check: TextRule.identifier),
    .text("name", \.name),
    .optional("full_name", \.fullName),
    .list("modality", \.modality),
    .list("objects", \.objects),
    .list("main_structure", \.mainStructure),
    .list("region", \.region),
    .count("n_total", \.total, in: 0...1_000_000_000),
    .count("n_labelled", \.labelled, in: 0...1_000_000_000),
    .list("related_datasets", \.related),
    .list("links", \.links, check: TextRule.address),
  ]
}
