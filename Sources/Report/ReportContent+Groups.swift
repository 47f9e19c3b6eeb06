// What the statistics say of contenders that may be ranked against each other.

public import Statistics

extension ReportContent {
  /// Contenders that were given the same; a ranking never reaches beyond its group.
  public struct Group: Sendable, Equatable, Codable {
    public var id: String
    /// E.g. "Automatic" or "One oracle point".
    public var title: String
    /// What the contenders were given, and what their order may and may not be read as.
    public var note: String?
    /// Ids. Tables and charts follow the first ranking, and this order where there is none.
    public var contenders: [String]
    public var results: [MetricResult]

    public init(
      id: String, title: String, note: String? = nil, contenders: [String],
      results: [MetricResult] = []
    ) {
      self.id = id
      self.title = title
      self.note = note
      self.contenders = contenders
      self.results = results
    }
  }

  /// One group by one metric.
  public struct MetricResult: Sendable, Equatable, Codable {
    public var metric: String
    public var summaries: [ContenderSummary]
    public var comparisons: [PairedComparison]
    /// The first is the one that the study was planned for.
    public var rankings: [Ranking]
    public var stability: [RankStability]
    /// One per structure, where several were scored.
    public var labels: Breakdown?
    public var subgroups: [Breakdown]
    /// The level below which a corrected p counts as significant.
    public var alpha: Double

    public init(
      metric: String, summaries: [ContenderSummary], comparisons: [PairedComparison] = [],
      rankings: [Ranking] = [], stability: [RankStability] = [], labels: Breakdown? = nil,
      subgroups: [Breakdown] = [], alpha: Double = 0.05
    ) {
      self.metric = metric
      self.summaries = summaries
      self.comparisons = comparisons
      self.rankings = rankings
      self.stability = stability
      self.labels = labels
      self.subgroups = subgroups
      self.alpha = alpha
    }
  }

  /// Location and spread of one contender.
  public struct ContenderSummary: Sendable, Equatable, Codable {
    public var contender: String
    public var summary: Summary
    /// Cases without an answer; how they were counted is told by ``failurePolicy``.
    public var failed: Int
    /// E.g. "counted as 0"; nil where none failed.
    public var failurePolicy: String?

    public init(
      contender: String, summary: Summary, failed: Int = 0, failurePolicy: String? = nil
    ) {
      self.contender = contender
      self.summary = summary
      self.failed = failed
      self.failurePolicy = failurePolicy
    }
  }

  /// The scores split by an attribute of the cases, or by structure.
  public struct Breakdown: Sendable, Equatable, Codable {
    /// E.g. "Scanner".
    public var attribute: String
    public var levels: [Level]
    /// One per contender for which it could be told.
    public var gaps: [Gap]
    public var note: String?

    public init(attribute: String, levels: [Level], gaps: [Gap] = [], note: String? = nil) {
      self.attribute = attribute
      self.levels = levels
      self.gaps = gaps
      self.note = note
    }
  }

  /// One value of the attribute.
  public struct Level: Sendable, Equatable, Codable {
    public var name: String
    /// Cases in it.
    public var cases: Int
    public var scores: [LevelScore]

    public init(name: String, cases: Int, scores: [LevelScore]) {
      self.name = name
      self.cases = cases
      self.scores = scores
    }
  }

  public struct LevelScore: Sendable, Equatable, Codable {
    public var contender: String
    public var mean: Double?
    /// Of the mean.
    public var interval: Interval?
    /// Cases with a score.
    public var defined: Int

    public init(contender: String, mean: Double?, interval: Interval? = nil, defined: Int) {
      self.contender = contender
      self.mean = mean
      self.interval = interval
      self.defined = defined
    }
  }

  /// How much worse a contender is in its worst level than in its best.
  public struct Gap: Sendable, Equatable, Codable {
    public var contender: String
    public var best: String
    public var worst: String
    /// Best minus worst for metrics where more is better, worst minus best for others: never negative.
    public var gap: Double
    public var interval: Interval?

    public init(
      contender: String, best: String, worst: String, gap: Double, interval: Interval? = nil
    ) {
      self.contender = contender
      self.best = best
      self.worst = worst
      self.gap = gap
      self.interval = interval
    }
  }
}
