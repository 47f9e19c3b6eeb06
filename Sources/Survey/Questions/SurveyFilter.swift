// Which models, data sets and values a question is about.

/// A filter: values of one entry are alternatives, entries narrow each other.
public struct SurveyFilter: Sendable, Equatable {
  /// A property by which models or data sets can be chosen.
  public enum Property: String, Sendable, CaseIterable {
    case model
    case framework
    case branch
    case fusion
    case adaptation
    case architecture
    case backbone
    case country
    case dataset
    case organ
    case structure
    case region
    case modality

    var isOfModels: Bool {
      switch self {
      case .dataset, .organ, .structure, .region, .modality: false
      default: true
      }
    }
  }

  /// Values by property, compared without regard to case.
  public var values: [Property: [String]] = [:]
  /// Years of the first publication of a model.
  public var years: ClosedRange<Int>?
  /// Upper bounds; models that state nothing are left out.
  public var maxParametersMillions: Double?
  public var maxVRAMGB: Double?
  public var maxGFLOPS: Double?
  /// Words that model or data set has in any of its descriptions.
  public var words: String?
  public var kinds: [SurveyResult.Kind] = SurveyResult.Kind.allCases
  public var metric = "dice"
  /// Leaves out values that are in doubt.
  public var withoutDoubts = false

  public init() {}

  public subscript(property: Property) -> [String] {
    get { values[property] ?? [] }
    set { values[property] = newValue.isEmpty ? nil : newValue }
  }
}
