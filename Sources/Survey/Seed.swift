// The tables of the published survey, which are part of the product.

import Foundation

extension SurveyContent {
  /// The survey as it was published (arXiv 2506.10825), with the doubts that its curators noted.
  ///
  /// - Throws: ``SurveyError`` if the product's own files are damaged
  public static func published() throws -> SurveyContent {
    let draft = try SurveyFiles.draft(Seed.folder)
    let findings = Consistency.findings(in: draft, known: SurveyContent())
    guard findings.isEmpty else { throw SurveyError.refused(findings) }
    return draft.content
  }
}

enum Seed {
  static var folder: String { Bundle.module.bundleURL.appendingPathComponent("Seed").path }
}
