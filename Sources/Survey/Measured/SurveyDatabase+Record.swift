// Takes the results of a comparison in as measured values, beside what was published and never mixed with it.

import Foundation

extension SurveyDatabase {
  /// What was recorded.
  public struct Recording: Sendable, Equatable, Codable {
    /// The id of the run.
    public let run: String
    public let dataset: String
    public let values: Int
    /// Participants that are no models of the survey.
    public let skipped: [String]
    /// Whether the database had exactly this before.
    public let wasKnown: Bool
  }

  /// Records a comparison.
  ///
  /// - Parameters:
  ///   - report: the folder that `vesalius compare` wrote, or its report
  ///   - path: the database; the published survey is its beginning if there is none
  ///   - dataset: the survey's id of the data set; found by the study's own name if nil
  ///   - models: ids of the survey by names of participants, where they differ
  ///   - named: the id of a participant that the survey calls otherwise; nil if that is unknown
  /// - Returns: what was recorded
  /// - Throws: ``SurveyError``; the database is then as it was
  public static func recording(
    _ report: String, into path: String, dataset: String? = nil, models: [String: String] = [:],
    named: (String) -> String? = { _ in nil }
  ) throws -> Recording {
    let study = try StudyReport(contentsOf: report)
    func take(_ database: SurveyDatabase) throws -> Recording {
      try database.write { writer in
        let known = try SurveyDatabase.content(writer.db)
        let entry = try MeasuredEntry(study, report: report, known, dataset, models, named)
        var summary = Summary()
        try writer.take(entry.draft, replacing: false, into: &summary)
        return Recording(
          run: entry.run, dataset: entry.dataset, values: entry.draft.content.results.count,
          skipped: entry.skipped, wasKnown: summary.added == 0)
      }
    }
    if FileManager.default.fileExists(atPath: path) {
      return try take(open(path, for: .writing))
    }
    return try create(path, with: SurveyContent.published(), change: take)
  }
}

/// A comparison as records of the survey.
private struct MeasuredEntry {
  let run: String
  let dataset: String
  let skipped: [String]
  let draft: Draft

  init(
    _ study: StudyReport, report: String, _ known: SurveyContent, _ wanted: String?,
    _ models: [String: String], _ named: (String) -> String?
  ) throws {
    run = "run-" + study.sha256.prefix(12)
    let dataset = try Self.dataset(wanted ?? study.datasetName, isGiven: wanted != nil, known)
    self.dataset = dataset
    let names = Self.Names(known, models)
    for (participant, id) in models.sorted(by: { $0.key < $1.key }) {
      guard study.scores.contains(where: { $0.participant == participant }) else {
        throw SurveyError.badReport(path: report, reason: "nobody is called '\(participant)' in it")
      }
      guard known.models.contains(where: { $0.id == id }) else {
        throw SurveyError.unknown(
          what: "model", name: id, near: Nearness.closest(to: id, in: known.models.map(\.id)))
      }
    }
    var draft = Draft()
    var skipped: [String] = []
    let place = Place(file: TextFile.name(study.report), line: 1)
    var record = MeasuredRun()
    record.id = run
    record.report = study.report
    record.sha256 = study.sha256
    record.dataset = dataset
    record.cases = Double(study.cases)
    record.design = study.design
    draft.add(record, at: place)
    var contaminated: Set<String> = []
    for score in study.scores {
      guard let model = names.id(of: score.participant) ?? named(score.participant) else {
        if !skipped.contains(score.participant) { skipped.append(score.participant) }
        continue
      }
      draft.add(Self.result(score, model, study, run: run, dataset: dataset), at: place)
      if let reason = score.contaminated, contaminated.insert(model).inserted,
        !known.doubts.contains(where: {
          $0.model == model && $0.dataset == dataset && $0.code == Doubt.contaminated
        })
      {
        var doubt = Doubt()
        (doubt.model, doubt.dataset) = (model, dataset)
        doubt.kind = SurveyResult.Kind.measured.rawValue
        doubt.code = Doubt.contaminated
        doubt.text = reason
        draft.add(doubt, at: place)
      }
    }
    for finding in study.evidence {
      guard let model = names.id(of: finding.participant) ?? named(finding.participant) else {
        continue
      }
      var evidence = Evidence()
      (evidence.model, evidence.item) = (model, finding.item)
      evidence.statement = "\(finding.statement) (\(study.cases) cases)"
      evidence.basis = .measured
      evidence.origin = run
      // Variants of one model may say the same.
      if !draft.content.evidence.contains(where: { $0.key == evidence.key }) {
        draft.add(evidence, at: place)
      }
    }
    self.draft = draft
    self.skipped = skipped
    guard !draft.content.results.isEmpty else {
      throw SurveyError.badReport(
        path: report,
        reason: "none of \(skipped.joined(separator: ", ")) is a model of the survey; "
          + "name one with --model PARTICIPANT=ID")
    }
  }

  private static func result(
    _ score: StudyReport.Score, _ model: String, _ study: StudyReport, run: String,
    dataset: String
  ) -> SurveyResult {
    var result = SurveyResult()
    (result.model, result.dataset, result.metric) = (model, dataset, score.metric)
    result.value = (score.mean * 1e6).rounded() / 1e4
    result.kind = .measured
    result.run = run
    // Two participants may be variants of one model.
    let variant = score.participant == model ? [] : [score.participant]
    let setting = variant + (score.setting.isEmpty ? [] : [score.setting])
    result.setting = setting.isEmpty ? nil : setting.joined(separator: ", ")
    result.split = "\(score.cases) of \(study.cases) cases of \(study.datasetName)"
    result.note = score.failures > 0 ? "\(score.failures) cases without an answer" : nil
    return result
  }

  private static func dataset(
    _ name: String, isGiven: Bool, _ known: SurveyContent
  ) throws -> String {
    let wanted = name.lowercased()
    let found = known.datasets.filter {
      $0.id == wanted || $0.name.lowercased() == wanted || $0.fullName?.lowercased() == wanted
    }
    if let dataset = found.first { return dataset.id }
    if isGiven {
      throw SurveyError.unknown(
        what: "data set", name: name,
        near: Nearness.closest(to: name, in: known.datasets.map(\.id)))
    }
    throw SurveyError.noAnswer(
      "the survey has no data set '\(name)'; name one with --dataset ID, or add it with "
        + "`vesalius survey import`")
  }

  /// Which model of the survey a participant is.
  private struct Names {
    private let ids: [String: String]
    private let given: [String: String]

    init(_ known: SurveyContent, _ given: [String: String]) {
      self.given = given
      ids = Dictionary(
        known.models.flatMap { [($0.id, $0.id), ($0.name.lowercased(), $0.id)] },
        uniquingKeysWith: { first, _ in first })
    }

    func id(of participant: String) -> String? {
      if let id = given[participant] { return id }
      // A tag names weights, not another model.
      let name = participant.split(separator: "/").first.map(String.init) ?? participant
      return ids[participant.lowercased()] ?? ids[name.lowercased()]
    }
  }
}
