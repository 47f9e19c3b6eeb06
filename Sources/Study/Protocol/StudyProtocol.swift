// What a comparison is to do, as a file that people write, read and cite: its protocol.

public import Metrics

/// The protocol of a study: which cases, models, prompts, metrics and statistics.
///
/// A protocol and the files it names determine every score; whoever has both can repeat the study.
public struct StudyProtocol: Codable, Sendable, Equatable {
  /// Version of this format; 1 is the only one.
  public var format: Int
  /// The dataset's folder, or its table of pairs. Relative paths start at the folder of the protocol.
  public var dataset: String
  /// Names of the cases to take; nil takes all that have a reference.
  public var cases: [String]?
  /// Which cases are scored and which may be learnt from.
  public var split: Split
  /// Names or values of the labels to score; nil takes all that the dataset declares or holds.
  public var labels: [String]?
  /// What one prompt points at.
  public var objects: Objects
  public var models: [Entrant]
  /// What promptable models are given, level by level; those that take no prompts get the image alone.
  public var prompts: [String]
  public var metrics: [String]
  /// The metric that headlines, gallery and curves are about; one of `metrics`.
  public var primary: String
  /// Readings of metrics where definitions differ.
  public var options: MetricOptions
  public var statistics: StatisticsPlan
  /// Columns of the dataset's table by which scores are also shown group by group.
  public var subgroups: [String]
  public var ranking: RankingScope
  /// How a case counts in which a model failed.
  public var failures: Failures
  /// A table of published values (model, dataset, metric, value, source) to stand beside the measured.
  public var published: String?
  /// auto, fp32, bf16 or int16, for networks that have a fast path.
  public var precision: String
  /// All that is random follows from it.
  public var seed: UInt64

  public enum Objects: String, Codable, Sendable, CaseIterable {
    /// Everything that carries one label on a slice.
    case label
    /// Each connected piece of a label on a slice.
    case component
    /// Each numbered object on a slice, where the dataset numbers objects.
    case instance
  }

  public enum RankingScope: String, Codable, Sendable, CaseIterable {
    /// Automatic results and each level of prompts have rankings of their own.
    case separate
    /// One ranking over everything, for those who ask for it.
    case together
  }

  public enum Failures: String, Codable, Sendable, CaseIterable {
    /// As the worst value of a metric, where it has one.
    case worst
    /// As undefined; the tables say how many there were.
    case undefined
  }

  /// Which cases are scored, by values of a column; without one all cases are, and whatever learns from
  /// cases sees those of other patients only.
  public struct Split: Codable, Sendable, Equatable {
    /// The column of the dataset's table.
    public var column: String?
    /// The value that marks cases to score.
    public var test: String?
    /// The value that marks cases to learn from.
    public var train: String?
    /// Instead of a column: how many cases are scored, drawn by patient; all others may be learnt from.
    public var heldOut: Int?

    public init(
      column: String? = nil, test: String? = nil, train: String? = nil, heldOut: Int? = nil
    ) {
      self.column = column
      self.test = test
      self.train = train
      self.heldOut = heldOut
    }

    /// Whether the cases to learn from are others than those to score.
    var separates: Bool { column != nil || heldOut != nil }
  }

  /// How sure the study is of its figures.
  public struct StatisticsPlan: Codable, Sendable, Equatable {
    public var confidence: Double
    public var resamples: Int
    /// Level of significance.
    public var alpha: Double
    /// The column whose cases belong together when cases are drawn anew: one patient's images.
    public var cluster: String?

    public init(
      confidence: Double = 0.95, resamples: Int = 10_000, alpha: Double = 0.05,
      cluster: String? = nil
    ) {
      self.confidence = confidence
      self.resamples = resamples
      self.alpha = alpha
      self.cluster = cluster
    }
  }
}

/// One that takes part in a comparison: a model with its weights, a baseline, or masks made elsewhere.
public struct Entrant: Codable, Sendable, Equatable {
  /// What it is called in tables; unique in its study.
  public var name: String
  /// MODEL/TAG of the registry, or baseline/NAME.
  public var model: String?
  /// "published" (if left out), "untrained" for the formula's deterministic values, or a file.
  public var weights: String?
  /// A folder of masks that carry the names of the cases, made by any program.
  public var predictions: String?
  /// Levels of prompts in place of the study's.
  public var prompts: [String]?
  /// Which label of the dataset a label of the model stands for, where names differ.
  public var labels: [String: String]?
  /// What masks made elsewhere were given: none, oracle, jittered or human; not stated if left out.
  public var given: String?
  /// Data sets that went into the weights, beyond those that their card states.
  public var trainedOn: [String]?
  /// How it is trained before it is scored, in place of weights.
  public var training: TrainingTask?

  public init(
    name: String, model: String? = nil, weights: String? = nil, predictions: String? = nil,
    prompts: [String]? = nil, labels: [String: String]? = nil, given: String? = nil,
    trainedOn: [String]? = nil, training: TrainingTask? = nil
  ) {
    self.name = name
    self.model = model
    self.weights = weights
    self.predictions = predictions
    self.prompts = prompts
    self.labels = labels
    self.given = given
    self.trainedOn = trainedOn
    self.training = training
  }
}
