// The comparison of predictions with references: scores per case and label, and their summary per label.

public import Metrics

/// The scores of one label in one case.
public struct LabelScore: Sendable, Equatable, Codable {
  public let label: Int32
  public let name: String
  /// Dice coefficient; nil where it is undefined.
  public let dice: Double?
  /// Intersection over union; nil where it is undefined.
  public let iou: Double?
  /// The voxel counts from which the scores follow.
  public let overlap: Overlap
  /// Further metrics that were asked for, by id; nil where there are none.
  public let metrics: [String: Double?]?

  public init(
    label: Int32, name: String, overlap: Overlap, whenEmpty policy: EmptyPolicy,
    metrics: [String: Double?]? = nil
  ) {
    self.label = label
    self.name = name
    self.overlap = overlap
    self.metrics = metrics
    dice = overlap.dice(whenEmpty: policy)
    iou = overlap.iou(whenEmpty: policy)
  }

  /// Writes undefined scores as null, so that every record has the same keys.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(label, forKey: .label)
    try container.encode(name, forKey: .name)
    try container.encode(dice, forKey: .dice)
    try container.encode(iou, forKey: .iou)
    try container.encode(overlap, forKey: .overlap)
    try container.encodeIfPresent(metrics, forKey: .metrics)
  }
}

/// The scores of one case.
public struct CaseScore: Sendable, Equatable, Codable {
  /// The name of the case.
  public let id: String
  public let prediction: String
  public let reference: String
  /// Voxels of the grid.
  public let voxels: Int
  /// One score per evaluated label, in the order of the labels.
  public let scores: [LabelScore]

  enum CodingKeys: String, CodingKey {
    case id = "case"
    case prediction
    case reference
    case voxels
    case scores
  }
}

/// The scores of one label over all cases.
public struct LabelSummary: Sendable, Equatable, Codable {
  public let label: Int32
  public let name: String
  public let dice: Distribution
  public let iou: Distribution
}

/// Predictions compared with references.
public struct Evaluation: Sendable, Equatable, Codable {
  /// What an evaluation leaves to choice.
  public struct Options: Sendable, Equatable {
    /// Values or names of the labels to score; nil scores every label that is declared or met, but not
    /// the background.
    public var labels: [String]?
    /// The score of a label that is in neither mask.
    public var whenEmpty: EmptyPolicy
    /// Whether references without a prediction are left out instead of being an error.
    public var allowMissing: Bool
    /// Metrics beside Dice and IoU; those of probabilities have no value here.
    public var metrics: [Metric] = []
    /// Readings of these metrics; of empty masks ``whenEmpty`` decides.
    public var readings = MetricOptions()

    public init(
      labels: [String]? = nil, whenEmpty: EmptyPolicy = .undefined, allowMissing: Bool = false
    ) {
      self.labels = labels
      self.whenEmpty = whenEmpty
      self.allowMissing = allowMissing
    }
  }

  /// Scores in the order of the references.
  public let cases: [CaseScore]
  /// One summary per evaluated label.
  public let summary: [LabelSummary]
  public let whenEmpty: EmptyPolicy
  /// References that were left out for want of a prediction.
  public let missingPredictions: [String]
  /// Predictions that no reference goes with.
  public let unmatchedPredictions: [String]

  init(
    cases: [CaseScore], whenEmpty: EmptyPolicy, missingPredictions: [String],
    unmatchedPredictions: [String]
  ) {
    self.cases = cases
    self.whenEmpty = whenEmpty
    self.missingPredictions = missingPredictions
    self.unmatchedPredictions = unmatchedPredictions
    summary = (cases.first?.scores ?? []).enumerated().map { index, score in
      LabelSummary(
        label: score.label, name: score.name,
        dice: Distribution(of: cases.map { $0.scores[index].dice }),
        iou: Distribution(of: cases.map { $0.scores[index].iou }))
    }
  }
}
