// What a person or a training set buys: scores by prompts, scores by training cases.

public import Statistics

extension ReportContent {
  /// Scores against what is given: clicks that add up, or kinds of prompt side by side.
  public struct EffortCurves: Sendable, Equatable, Codable {
    /// E.g. "Corrective clicks".
    public var title: String
    public var metric: String
    /// What the steps count, e.g. "Clicks per object" or "Kind of prompt".
    public var axis: String
    /// Labels of the steps, e.g. "1", "2", "3" or "point", "box".
    public var steps: [String]
    /// Where each step builds on the one before, so that a line between them means something.
    public var isCumulative: Bool
    public var series: [Series]
    /// Levels of contenders that were given nothing, drawn as horizontal lines.
    public var references: [ReferenceLevel]
    /// Prompts needed to reach a target.
    public var needed: [PromptsNeeded]
    public var note: String?

    public init(
      title: String, metric: String, axis: String, steps: [String], isCumulative: Bool,
      series: [Series], references: [ReferenceLevel] = [], needed: [PromptsNeeded] = [],
      note: String? = nil
    ) {
      self.title = title
      self.metric = metric
      self.axis = axis
      self.steps = steps
      self.isCumulative = isCumulative
      self.series = series
      self.references = references
      self.needed = needed
      self.note = note
    }
  }

  /// One model over the steps of an axis.
  public struct Series: Sendable, Equatable, Codable {
    public var contender: String
    public var points: [SeriesPoint]

    public init(contender: String, points: [SeriesPoint]) {
      self.contender = contender
      self.points = points
    }
  }

  public struct SeriesPoint: Sendable, Equatable, Codable {
    /// The index of the step for effort curves, the number of training cases for break-even curves.
    public var x: Double
    public var mean: Double?
    public var interval: Interval?
    /// Cases behind the mean.
    public var cases: Int?

    public init(x: Double, mean: Double?, interval: Interval? = nil, cases: Int? = nil) {
      self.x = x
      self.mean = mean
      self.interval = interval
      self.cases = cases
    }
  }

  /// A score that does not move along the axis.
  public struct ReferenceLevel: Sendable, Equatable, Codable {
    public var contender: String
    public var mean: Double
    public var interval: Interval?

    public init(contender: String, mean: Double, interval: Interval? = nil) {
      self.contender = contender
      self.mean = mean
      self.interval = interval
    }
  }

  public struct PromptsNeeded: Sendable, Equatable, Codable {
    public var contender: String
    /// The score to be reached.
    public var target: Double
    /// Mean over all cases; those that never got there count as the limit.
    public var meanPrompts: Double?
    public var limit: Int
    /// Cases that got there.
    public var reached: Int
    public var cases: Int

    public init(
      contender: String, target: Double, meanPrompts: Double?, limit: Int, reached: Int, cases: Int
    ) {
      self.contender = contender
      self.target = target
      self.meanPrompts = meanPrompts
      self.limit = limit
      self.reached = reached
      self.cases = cases
    }
  }

  /// From how many labelled cases on a network trained for the task beats a model that needs none.
  public struct BreakEven: Sendable, Equatable, Codable {
    public var metric: String
    /// Trained networks; `x` is the number of training cases.
    public var series: [Series]
    /// Models that were not trained for the task.
    public var references: [ReferenceLevel]
    public var crossings: [Crossing]
    public var note: String?

    public init(
      metric: String, series: [Series], references: [ReferenceLevel] = [],
      crossings: [Crossing] = [], note: String? = nil
    ) {
      self.metric = metric
      self.series = series
      self.references = references
      self.crossings = crossings
      self.note = note
    }
  }

  public struct Crossing: Sendable, Equatable, Codable {
    /// The contender of the curve.
    public var trained: String
    /// The contender of the level.
    public var reference: String
    /// Interpolated between the sizes tried; nil where the curve never crosses.
    public var cases: Double?
    public var interval: Interval?
    /// E.g. "not reached with 64 cases".
    public var remark: String?

    public init(
      trained: String, reference: String, cases: Double?, interval: Interval? = nil,
      remark: String? = nil
    ) {
      self.trained = trained
      self.reference = reference
      self.cases = cases
      self.interval = interval
      self.remark = remark
    }
  }
}
