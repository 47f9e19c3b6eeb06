// An institution and its country, by which models can be looked for.

/// An institution.
public struct Affiliation: Sendable, Equatable, Codable {
  public var name = ""
  public var country = ""

  init() {}
}

extension Affiliation: SurveyRecord {
  static let table = "affiliations"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.affiliations
  var key: [String] { [name] }

  static let columns: [Column<Self>] = [
    .text("name", \.name), .text("country", \.country),
  ]
}
