// Takes contributions in: everything is checked first, and either all of it is taken or nothing.

import Foundation

extension SurveyDatabase {
  /// What an import did.
  public struct Summary: Sendable, Equatable, Codable {
    /// How many records are new, changed, or were there already, by table.
    public struct Count: Sendable, Equatable, Codable {
      public var added = 0
      public var changed = 0
      public var unchanged = 0
    }

    public var tables: [String: Count] = [:]

    public var added: Int { tables.values.reduce(0) { $0 + $1.added } }
    public var changed: Int { tables.values.reduce(0) { $0 + $1.changed } }
  }

  /// Imports files into a database, which is made if need be.
  ///
  /// - Parameters:
  ///   - files: folders of tables, single tables, `.json`, `.bib` or `.yaml`
  ///   - path: the database
  ///   - begin: what a new database holds before; the published survey if nil
  ///   - replacing: whether records may replace others of the same key; else they are refused
  /// - Returns: what was done
  /// - Throws: ``SurveyError``; the database is then as it was
  public static func importing(
    _ files: [String], into path: String, begin: SurveyContent? = nil, replacing: Bool = false
  ) throws -> Summary {
    let drafts = try files.map { try SurveyFiles.draft($0) }
    func take(_ database: SurveyDatabase) throws -> Summary {
      try database.write { writer in
        var summary = Summary()
        for draft in drafts { try writer.take(draft, replacing: replacing, into: &summary) }
        return summary
      }
    }
    if FileManager.default.fileExists(atPath: path) {
      return try take(open(path, for: .writing))
    }
    return try create(path, with: begin ?? SurveyContent.published(), change: take)
  }
}

extension SurveyWriter {
  /// Adds what is new in a draft.
  func take(
    _ draft: Draft, replacing: Bool, into summary: inout SurveyDatabase.Summary
  ) throws {
    let known = try SurveyDatabase.content(db)
    let findings = Consistency.findings(in: draft, known: known)
    guard findings.isEmpty else { throw SurveyError.refused(findings) }
    var sorting = Sorting(draft: draft, known: known, summary: summary)
    try SurveyContent.visit(&sorting)
    guard replacing || sorting.conflicts.isEmpty else {
      throw SurveyError.refused(sorting.conflicts)
    }
    try insert(sorting.wanted)
    summary = sorting.summary
  }

  /// Tells new records from those that are there and from those that contradict.
  private struct Sorting: SurveyContent.Visitor {
    let draft: Draft
    let known: SurveyContent
    var summary: SurveyDatabase.Summary
    var wanted = SurveyContent()
    var conflicts: [Finding] = []

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) {
      let records = draft.content[keyPath: Record.place]
      guard !records.isEmpty else { return }
      let known = Dictionary(
        known[keyPath: Record.place].map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
      var count = summary.tables[Record.table] ?? SurveyDatabase.Summary.Count()
      for (index, record) in records.enumerated() {
        guard let earlier = known[record.key] else {
          count.added += 1
          wanted[keyPath: Record.place].append(record)
          continue
        }
        guard earlier != record else {
          count.unchanged += 1
          continue
        }
        count.changed += 1
        wanted[keyPath: Record.place].append(record)
        let changes = zip(Record.columns, zip(earlier.cells, record.cells))
          .filter { $1.0 != $1.1 }.map { "\($0.name) '\($1.0.text)', not '\($1.1.text)'" }
        conflicts.append(
          draft.place(of: index, in: type).finding(
            .conflict,
            "\(record.name) is in the survey with \(changes.joined(separator: ", "))"))
      }
      summary.tables[Record.table] = count
    }
  }
}
