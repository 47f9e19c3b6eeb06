// A published model: where the taxonomy puts it, what it is built of, what it was trained on, who made it.

/// A model of the survey.
public struct SurveyModel: Sendable, Equatable, Codable {
  /// What the survey opposes: models for many tasks, and models for one.
  public enum Framework: String, Sendable, Codable, CaseIterable {
    case generalist
    case taskSpecific = "task-specific"
  }

  /// The branches of the taxonomy.
  public enum Branch: String, Sendable, Codable, CaseIterable {
    case sam
    case sam2
    case imageOnly = "image-only"
    case imageText = "image-text"
    case taskSpecific = "task-specific"

    /// As the survey writes it.
    public var title: String {
      switch self {
      case .sam: "SAM and its adaptations"
      case .sam2: "SAM 2"
      case .imageOnly: "Other image-only generalists"
      case .imageText: "Image-and-text generalists"
      case .taskSpecific: "Task-specific networks"
      }
    }
  }

  public var id = ""
  public var name = ""
  public var title: String?
  public var framework = Framework.generalist
  public var branch = Branch.imageOnly
  /// Where image and prompt or text meet: F0 to F4, or none.
  public var fusionLevel: String?
  /// How a generalist came to medicine, such as `adapter` or `zero-shot`.
  public var adaptation: String?
  public var architecture: [String] = []
  public var visualBackbone: String?
  /// Millions; the literature mixes all and trained parameters.
  public var paramsMillions: Double?
  public var gflops: Double?
  public var trainGPUsCount: Int?
  /// With the memory of one, e.g. "A100 80GB".
  public var trainGPU: String?
  /// Memory of all training devices together.
  public var trainVRAMTotalGB: Double?
  /// Year and month, as 2024-05.
  public var firstDate: String?
  public var firstVenue: String?
  public var firstLink: String?
  public var lastDate: String?
  public var lastVenue: String?
  public var lastLink: String?
  public var codeURL: String?
  public var affiliations: [String] = []

  init() {}

  /// The year of the first publication.
  public var year: Int? { (firstDate ?? lastDate).flatMap { Int($0.prefix(4)) } }

  /// The parts of the backbone, which the survey separates by commas.
  public var backbones: [String] {
    visualBackbone?.split(separator: ", ").map(String.init) ?? []
  }
}

extension SurveyModel: SurveyRecord {
  static let table = "models"
  static let place: any WritableKeyPath<SurveyContent, [Self]> & Sendable = \.models
  var key: [String] { [id] }

  static let columns: [Column<Self>] = [
    .text("id", \.id, check: TextRule.identifier),
    .text("name", \.name),
    .optional("title", \.title),
    .choice("framework", \.framework),
    .choice("branch", \.branch),
    .optional("fusion_level", \.fusionLevel, check: fusion),
    .optional("adaptation", \.adaptation),
    .list("architecture", \.architecture),
    .optional("visual_backbone", \.visualBackbone),
    .number("params_millions", \.paramsMillions, in: 0.001...10_000_000),
    .number("gflops", \.gflops, in: 0.001...1_000_000_000),
    .count("train_gpus_count", \.trainGPUsCount, in: 1...1_000_000),
    .optional("train_gpu", \.trainGPU),
    .number("train_vram_total_gb", \.trainVRAMTotalGB, in: 0.1...100_000_000),
    .optional("first_date", \.firstDate, check: TextRule.month),
    .optional("first_venue", \.firstVenue),
    .optional("first_link", \.firstLink, check: TextRule.address),
    .optional("last_date", \.lastDate, check: TextRule.month),
    .optional("last_venue", \.lastVenue),
    .optional("last_link", \.lastLink, check: TextRule.address),
    .optional("code_url", \.codeURL, check: TextRule.address),
    .list("affiliations", \.affiliations),
  ]

  private static func fusion(_ text: String) throws {
    guard ["F0", "F1", "F2", "F3", "F4", "none"].contains(text) else {
      throw CellFault(rule: .choice, text: "'\(text)' is none of F0, F1, F2, F3, F4, none")
    }
  }
}
