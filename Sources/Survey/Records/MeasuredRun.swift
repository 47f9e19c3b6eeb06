// A comparison of ours that measured values come from.

/// A run of `vesalius compare`.
public struct MeasuredRun: Sendable, Equatable, Codable {
  /// The first digits of the hash of its results.
  public var id = ""
  /// Where its report lies, as it was given.
  public var report = ""
  public var sha256 = ""
  public var dataset = ""
  /// How many cases were scored.
  public var cases = 0.0
  /// Seed and split in words.
  public var design: String?

  init() {}
}

extension MeasuredRun: SurveyRecord {
  static let table = "runs"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.runs
  var key: [String] { [id] }

  static let columns: [Column<Self>] = [
    .text("id", \.id, check: TextRule.identifier),
    .text("report", \.report),
    .text("sha256", \.sha256) { text in
      let digits = "0123456789abcdef".utf8
      if text.utf8.count != 64 || !text.utf8.allSatisfy(digits.contains) {
        throw CellFault(rule: .text, text: "'\(text)' is no SHA-256 of 64 hexadecimal digits")
      }
    },
    .text("dataset_id", \.dataset, check: TextRule.identifier),
    .number("cases", \.cases, in: 1...1_000_000_000),
    .optional("design", \.design),
  ]
}
