// What a classical method is: it has learnt nothing of images, and whatever it reaches, a network must beat.
// Guide: Documentation/models/baselines.md

public import Prompts

/// A method without trained weights.
public protocol Baseline: Sendable {
  /// Name in tables, `baseline/…`.
  static var id: String { get }
  static var title: String { get }
  /// What it does, in a sentence.
  static var summary: String { get }
  /// Paper or textbook.
  static var source: String { get }
  /// What it works from besides the image.
  static var need: BaselineNeed { get }

  /// With the settings of the guide.
  init()

  /// The object: 1 on it and 0 elsewhere, in the order of the image's pixels.
  ///
  /// - Throws: ``BaselinesError``
  func mask(_ input: BaselineInput) throws -> [UInt8]
}

/// What a baseline works from besides the image.
public enum BaselineNeed: String, Sendable, Hashable, Codable, CaseIterable {
  case none
  /// A box around the object.
  case box
  /// Points inside, a stroke inside or a box.
  case prompts
  /// Masks of other cases.
  case trainingMasks

  /// Whether a level of prompting gives what is needed; a level that gives more than can be used does not
  /// count, since its score would be that of another level.
  public func isMet(by level: PromptLevel) -> Bool {
    switch (self, level) {
    case (.none, .none), (.trainingMasks, .none), (.trainingMasks, .support): true
    case (.box, .box), (.box, .jitteredBox): true
    case (.prompts, .point), (.prompts, .points), (.prompts, .box), (.prompts, .jitteredBox),
      (.prompts, .scribble):
      true
    default: false
    }
  }
}

extension Baseline {
  public var id: String { Self.id }
  public var title: String { Self.title }
  public var summary: String { Self.summary }
  public var source: String { Self.source }
  public var need: BaselineNeed { Self.need }
}

/// The baselines by name.
public enum Baselines {
  public static let all: [any Baseline] = [
    OtsuThreshold(), OtsuBright(), OtsuDark(), BoxFill(), EllipseInBox(), RandomWalker(),
    GrabCut(), MajorityMask(),
  ]

  /// - Throws: ``BaselinesError/unknown(_:)``
  public static func named(_ id: String) throws -> any Baseline {
    guard let found = all.first(where: { $0.id == id }) else { throw BaselinesError.unknown(id) }
    return found
  }
}
