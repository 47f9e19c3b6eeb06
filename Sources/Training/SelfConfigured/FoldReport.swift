// What became of a fold: its course and its Dice on cases that it never saw.

/// A trained fold.
public struct FoldReport: Sendable, Equatable {
  public var fold: String
  /// The path of its final checkpoint.
  public var checkpoint: String
  public var history: TrainingHistory
  /// `nil` where no case was kept aside.
  public var evaluation: HeldOutDice?
}

/// The Dice coefficients of predictions of held-out cases.
public struct HeldOutDice: Sendable, Codable, Equatable {
  public struct Case: Sendable, Codable, Equatable {
    public var id: String
    /// By label or region; `nil` where neither reference nor prediction has any.
    public var dice: [Double?]
  }

  /// Names of the foreground labels or regions.
  public var classNames: [String]
  public var cases: [Case]

  /// The mean over cases of each label or region.
  public var means: [Double?] {
    classNames.indices.map { index in Self.mean(cases.compactMap { $0.dice[index] }) }
  }

  /// The mean of ``means``.
  public var mean: Double? { Self.mean(means.compactMap(\.self)) }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
