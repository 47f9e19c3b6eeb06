// How the scores of many cases lie, without hiding the cases that have no score.

/// Location and spread of a score over the cases where it is defined.
public struct Distribution: Sendable, Equatable, Codable {
  /// Cases in which the score is defined.
  public let defined: Int
  /// Cases in which it is not; they take no part in the other values.
  public let undefined: Int
  public let mean: Double?
  /// The middle score, or the mean of the two middle ones.
  public let median: Double?
  public let minimum: Double?
  public let maximum: Double?

  /// Summarises the scores of cases; nil is an undefined score.
  public init(of scores: [Double?]) {
    let sorted = scores.compactMap { $0 }.sorted()
    defined = sorted.count
    undefined = scores.count - sorted.count
    minimum = sorted.first
    maximum = sorted.last
    if sorted.isEmpty {
      mean = nil
      median = nil
    } else {
      mean = sorted.reduce(0, +) / Double(sorted.count)
      median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }

  /// Writes undefined values as null, so that every record has the same keys.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(defined, forKey: .defined)
    try container.encode(undefined, forKey: .undefined)
    try container.encode(mean, forKey: .mean)
    try container.encode(median, forKey: .median)
    try container.encode(minimum, forKey: .minimum)
    try container.encode(maximum, forKey: .maximum)
  }
}
