// Contents that a report must survive, each written once for all tests.

import Report
import Testing

/// Contents that a report must survive.
enum Sample: String, CaseIterable, CustomTestStringConvertible {
  case usual
  case empty
  case oneCase
  case hostile
  case broken

  var testDescription: String { rawValue }

  var content: ReportContent {
    switch self {
    case .usual: return Self.usualContent
    case .empty:
      return ReportContent(
        header: .init(title: "Nothing", dataset: "none", date: "2026", version: "0", cases: 0))
    case .oneCase: return Self.oneCaseContent
    case .hostile: return Self.hostileContent
    case .broken: return Self.brokenContent
    }
  }

  /// Written once for all tests.
  var page: String { Self.pages[self] ?? "" }

  private static let pages = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, HTMLReport($0.content).html()) })

  private static let oneCaseContent = SampleContent(cases: 1, contenders: 1).content()

  /// Ids that nobody declared, rows of wrong lengths, numbers that are none.
  private static let brokenContent: ReportContent = {
    var content = SampleContent(cases: 6, contenders: 2).content()
    content.cases.removeLast()
    content.groups[0].contenders += ["nobody", content.groups[0].contenders[0]]
    content.groups[0].results[0].metric = "unknown"
    content.groups[1].results[0].rankings[0] = .init(
      method: .meanThenRank, models: ["nobody", "point/medsam"], values: [], ranks: [1])
    content.groups[1].results[0].stability[0] = .init(
      method: .testBased, models: ["nobody", "x"], resamples: 0, frequencies: [[]], tauMean: .nan,
      tauLow: nil, tauHigh: nil)
    content.scores[0].values = [.nan, .infinity]
    content.scores[1].failures = [.init(caseIndex: 99, reason: "beyond")]
    content.primaryMetric = "unknown too"
    content.contenders.append(content.contenders[0])
    return content
  }()

  private static let usualContent = SampleContent(cases: 12, contenders: 3).content()

  /// Every text of a user is one of the hostile ones.
  private static let hostileContent = SampleContent(cases: 5, contenders: 3) { text in
    let place = text.utf8.reduce(0) { ($0 * 31 + Int($1)) % 9973 } % Hostile.texts.count
    return Hostile.texts[place] + (text == "u-net" ? " u-net" : "")
  }.content()
}
