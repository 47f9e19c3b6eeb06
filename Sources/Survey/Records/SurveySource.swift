// A publication that values come from.

/// A source.
public struct SurveySource: Sendable, Equatable, Codable {
  /// Its citation key.
  public var id = ""
  /// E.g. "Wang et al.".
  public var authors = ""
  public var title = ""
  public var venue: String?
  public var year: Int?
  public var doi: String?
  public var url: String?

  init() {}

  /// In a few words: "Wang et al. 2021, MICCAI".
  public var short: String {
    authors + (year.map { " \($0)" } ?? "") + (venue.map { ", \($0)" } ?? "")
  }

  /// Where it can be read.
  public var address: String? { url ?? doi.map { "https://doi.org/\($0)" } }
}

extension SurveySource: SurveyRecord {
  static let table = "sources"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.sources
  var key: [String] { [id] }

  static let columns: [Column<Self>] = [
    .text("id", \.id, check: TextRule.citationKey),
    .text("authors_short", \.authors),
    .text("title", \.title),
    .optional("venue", \.venue),
    .count("year", \.year, in: 1900...2100),
    .optional("doi", \.doi, check: TextRule.doi),
    .optional("url", \.url, check: TextRule.address),
  ]
}
