// The four dimensions that the survey asks the field to report: regulation, privacy, budget, trust.

/// One thing that is known of a model in one of the four dimensions.
public struct Evidence: Sendable, Equatable, Codable {
  public enum Dimension: String, Sendable, Codable, CaseIterable {
    case regulation
    case privacy
    case budget
    case trust
  }

  public enum Item: String, Sendable, Codable, CaseIterable {
    case codeLicence = "code-licence"
    case weightsLicence = "weights-licence"
    case clearance
    case trainingData = "training-data"
    case dataProtection = "data-protection"
    /// Hours that the training took on the hardware of the model's record; a number.
    case trainingHours = "training-hours"
    case calibration
    case robustness
    case fairness

    public var dimension: Dimension {
      switch self {
      case .codeLicence, .weightsLicence, .clearance: .regulation
      case .trainingData, .dataProtection: .privacy
      case .trainingHours: .budget
      case .calibration, .robustness, .fairness: .trust
      }
    }

    public var title: String {
      switch self {
      case .codeLicence: "licence of the code"
      case .weightsLicence: "licence of the weights"
      case .clearance: "clearance as a medical device"
      case .trainingData: "provenance of the training data"
      case .dataProtection: "protection of the data"
      case .trainingHours: "hours of training"
      case .calibration: "calibration"
      case .robustness: "robustness"
      case .fairness: "fairness"
      }
    }
  }

  public enum Basis: String, Sendable, Codable, CaseIterable {
    case published
    case measured
  }

  public var model = ""
  public var item = Item.codeLicence
  public var statement = ""
  public var basis = Basis.published
  /// The address or the run that says so.
  public var origin = ""

  init() {}
}

extension Evidence: SurveyRecord {
  static let table = "evidence"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.evidence
  var key: [String] { [model, item.rawValue, statement] }

  static let columns: [Column<Self>] = [
    .text("model_id", \.model, check: TextRule.identifier),
    .choice("item", \.item),
    .text("statement", \.statement),
    .choice("basis", \.basis),
    .text("origin", \.origin),
  ]
}
