// Everything that a report of a comparison says, as plain values, so that writing it is a pure function.

/// What a report shows. Sections whose arrays are empty or whose values are nil are left out.
///
/// A contender is a model with its weights and what it was given; its `id` is the key by which scores,
/// summaries, pairs, ranks, costs and pictures speak of it, and the `models` of ``Ranking`` and
/// ``RankStability`` as well as `first` and `second` of ``PairedComparison`` hold such ids.
public struct ReportContent: Sendable, Equatable, Codable {
  public var header: Header
  /// The findings in plain sentences, the most important first; ``FindingSentences`` can build them.
  public var findings: [String]
  public var warnings: [Warning]
  /// In the order in which they are shown.
  public var metrics: [Metric]
  /// The id of the metric that the study was planned for; nil means the first.
  public var primaryMetric: String?
  /// In the order in which colours are given out.
  public var contenders: [Contender]
  /// Contenders that may be ranked against each other, because they were given the same.
  public var groups: [Group]
  public var cases: [Case]
  /// At most one column per contender and metric.
  public var scores: [ScoreColumn]
  public var effort: [EffortCurves]
  public var breakEven: [BreakEven]
  public var calibration: [Calibration]
  public var costs: Costs?
  public var published: [PublishedScore]
  public var gallery: Gallery?
  public var methods: Methods
  public var reproduction: Reproduction?

  public init(
    header: Header, findings: [String] = [], warnings: [Warning] = [], metrics: [Metric] = [],
    primaryMetric: String? = nil, contenders: [Contender] = [], groups: [Group] = [],
    cases: [Case] = [], scores: [ScoreColumn] = [], effort: [EffortCurves] = [],
    breakEven: [BreakEven] = [], calibration: [Calibration] = [], costs: Costs? = nil,
    published: [PublishedScore] = [], gallery: Gallery? = nil, methods: Methods = Methods(),
    reproduction: Reproduction? = nil
  ) {
    self.header = header
    self.findings = findings
    self.warnings = warnings
    self.metrics = metrics
    self.primaryMetric = primaryMetric
    self.contenders = contenders
    self.groups = groups
    self.cases = cases
    self.scores = scores
    self.effort = effort
    self.breakEven = breakEven
    self.calibration = calibration
    self.costs = costs
    self.published = published
    self.gallery = gallery
    self.methods = methods
    self.reproduction = reproduction
  }
}

extension ReportContent {
  /// What stands above the findings.
  public struct Header: Sendable, Equatable, Codable {
    public var title: String
    public var dataset: String
    /// As it shall be printed, e.g. "2026-03-14".
    public var date: String
    /// Of Vesalius.
    public var version: String
    public var cases: Int
    /// nil where the dataset does not say which case belongs to whom.
    public var patients: Int?
    /// The names of the structures that were scored.
    public var labels: [String]
    /// SHA-256 of the protocol, in hexadecimal.
    public var protocolDigest: String?
    public var seed: UInt64?
    /// Further pairs of a term and its value, e.g. "Split" and "test".
    public var facts: [Fact]

    public init(
      title: String, dataset: String, date: String, version: String, cases: Int,
      patients: Int? = nil, labels: [String] = [], protocolDigest: String? = nil,
      seed: UInt64? = nil, facts: [Fact] = []
    ) {
      self.title = title
      self.dataset = dataset
      self.date = date
      self.version = version
      self.cases = cases
      self.patients = patients
      self.labels = labels
      self.protocolDigest = protocolDigest
      self.seed = seed
      self.facts = facts
    }
  }

  /// A term and its value.
  public struct Fact: Sendable, Equatable, Codable {
    public var term: String
    public var value: String

    public init(_ term: String, _ value: String) {
      self.term = term
      self.value = value
    }
  }

  /// What a reader must know before trusting a number.
  public struct Warning: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
      case contamination
      case power
      case failedCases = "failed-cases"
      case nearDuplicates = "near-duplicates"
      case untrainedWeights = "untrained-weights"
      case other
    }

    public var kind: Kind
    public var text: String
    /// Cases or contenders it speaks of, listed below the text.
    public var items: [String]

    public init(_ kind: Kind, _ text: String, items: [String] = []) {
      self.kind = kind
      self.text = text
      self.items = items
    }
  }

  /// One measure and how it is printed.
  public struct Metric: Sendable, Equatable, Codable {
    public var id: String
    /// E.g. "Dice" or "HD95".
    public var name: String
    /// E.g. "mm"; nil for pure numbers.
    public var unit: String?
    public var higherIsBetter: Bool
    /// The ends of its range; nil where there is none.
    public var lowest: Double?
    public var highest: Double?
    /// Digits after the point in tables.
    public var decimals: Int
    /// Definition, options and what it answers for empty masks.
    public var definition: String

    public init(
      id: String, name: String, unit: String? = nil, higherIsBetter: Bool = true,
      lowest: Double? = 0, highest: Double? = nil, decimals: Int = 3, definition: String = ""
    ) {
      self.id = id
      self.name = name
      self.unit = unit
      self.higherIsBetter = higherIsBetter
      self.lowest = lowest
      self.highest = highest
      self.decimals = decimals
      self.definition = definition
    }
  }
}
