// Writes the explorer: pages that open from disk, with the data beside them.

import Foundation

/// The explorer of the survey as a folder of files.
public struct SurveySite: Sendable {
  /// A model of the toolkit that is one of the survey's.
  public struct Implementation: Sendable, Codable {
    public let id: String
    public let weightsLicence: String
    public let parity: String

    public init(id: String, weightsLicence: String, parity: String) {
      self.id = id
      self.weightsLicence = weightsLicence
      self.parity = parity
    }
  }

  private let content: SurveyContent
  private let prices: PriceTable
  private let implementations: [String: [Implementation]]

  /// Makes the explorer of a survey.
  ///
  /// - Parameters:
  ///   - content: what it shows
  ///   - prices: by which trainings are priced
  ///   - implementations: what runs here, by the survey's ids of models
  public init(
    _ content: SurveyContent, prices: PriceTable, implementations: [String: [Implementation]] = [:]
  ) {
    self.content = content
    self.prices = prices
    self.implementations = implementations
  }

  /// Writes index.html with its scripts and data, and the tables as CSV beside it.
  ///
  /// - Parameter folder: made if need be; files of the same names are replaced
  /// - Throws: ``SurveyError``
  public func write(to folder: String) throws {
    let pages = Bundle.module.bundleURL.appendingPathComponent("Site").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: pages)) ?? []
    for name in names.sorted() {
      try TextFile.write(TextFile.read("\(pages)/\(name)"), to: "\(folder)/\(name)")
    }
    try TextFile.write(script(), to: "\(folder)/survey.js")
    try SurveyFiles.write(content, as: .csv, to: "\(folder)/tables")
  }

  /// The data as a script, since pages from disk may not read files.
  func script() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(SiteContent(content, prices, implementations))
    let json = String(decoding: data, as: UTF8.self)
      .replacing("<", with: "\\u003c").replacing("\u{2028}", with: "\\u2028")
      .replacing("\u{2029}", with: "\\u2029")
    return "// The data of the explorer.\n'use strict';\nconst SURVEY = \(json);\n"
  }
}
