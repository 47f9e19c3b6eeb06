// Whether a model serves all groups alike: scores by hospital, sex, scanner or any other column.

/// The scores of one model in one group of cases.
public struct Subgroup: Sendable, Equatable, Codable {
  public let name: String
  public let summary: Summary
  /// Whether it has fewer defined scores than were asked for, and so takes no part in the gap.
  public let isSmall: Bool

  public init(name: String, summary: Summary, isSmall: Bool) {
    self.name = name
    self.summary = summary
    self.isSmall = isSmall
  }
}

/// The groups of one column for one model.
public struct SubgroupReport: Sendable, Equatable, Codable {
  public let model: String
  public let column: String
  /// In ascending order of their names.
  public let groups: [Subgroup]
  /// Cases without a value in the column.
  public let ungrouped: Int
  /// The groups of the best and the worst mean that are large enough; nil for fewer than two of
  /// those.
  public let best: String?
  public let worst: String?
  /// How far their means lie apart, never negative.
  public let gap: Double?

  public init(
    model: String, column: String, groups: [Subgroup], ungrouped: Int, best: String?,
    worst: String?, gap: Double?
  ) {
    self.model = model
    self.column = column
    self.groups = groups
    self.ungrouped = ungrouped
    self.best = best
    self.worst = worst
    self.gap = gap
  }
}

extension ScoreTable {
  /// Summarises each model in each group of cases.
  ///
  /// - Parameters:
  ///   - column: what the groups are of, such as "sex"
  ///   - values: for each case its group; nil where unknown
  ///   - higherIsBetter: the direction of the metric
  ///   - minimumCases: defined scores below which a group is flagged as small
  ///   - rule: which intervals are made
  /// - Returns: one report per model, in the order of the table
  /// - Throws: ``StatisticsError/labelsDiffer(what:labels:cases:)``
  public func subgroups(
    column: String, values: [String?], higherIsBetter: Bool = true, minimumCases: Int = 10,
    rule: IntervalRule = IntervalRule()
  ) throws -> [SubgroupReport] {
    guard values.count == cases.count else {
      throw StatisticsError.labelsDiffer(
        what: "values of \(column)", labels: values.count, cases: cases.count)
    }
    let names = Set(values.compactMap { $0 }).sorted()
    let places = names.map { name in values.indices.filter { values[$0] == name } }
    return models.indices.map { model in
      let groups = zip(names, places).map { name, places in
        let summary = Summary(
          of: places.map { scores[model][$0] },
          clusters: clusters.map { clusters in places.map { clusters[$0] } }, rule: rule)
        return Subgroup(name: name, summary: summary, isSmall: summary.defined < minimumCases)
      }
      let ordered = groups.filter { !$0.isSmall }
        .compactMap { group in group.summary.mean.map { (name: group.name, mean: $0) } }
        .sorted { higherIsBetter ? $0.mean > $1.mean : $0.mean < $1.mean }
      let ends = ordered.first.flatMap { best in ordered.dropFirst().last.map { (best, $0) } }
      return SubgroupReport(
        model: models[model], column: column, groups: groups,
        ungrouped: values.count { $0 == nil }, best: ends?.0.name, worst: ends?.1.name,
        gap: ends.map { abs($0.0.mean - $0.1.mean) })
    }
  }
}
