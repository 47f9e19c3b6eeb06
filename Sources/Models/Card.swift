// What the survey and an honest reader want to know of a model before they run it.

/// The description of a model.
public struct Card: Sendable, Codable, Equatable {
  /// Where the survey's taxonomy puts the model.
  public enum Branch: String, Sendable, Codable, CaseIterable {
    case sam = "SAM and its adaptations"
    case sam2 = "SAM 2"
    case imageOnly = "other image-only generalists"
    case imageText = "image-and-text generalists"
    case taskSpecific = "task-specific networks"
  }

  /// Name before the slash, e.g. "lwnet".
  public let id: String
  public let name: String
  public let branch: Branch
  /// Where image and prompt or text meet; `nil` for models that take an image alone.
  public var fusion: String? = nil
  /// How a generalist was adapted to medicine; `nil` when it was trained for its task.
  public var adaptation: String? = nil
  public let backbone: String
  /// Spatial dimensions: 2 or 3.
  public let dimensions: Int
  public let task: String
  public let modality: String
  public let paper: String
  public let implementation: String
  public let codeLicence: String
  public let intendedUse: String
  public let limits: String
}

/// Published weights: where they are, what they may be used for, what they have seen.
public struct Checkpoint: Sendable, Codable, Equatable {
  /// Name under which the file is published.
  public let file: String
  /// Whether the file is part of the product.
  public var isShipped = false
  /// Where the file itself is; `nil` when it can only be fetched by hand.
  public var url: String? = nil
  /// Where a person gets a file that has no address of its own.
  public var page: String? = nil
  /// Size of the file; `nil` when nobody has stated it.
  public var bytes: Int? = nil
  /// Hash of the file; `nil` when nobody has stated it, so that it cannot be verified.
  public var sha256: String? = nil
  public let licence: String
  /// Data sets whose images were used to train, tune or choose these weights.
  public let trainedOn: [String]
  /// How an image becomes a dense network's input and its output a mask.
  public var preparation: Preparation? = nil
  /// How an image becomes a promptable network's input and its output a mask.
  public var prompting: PromptPreparation? = nil
  /// Names of the classes, background first; a single foreground for binary networks.
  public let labels: [String]

  /// Whether a file of this hash is the published one; `nil` when that cannot be known.
  public func isPublished(sha256 found: String) -> Bool? { sha256.map { $0 == found } }
}
