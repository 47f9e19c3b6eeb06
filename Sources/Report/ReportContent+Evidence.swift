// What stands beside the scores: calibration, and what others published.

public import Statistics

extension ReportContent {
  /// Whether the stated probabilities are the frequencies that come true.
  public struct Calibration: Sendable, Equatable, Codable {
    public var contender: String
    /// In ascending order, without gaps.
    public var bins: [Bin]
    public var expectedError: Double?
    public var maximumError: Double?
    public var brier: Double?
    /// What was counted, e.g. "foreground probability of every voxel within 10 mm of the reference".
    public var note: String?

    public init(
      contender: String, bins: [Bin], expectedError: Double? = nil, maximumError: Double? = nil,
      brier: Double? = nil, note: String? = nil
    ) {
      self.contender = contender
      self.bins = bins
      self.expectedError = expectedError
      self.maximumError = maximumError
      self.brier = brier
      self.note = note
    }
  }

  public struct Bin: Sendable, Equatable, Codable {
    public var low: Double
    public var high: Double
    /// Voxels in it.
    public var count: Int
    public var meanConfidence: Double?
    /// The share of its voxels that are foreground in the reference.
    public var frequency: Double?

    public init(
      low: Double, high: Double, count: Int, meanConfidence: Double?, frequency: Double?
    ) {
      self.low = low
      self.high = high
      self.count = count
      self.meanConfidence = meanConfidence
      self.frequency = frequency
    }
  }

  /// A number that somebody printed, beside the one measured here.
  public struct PublishedScore: Sendable, Equatable, Codable {
    public var contender: String
    public var metric: String
    public var value: Double
    /// As printed with it.
    public var standardDeviation: Double?
    public var measured: Double?
    public var measuredInterval: Interval?
    /// The data it was published for.
    public var dataset: String
    /// In what the two differ, e.g. "other split; 2-D Dice averaged over slices".
    public var difference: String?
    public var source: Reference

    public init(
      contender: String, metric: String, value: Double, standardDeviation: Double? = nil,
      measured: Double? = nil, measuredInterval: Interval? = nil, dataset: String,
      difference: String? = nil, source: Reference
    ) {
      self.contender = contender
      self.metric = metric
      self.value = value
      self.standardDeviation = standardDeviation
      self.measured = measured
      self.measuredInterval = measuredInterval
      self.dataset = dataset
      self.difference = difference
      self.source = source
    }
  }

  /// Where something is written.
  public struct Reference: Sendable, Equatable, Codable {
    public var citation: String
    /// An http or https address; others are printed, not linked.
    public var url: String?

    public init(_ citation: String, url: String? = nil) {
      self.citation = citation
      self.url = url
    }
  }
}
