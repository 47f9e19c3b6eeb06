// The survey in a few figures: how much there is, who leads where, and by how much.

import Statistics

/// The headline figures.
public struct Headlines: Sendable, Equatable, Codable {
  /// How many records there are, by table and kind.
  public struct Count: Sendable, Equatable, Codable {
    public let what: String
    public let count: Int
  }

  public let counts: [Count]
  /// The best generalist against the best task-specific value, with a summary for each region.
  public let frameworks: SurveyComparison
  /// Each branch of generalists against task-specific networks.
  public let branches: [SurveyComparison]

  /// In Markdown, as the guide shows it.
  public var text: String {
    var lines = [
      counts.map { "\($0.count) \($0.what)" }.joined(separator: ", ") + ".", "",
    ]
    let all = frameworks.overall
    lines.append(
      "The best generalist value is above the best task-specific value on \(all.ahead) of "
        + "\(all.datasets) data sets, below on \(all.behind), equal on \(all.equal); the median gap "
        + "is \(Self.points(all.medianGap)) points\(Self.interval(all)).")
    lines += [
      "",
      "| generalists against task-specific networks "
        + "| data sets | ahead | behind | median gap | 95 % | p |", "|---|---|---|---|---|---|---|",
    ]
    lines.append(Self.line("all", all, all.wilcoxon))
    let corrected = Correction.holm.adjusted(branches.map(\.overall.wilcoxon))
    lines += zip(branches, corrected).map { Self.line("branch \($0.first)", $0.overall, $1) }
    lines += frameworks.groups.map { Self.line("region \($0.group)", $0, $0.corrected) }
    lines += [
      "",
      "p is that of the signed-rank test; for branches and for regions after Holm's correction.",
      "",
    ]
    lines += frameworks.warnings.map { "- \($0)" }
    return lines.joined(separator: "\n")
  }

  private static func line(
    _ name: String, _ summary: SurveyComparison.Summary, _ p: Double?
  ) -> String {
    let cells = [
      name, "\(summary.datasets)", "\(summary.ahead)", "\(summary.behind)",
      points(summary.medianGap),
      summary.interval.map { "\(points($0.low)) to \(points($0.high))" } ?? "–",
      p.map(pValue) ?? "–",
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private static func interval(_ summary: SurveyComparison.Summary) -> String {
    guard let interval = summary.interval else { return "" }
    return " (95 %: \(points(interval.low)) to \(points(interval.high)))"
  }

  /// A gap with its sign and two digits.
  public static func points(_ value: Double) -> String {
    let hundredths = Int((abs(value) * 100).rounded())
    let sign = hundredths == 0 ? "" : value < 0 ? "−" : "+"
    let rest = hundredths % 100
    return "\(sign)\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// A p-value with three digits, or below 0.001.
  public static func pValue(_ value: Double) -> String {
    guard value >= 0.001 else { return "<0.001" }
    let thousandths = Int((value * 1000).rounded())
    let digits = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }
}

extension SurveyDatabase {
  /// The headline figures of what is in the database.
  ///
  /// - Throws: ``SurveyError``
  public func headlines() throws -> Headlines {
    let content = try content()
    func count(_ kind: SurveyResult.Kind) -> Int { content.results.count { $0.kind == kind } }
    let generalists = content.models.count { $0.framework == .generalist }
    let measured = count(.measured)
    return Headlines(
      counts: [
        Headlines.Count(
          what: "models (\(generalists) generalist, \(content.models.count - generalists) "
            + "task-specific)", count: content.models.count),
        Headlines.Count(what: "data sets", count: content.datasets.count),
        Headlines.Count(
          what: "published values (\(count(.primary)) primary, \(count(.best)) best)",
          count: content.results.count - measured),
        Headlines.Count(what: "sources", count: content.sources.count),
        Headlines.Count(what: "doubts", count: content.doubts.count),
      ] + (measured > 0 ? [Headlines.Count(what: "measured values", count: measured)] : []),
      frameworks: try compare("generalist", "task-specific", by: .region),
      branches: try SurveyModel.Branch.allCases.filter { $0 != .taskSpecific }.map {
        try compare($0.rawValue, "task-specific")
      })
  }
}
