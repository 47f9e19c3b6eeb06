// How much help a model is given: the axis along which promptable models are compared.

/// A level of prompting, written `none`, `text`, `point`, `points-3`, `box`, `jittered-box`, `scribble` or
/// `support-4`.
public enum PromptLevel: Sendable, Hashable {
  /// The image alone.
  case none
  /// The name of the structure.
  case text
  /// One click on the object.
  case point
  /// So many clicks, 2 or more: the first on the object, each later one into the largest error.
  case points(Int)
  /// The tight box around the object.
  case box
  /// A box whose edges miss the object's by a random amount.
  case jitteredBox
  /// One stroke inside of the object.
  case scribble
  /// So many other images with their masks.
  case support(Int)

  /// Reads a level as it is written.
  ///
  /// - Throws: ``PromptsError/unknownLevel(_:)``, also for `points-1`, which is written `point`
  public init(_ text: String) throws {
    let plain: [String: PromptLevel] = [
      "none": .none, "text": .text, "point": .point, "box": .box, "jittered-box": .jitteredBox,
      "scribble": .scribble,
    ]
    if let level = plain[text] {
      self = level
    } else if let count = Self.count(in: text, after: "points-"), count >= 2 {
      self = .points(count)
    } else if let count = Self.count(in: text, after: "support-"), count >= 1 {
      self = .support(count)
    } else {
      throw PromptsError.unknownLevel(text)
    }
  }

  /// What the answer to a level rests on besides the image.
  public var given: Given {
    switch self {
    case .none: .none
    case .text: .text
    case .point, .points, .box, .scribble: .oracle
    case .jitteredBox: .jittered
    case .support: .examples
    }
  }

  /// What a person does on each object: a click counts 1, a box 2 (its corners), a stroke 1.
  ///
  /// Text and examples cost nothing on the object, though someone typed the one and outlined the other.
  public var interactions: Int {
    switch self {
    case .none, .text, .support: 0
    case .point, .scribble: 1
    case .points(let count): count
    case .box, .jitteredBox: 2
    }
  }

  /// Place on an axis of rising effort, for curves; a number to sort by, not to calculate with.
  ///
  /// none < text < support < point < scribble < jittered box < box, and `points-n` by its number of clicks,
  /// two of them just above a box.
  public var effort: Int {
    switch self {
    case .none: 0
    case .text: 1
    case .support: 2
    case .point: 10
    case .scribble: 15
    case .jitteredBox: 20
    case .box: 21
    case .points(let count): 10 * min(max(count, 1), 1_000_000) + 2
    }
  }

  static let spellings =
    "none, text, point, points-N (N from 2), box, jittered-box, scribble and support-K (K from 1)"

  private static func count(in text: String, after prefix: String) -> Int? {
    guard text.hasPrefix(prefix) else { return nil }
    let digits = text.dropFirst(prefix.count)
    // Int would also take "+3" and "03", which would not be printed so.
    guard digits.allSatisfy({ ("0"..."9").contains($0) }), digits.first != "0" else { return nil }
    return Int(digits)
  }
}

/// What an answer rests on besides the image; a comparison must not mix them unseen.
public enum Given: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing.
  case none
  /// Prompts taken from the true mask of this very object.
  case oracle
  /// Prompts taken from the true mask and made inexact.
  case jittered
  /// The name of the structure.
  case text
  /// Other images with their masks.
  case examples
}

extension PromptLevel: CustomStringConvertible, Codable {
  public var description: String {
    switch self {
    case .none: "none"
    case .text: "text"
    case .point: "point"
    case .points(let count): "points-\(count)"
    case .box: "box"
    case .jitteredBox: "jittered-box"
    case .scribble: "scribble"
    case .support(let count): "support-\(count)"
    }
  }

  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
