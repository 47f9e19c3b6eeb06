// What a metric is called, means and needs: what commands, tables and reports read instead of knowing it.

/// The description of one metric that a comparison can compute by name.
public struct Metric: Sendable, Hashable, Identifiable {
  /// What values are counted in.
  public enum Unit: String, Sendable, Codable {
    case none = ""
    case millimetres = "mm"
    case millilitres = "ml"
    case count
  }

  /// Which values are good.
  public enum Direction: String, Sendable, Codable {
    case higher
    case lower
    /// The nearer to 0 the better, on either side.
    case zero
  }

  /// What a metric is computed from.
  public enum Need: String, Sendable, Codable, CaseIterable {
    /// Voxel counts of labels.
    case labels
    /// Where the borders of labels lie.
    case surfaces
    /// Objects: numbered by the dataset, else connected components.
    case instances
    /// Foreground probabilities.
    case probabilities
  }

  /// The name in commands, protocols and tables, in kebab case.
  public let id: String
  /// The name in sentences.
  public let title: String
  /// The name in narrow columns.
  public let abbreviation: String
  public let unit: Unit
  public let direction: Direction
  /// Values that the definition allows.
  public let range: ClosedRange<Double>
  public let need: Need
  /// The file of its guide in `Documentation/metrics`.
  public let guide: String
  /// What a case counts as that a model failed on; nil where the field has no such value.
  public let worst: Double?

  init(
    _ id: String, _ title: String, _ abbreviation: String, unit: Unit = .none,
    _ direction: Direction = .higher, in range: ClosedRange<Double> = 0...1, from need: Need,
    guide: String, worst: Double? = nil
  ) {
    self.id = id
    self.title = title
    self.abbreviation = abbreviation
    self.unit = unit
    self.direction = direction
    self.range = range
    self.need = need
    self.guide = guide
    self.worst = worst
  }

  /// Whether a larger value is better.
  public var higherIsBetter: Bool { direction == .higher }

  /// A number that grows with how good a value is, for orders and tests that know no directions.
  public func merit(_ value: Double) -> Double {
    switch direction {
    case .higher: value
    case .lower: -value
    case .zero: -abs(value)
    }
  }
}
