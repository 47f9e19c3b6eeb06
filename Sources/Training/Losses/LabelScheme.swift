// What the channels of a network mean, so that losses and counts read labels in one way.

/// What the network's channels mean and which label does not count.
public struct LabelScheme: Sendable, Codable, Equatable {
  /// How scores become decisions.
  public enum Channels: Sendable, Codable, Equatable {
    /// One channel for each label 0 ..< `count`, of which a voxel has exactly one: softmax. 0 is the background.
    case classes(count: Int)
    /// One channel for each set of labels; sets may overlap: sigmoid. Label 0 lies in none.
    case regions([[Int]])
  }

  public var channels: Channels
  /// Voxels with this label count nowhere.
  public var ignoreLabel: Int?

  public init(channels: Channels, ignoreLabel: Int? = nil) {
    self.channels = channels
    self.ignoreLabel = ignoreLabel
  }

  /// Channels of the network's outputs.
  public var channelCount: Int {
    switch channels {
    case .classes(let count): count
    case .regions(let regions): regions.count
    }
  }

  /// Whether each voxel has exactly one of the channels.
  var hasClasses: Bool {
    if case .classes = channels { true } else { false }
  }

  /// Labels of each channel but the background's: what overlap is measured of.
  public var foreground: [[Int]] {
    switch channels {
    case .classes(let count): (1..<max(1, count)).map { [$0] }
    case .regions(let regions): regions
    }
  }

  /// Refuses schemes that no network can be trained by.
  ///
  /// - Throws: ``LossError/settingInvalid(name:met:expected:)``
  public func check() throws {
    switch channels {
    case .classes(let count):
      try requireLoss(
        "classes", count, (2...Int(Int16.max)).contains(count), "2 to \(Int16.max) labels")
    case .regions(let regions):
      let fits =
        !regions.isEmpty && regions.allSatisfy { !$0.isEmpty }
        && regions.joined().allSatisfy { (1...Int(Int16.max)).contains($0) }
      try requireLoss(
        "regions", regions, fits, "at least one region, each of labels from 1 to \(Int16.max)")
    }
    if let ignoreLabel {
      let fits =
        Int(Int16.min)...Int(Int16.max) ~= ignoreLabel && ignoreLabel != 0
        && !foreground.joined().contains(ignoreLabel)
      try requireLoss(
        "ignoreLabel", ignoreLabel, fits, "a label of 16 bits that no channel stands for")
    }
  }

  /// Whether each foreground channel can be judged in a case of which these labels were looked for.
  func judged(annotated: [Int]?) -> [Bool] {
    guard let annotated else { return foreground.map { _ in true } }
    let known = Set(annotated)
    return foreground.map { $0.allSatisfy(known.contains) }
  }

  /// The labels that voxels may have, in words.
  var allowedLabels: String {
    let labels: String =
      switch channels {
      case .classes(let count): "0 to \(count - 1)"
      case .regions(let regions):
        ([0] + Set(regions.flatMap { $0 }).sorted()).map(String.init).joined(separator: ", ")
      }
    return "one of \(labels)" + (ignoreLabel.map { ", or \($0) to be ignored" } ?? "")
  }
}

/// Refuses a setting that does not fit.
func requireLoss<Value>(
  _ name: String, _ met: Value, _ fits: Bool, _ expected: String
) throws {
  if !fits { throw LossError.settingInvalid(name: name, met: "\(met)", expected: expected) }
}
