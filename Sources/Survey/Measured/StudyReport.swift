// The results of `vesalius compare` as they lie on disk: what was measured, on how many cases, given what.

import Foundation
import Tables

/// A finished comparison.
struct StudyReport {
  /// One participant's mean over cases by one metric.
  struct Score: Equatable {
    let participant: String
    /// What it was given, e.g. "box"; empty for the image alone.
    let setting: String
    let metric: String
    /// Of the metric's own range.
    let mean: Double
    let cases: Int
    let failures: Int
    /// Why it has seen the data set, if it has.
    let contaminated: String?
  }

  /// The address of the report, as it was given or found.
  let report: String
  let datasetName: String
  let sha256: String
  let cases: Int
  let design: String
  let scores: [Score]
  /// What it says of calibration and fairness.
  let evidence: [MeasuredEvidence]

  /// Reads the folder of a comparison, or its report.
  ///
  /// - Throws: ``SurveyError``
  init(contentsOf path: String) throws {
    let folder = Self.folder(of: path)
    report = folder + "/report.html"
    let results = folder + "/results.csv"
    guard FileManager.default.fileExists(atPath: results) else {
      throw SurveyError.badReport(
        path: path, reason: "expected results.csv beside it, as `vesalius compare --out` writes it")
    }
    let text = try TextFile.read(results)
    let study = try Study(contentsOf: folder + "/results.json", reportedAs: path)
    datasetName = study.plan.datasetName
    cases = study.plan.cases.count
    design = study.plan.study.design
    sha256 = Fingerprint.sha256(text)
    let table: CSV
    do { table = try CSV(parsing: text) } catch {
      throw SurveyError.badReport(path: path, reason: "results.csv: \(error)")
    }
    scores = try Self.scores(
      table, path: path, worst: study.plan.study.failures == "worst")
    evidence = MeasuredEvidence.read(
      table, subgroups: study.plan.study.subgroups ?? [], dataset: datasetName)
    guard !scores.isEmpty else {
      throw SurveyError.badReport(path: path, reason: "no participant has a score in per cent")
    }
  }

  private static func folder(of path: String) -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, isFolder.boolValue { return path.hasSuffix("/") ? String(path.dropLast()) : path }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    return path.contains("/")
      ? String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
      : folder.relativePath
  }

  /// The part of results.json that says what was compared.
  private struct Study: Decodable {
    struct Plan: Decodable {
      struct Item: Decodable { let id: String }
      struct Design: Decodable {
        let failures: String
        let seed: UInt64
        let objects: String
        let subgroups: [String]?
        var design: String { "seed \(seed), prompts per \(objects), failures \(failures)" }
      }

      let datasetName: String
      let cases: [Item]
      let study: Design
    }

    let plan: Plan

    init(contentsOf path: String, reportedAs name: String) throws {
      let text = try TextFile.read(path)
      do {
        self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
      } catch {
        throw SurveyError.badReport(
          path: name, reason: "results.json beside it is not that of a comparison")
      }
    }

    private enum CodingKeys: CodingKey { case plan }
  }

  /// Metrics between 0 and 1, which the survey states in per cent.
  private static let shares: Set<String> = [
    "dice", "iou", "nsd", "cldice", "boundary-iou", "sensitivity", "precision", "pq",
  ]

  /// Means over cases of each case's mean over labels. A case without an answer counts as nothing found
  /// where the study says so; a label that is on neither side takes no part.
  private static func scores(_ table: CSV, path: String, worst: Bool) throws -> [Score] {
    struct Key: Hashable {
      let participant: String
      let setting: String
      let metric: String
    }
    struct Case {
      var values: [Double] = []
      var failed = false
    }
    func column(_ name: String) throws -> Int {
      guard let index = table.header.firstIndex(of: name) else {
        throw SurveyError.badReport(path: path, reason: "results.csv has no column '\(name)'")
      }
      return index
    }
    let model = try column("model")
    let prompts = try column("prompts")
    let item = try column("case")
    let metric = try column("metric")
    let value = try column("value")
    let status = try column("status")
    let contaminated = try column("contaminated")
    var cases: [Key: [String: Case]] = [:]
    var order: [Key] = []
    var reasons: [Key: String] = [:]
    for row in table.rows where shares.contains(row.fields[metric]) {
      let setting = row.fields[prompts]
      let key = Key(
        participant: row.fields[model], setting: setting == "none" ? "" : setting,
        metric: row.fields[metric])
      if cases[key] == nil { order.append(key) }
      var entry = cases[key]?[row.fields[item]] ?? Case()
      if let number = Double(row.fields[value]), (0...1).contains(number) {
        entry.values.append(number)
      }
      if row.fields[status].hasPrefix("failed") { entry.failed = true }
      cases[key, default: [:]][row.fields[item]] = entry
      let reason = row.fields[contaminated]
      if !reason.isEmpty { reasons[key] = reasons[key] ?? reason }
    }
    return order.compactMap { key in
      // Summed in the order of names, so that the last digits do not depend on a hash.
      let all = (cases[key] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
      let means = all.compactMap { entry -> Double? in
        if entry.failed { return worst ? 0 : nil }
        return entry.values.isEmpty
          ? nil : entry.values.reduce(0, +) / Double(entry.values.count)
      }
      guard !means.isEmpty else { return nil }
      return Score(
        participant: key.participant, setting: key.setting, metric: key.metric,
        mean: means.reduce(0, +) / Double(means.count), cases: means.count,
        failures: all.count { $0.failed }, contaminated: reasons[key])
    }
  }
}
