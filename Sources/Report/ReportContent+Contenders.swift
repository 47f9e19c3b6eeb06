// Who takes part, what each was given, and the scores of each case.

extension ReportContent {
  /// A model with its weights and what it was given.
  public struct Contender: Sendable, Equatable, Codable {
    public var id: String
    /// As printed; need not be unique across groups.
    public var name: String
    /// Contenders of one model share a colour and a marker, e.g. "sam-vit-b" with points and with boxes.
    public var model: String
    /// E.g. "task-specific network", "promptable model", "classical".
    public var family: String?
    public var given: Given
    /// E.g. "sa1b" or "untrained (formula weights)".
    public var weights: String
    /// Weights that learnt nothing: scores show that the machinery runs, not what the model can do.
    public var isUntrained: Bool
    /// Names of the data that the weights saw; empty where nobody says.
    public var trainedOn: [String]
    /// Why its scores on this dataset are not those of unseen data; nil where nothing is known against it.
    public var contamination: String?

    public init(
      id: String, name: String, model: String? = nil, family: String? = nil,
      given: Given = Given(), weights: String, isUntrained: Bool = false,
      trainedOn: [String] = [], contamination: String? = nil
    ) {
      self.id = id
      self.name = name
      self.model = model ?? name
      self.family = family
      self.given = given
      self.weights = weights
      self.isUntrained = isUntrained
      self.trainedOn = trainedOn
      self.contamination = contamination
    }
  }

  /// What a contender was told about each case.
  public struct Given: Sendable, Equatable, Codable {
    public enum Origin: String, Sendable, Codable, CaseIterable {
      /// Nothing but the image.
      case none
      /// Made from the reference without error.
      case oracle
      /// Made from the reference and then disturbed.
      case jittered
      /// Made by a person.
      case human
      /// The name of the structure.
      case text
      /// Other cases with their masks.
      case examples
      /// Masks made elsewhere, of which nobody said what they were made from.
      case notStated = "not stated"
    }

    public var origin: Origin
    /// Mean number of prompts per case.
    public var prompts: Double
    /// E.g. "1 point", "box, each side moved by up to 5 px"; nil for automatic contenders.
    public var description: String?

    public init(
      origin: Origin = .none, prompts: Double = 0, description: String? = nil
    ) {
      self.origin = origin
      self.prompts = prompts
      self.description = description
    }
  }

  /// One image of the dataset.
  public struct Case: Sendable, Equatable, Codable {
    public var id: String
    public var patient: String?
    /// E.g. scanner, sex, size of the object; the same terms in every case.
    public var attributes: [Fact]

    public init(id: String, patient: String? = nil, attributes: [Fact] = []) {
      self.id = id
      self.patient = patient
      self.attributes = attributes
    }
  }

  /// The scores of one contender by one metric.
  public struct ScoreColumn: Sendable, Equatable, Codable {
    public var contender: String
    public var metric: String
    /// One per case, in the order of ``ReportContent/cases``; nil where the score is undefined or failed.
    public var values: [Double?]
    public var failures: [Failure]
    /// Indices of cases that the weights have seen, where the contender is not contaminated as a whole.
    public var contaminatedCases: [Int]

    public init(
      contender: String, metric: String, values: [Double?], failures: [Failure] = [],
      contaminatedCases: [Int] = []
    ) {
      self.contender = contender
      self.metric = metric
      self.values = values
      self.failures = failures
      self.contaminatedCases = contaminatedCases
    }
  }

  /// A case for which a contender gave no answer.
  public struct Failure: Sendable, Equatable, Codable {
    /// Index into ``ReportContent/cases``.
    public var caseIndex: Int
    public var reason: String

    public init(caseIndex: Int, reason: String) {
      self.caseIndex = caseIndex
      self.reason = reason
    }
  }
}
