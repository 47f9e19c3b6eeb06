// Rules that hold between records: what is referred to exists, nothing is there twice, a percentage is one.

/// The names that records may refer to.
struct KnownNames: Sendable {
  var affiliations: Set<String> = []
  var sources: Set<String> = []
  var models: Set<String> = []
  var datasets: Set<String> = []
  var runs: Set<String> = []
  /// Model, data set and kind of every value.
  var results: Set<[String]> = []

  init() {}

  init(_ content: SurveyContent) { add(content) }

  mutating func add(_ content: SurveyContent) {
    affiliations.formUnion(content.affiliations.map(\.name))
    sources.formUnion(content.sources.map(\.id))
    models.formUnion(content.models.map(\.id))
    datasets.formUnion(content.datasets.map(\.id))
    runs.formUnion(content.runs.map(\.id))
    results.formUnion(content.results.map { [$0.model, $0.dataset, $0.kind.rawValue] })
  }
}

struct Consistency {
  private let draft: Draft
  private let names: KnownNames
  /// Values that a doubt marks as fractions.
  private let fractions: Set<[String]>
  private var findings: [Finding] = []

  /// - Parameters:
  ///   - draft: what is to be added
  ///   - known: what is there already
  init(_ draft: Draft, known: SurveyContent) {
    self.draft = draft
    var names = KnownNames(known)
    names.add(draft.content)
    self.names = names
    fractions = Set(
      (known.doubts + draft.content.doubts).filter { $0.code == Doubt.fraction }
        .map { [$0.model ?? "", $0.dataset ?? "", $0.kind ?? ""] })
  }

  /// Everything that is wrong, in the order of tables and lines.
  static func findings(in draft: Draft, known: SurveyContent) -> [Finding] {
    var check = Consistency(draft, known: known)
    check.checkModels()
    check.checkResults()
    check.checkOthers()
    var unique = Uniqueness(draft: draft)
    try? SurveyContent.visit(&unique)
    return check.findings + unique.findings
  }

  private mutating func report<Record: SurveyRecord>(
    _ index: Int, _ type: Record.Type, _ rule: Rule, _ text: String
  ) {
    findings.append(draft.place(of: index, in: type).finding(rule, text))
  }

  private mutating func checkModels() {
    for (index, model) in draft.content.models.enumerated() {
      if (model.framework == .taskSpecific) != (model.branch == .taskSpecific) {
        report(
          index, SurveyModel.self, .taxonomy,
          "\(model.id) is \(model.framework.rawValue) but of the branch \(model.branch.rawValue)")
      }
      if model.framework == .taskSpecific, model.fusionLevel != nil {
        report(
          index, SurveyModel.self, .taxonomy,
          "\(model.id) is task-specific, which has no fusion level")
      }
      if let first = model.firstDate, let last = model.lastDate, last < first {
        report(
          index, SurveyModel.self, .date, "last_date \(last) is before first_date \(first)")
      }
      for name in model.affiliations where !names.affiliations.contains(name) {
        report(
          index, SurveyModel.self, .knownAffiliation,
          "'\(name)' is no affiliation of the survey; add it with its country"
            + near(name, names.affiliations))
      }
    }
  }

  private mutating func checkResults() {
    for (index, result) in draft.content.results.enumerated() {
      if !names.models.contains(result.model) {
        report(
          index, SurveyResult.self, .knownModel,
          "there is no model '\(result.model)'" + near(result.model, names.models))
      }
      if !names.datasets.contains(result.dataset) {
        report(
          index, SurveyResult.self, .knownDataset,
          "there is no data set '\(result.dataset)'" + near(result.dataset, names.datasets))
      }
      if let source = result.source, !names.sources.contains(source) {
        report(
          index, SurveyResult.self, .knownSource,
          "there is no source '\(source)'" + near(source, names.sources))
      }
      if let run = result.run, !names.runs.contains(run) {
        report(index, SurveyResult.self, .knownRun, "there is no run '\(run)'")
      }
      let key = [result.model, result.dataset, result.kind.rawValue]
      if result.kind != .measured, result.value > 0, result.value <= 1, !fractions.contains(key) {
        report(
          index, SurveyResult.self, .fraction,
          "\(Cell.text(result.value)) looks like a fraction; values are per cent "
            + "(\(Cell.text((result.value * 1e6).rounded() / 1e4))?)")
      }
      if (result.kind == .measured) != (result.run != nil) {
        report(
          index, SurveyResult.self, .measured,
          result.run == nil
            ? "a measured value needs the run it is from"
            : "only measured values have a run")
      }
      if result.kind != .measured, result.setting != nil {
        report(
          index, SurveyResult.self, .measured,
          "only measured values have a setting; say it in the note")
      }
    }
  }

  private mutating func checkOthers() {
    for (index, run) in draft.content.runs.enumerated()
    where !names.datasets.contains(run.dataset) {
      report(index, MeasuredRun.self, .knownDataset, "there is no data set '\(run.dataset)'")
    }
    for (index, evidence) in draft.content.evidence.enumerated() {
      if !names.models.contains(evidence.model) {
        report(
          index, Evidence.self, .knownModel,
          "there is no model '\(evidence.model)'" + near(evidence.model, names.models))
      }
      if evidence.item == .trainingHours, Double(evidence.statement).map({ $0 > 0 }) != true {
        report(index, Evidence.self, .number, "'\(evidence.statement)' is no number of hours")
      }
    }
    for (index, doubt) in draft.content.doubts.enumerated() { check(doubt, index) }
  }

  private mutating func check(_ doubt: Doubt, _ index: Int) {
    if let model = doubt.model, !names.models.contains(model) {
      report(index, Doubt.self, .knownModel, "there is no model '\(model)'")
    }
    if let dataset = doubt.dataset, !names.datasets.contains(dataset) {
      report(index, Doubt.self, .knownDataset, "there is no data set '\(dataset)'")
    }
    if let source = doubt.source, !names.sources.contains(source) {
      report(index, Doubt.self, .knownSource, "there is no source '\(source)'")
    }
    switch (doubt.model, doubt.dataset, doubt.kind, doubt.source) {
    case (_?, nil, nil, nil), (nil, _?, nil, nil), (nil, nil, nil, _?): break
    case (let model?, let dataset?, let kind?, nil):
      if !names.results.contains([model, dataset, kind]) {
        report(
          index, Doubt.self, .knownResult,
          "there is no \(kind) value of \(model) on \(dataset) to doubt")
      }
    default:
      report(
        index, Doubt.self, .required,
        "a doubt is about a model, a data set, a source, or a model's value "
          + "(model_id, dataset_id and kind)")
    }
  }

  /// A hint at the name that was meant.
  private func near(_ name: String, _ known: Set<String>) -> String {
    guard let closest = Nearness.closest(to: name, in: known).first else { return "" }
    return "; did you mean '\(closest)'?"
  }

  /// Reports records whose key another record of the same files has.
  private struct Uniqueness: SurveyContent.Visitor {
    let draft: Draft
    var findings: [Finding] = []

    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) {
      var first: [[String]: Place] = [:]
      for (index, record) in draft.content[keyPath: Record.place].enumerated() {
        let place = draft.place(of: index, in: type)
        guard let earlier = first.updateValue(place, forKey: record.key) else { continue }
        first[record.key] = earlier
        findings.append(
          place.finding(
            .unique,
            "\(record.name) is in \(Record.table) already (\(earlier.file), line \(earlier.line))"))
      }
    }
  }
}
