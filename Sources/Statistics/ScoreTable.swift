// The scores of several models on the same cases by one metric: what every analysis starts from.

/// Scores of models on cases, with the patients that the cases come from.
public struct ScoreTable: Sendable, Equatable, Codable {
  public let models: [String]
  public let cases: [String]
  /// For each case the group that it was drawn with, usually a patient; nil where cases are
  /// independent.
  ///
  /// Images of one patient resemble each other: to resample them one by one makes intervals too
  /// narrow.
  public let clusters: [String]?
  /// Models × cases; nil is an undefined score.
  public let scores: [[Double?]]

  /// Makes a table of scores.
  ///
  /// - Parameters:
  ///   - models: names, each once
  ///   - cases: names, each once
  ///   - clusters: for each case what it belongs to, such as a patient; nil if cases are
  ///     independent
  ///   - scores: models × cases, finite; nil where a score is undefined
  /// - Throws: ``StatisticsError``
  public init(models: [String], cases: [String], clusters: [String]? = nil, scores: [[Double?]])
    throws
  {
    guard scores.count == models.count else {
      throw StatisticsError.rowsDiffer(models: models.count, rows: scores.count)
    }
    if let clusters, clusters.count != cases.count {
      throw StatisticsError.labelsDiffer(
        what: "clusters", labels: clusters.count, cases: cases.count)
    }
    for (what, names) in [("model", models), ("case", cases)] {
      var seen = Set<String>()
      for name in names where !seen.insert(name).inserted {
        throw StatisticsError.duplicate(what: what, name: name)
      }
    }
    for (model, row) in zip(models, scores) {
      guard row.count == cases.count else {
        throw StatisticsError.lengthsDiffer(
          model: model, scores: row.count, cases: cases.count)
      }
      for (name, score) in zip(cases, row) {
        if let score, !score.isFinite {
          throw StatisticsError.notFinite(model: model, case: name, score: score)
        }
      }
    }
    self.models = models
    self.cases = cases
    self.clusters = clusters
    self.scores = scores
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      models: container.decode([String].self, forKey: .models),
      cases: container.decode([String].self, forKey: .cases),
      clusters: container.decodeIfPresent([String].self, forKey: .clusters),
      scores: container.decode([[Double?]].self, forKey: .scores))
  }

  /// Cases of a model in which it has a score, with their clusters.
  func sample(of model: Int) -> Sample {
    let kept = cases.indices.filter { scores[model][$0] != nil }
    return Sample(
      values: kept.compactMap { scores[model][$0] },
      clusters: clusters.map { clusters in kept.map { clusters[$0] } })
  }
}
