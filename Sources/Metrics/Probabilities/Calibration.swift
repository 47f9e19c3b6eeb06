// Calibration: whether what a model calls 80 % is right in 80 % of the voxels.
// Pakdaman Naeini, Cooper & Hauskrecht, AAAI (2015) 2901; Guo et al., ICML (2017) 1321.
// Guide: Documentation/metrics/expected-calibration-error.md

/// Probabilities in equal bins: a reliability diagram and the error that sums it up.
public struct Calibration: Sendable, Equatable, Codable {
  /// What definitions differ in.
  public struct Options: Sendable, Hashable, Codable {
    public enum Edges: String, Sendable, Codable, CaseIterable {
      /// A value on an edge belongs to the lower bin; 0 to the first: Guo, MetricsReloaded, MONAI by default.
      case rightClosed = "right-closed"
      /// A value on an edge belongs to the upper bin; 1 to the last.
      case leftClosed = "left-closed"
    }

    public enum Confidence: String, Sendable, Codable, CaseIterable {
      /// The probability of the foreground against how often it is there.
      case foreground
      /// The larger of both probabilities against how often that label is right; a half is background.
      case topLabel = "top-label"
    }

    /// Number of equal bins over 0…1.
    public var bins: Int
    public var edges: Edges
    public var confidence: Confidence
    /// Whether voxels with a foreground probability of 0 are left out: MetricsReloaded.
    public var excludesZero: Bool

    public init(
      bins: Int = 15, edges: Edges = .rightClosed, confidence: Confidence = .foreground,
      excludesZero: Bool = false
    ) {
      self.bins = bins
      self.edges = edges
      self.confidence = confidence
      self.excludesZero = excludesZero
    }
  }

  /// One bar of the reliability diagram.
  public struct Bin: Sendable, Equatable, Codable {
    public let low: Double
    public let high: Double
    /// Voxels whose confidence lies in the bin.
    public fileprivate(set) var count = 0
    fileprivate var confidenceSum = 0.0
    fileprivate var hits = 0

    /// Mean confidence; nil for an empty bin.
    public var meanConfidence: Double? { count == 0 ? nil : confidenceSum / Double(count) }

    /// How often the foreground is there, or the label right; nil for an empty bin.
    public var frequency: Double? { count == 0 ? nil : Double(hits) / Double(count) }
  }

  public let options: Options
  /// Bins from low to high confidence.
  public private(set) var bins: [Bin]

  /// Sorts the voxels of one case into bins.
  ///
  /// - Parameters:
  ///   - probabilities: of the foreground, one per voxel, 0…1
  ///   - reference: one value per voxel; 0 is background, all else foreground
  ///   - options: bins and definition
  /// - Throws: ``MetricsError``
  public init(probabilities: [Float], reference: [UInt8], options: Options = .init()) throws {
    guard (1...1_000_000).contains(options.bins) else {
      throw MetricsError.optionInvalid(
        name: "calibration bins", met: "\(options.bins)", expected: "a number in 1…1000000")
    }
    try Probability.require(probabilities, reference)
    self.options = options
    let edges = (0...options.bins).map { Double($0) / Double(options.bins) }
    bins = zip(edges, edges.dropFirst()).map { Bin(low: $0, high: $1) }
    for (probability, value) in zip(probabilities, reference)
    where probability > 0 || !options.excludesZero {
      add(Double(probability), isForeground: value != 0, edges)
    }
  }

  /// Adds the voxels of another case.
  ///
  /// - Throws: ``MetricsError/optionInvalid(name:met:expected:)`` for bins of another definition
  public mutating func merge(_ other: Calibration) throws {
    guard options == other.options else {
      throw MetricsError.optionInvalid(
        name: "calibration", met: "\(other.options)", expected: "\(options), as in the other cases")
    }
    for index in bins.indices {
      bins[index].count += other.bins[index].count
      bins[index].confidenceSum += other.bins[index].confidenceSum
      bins[index].hits += other.bins[index].hits
    }
  }

  /// The expected calibration error: the gap between mean confidence and frequency, averaged over the
  /// bins by their share of the voxels.
  ///
  /// - Returns: a value in 0…1, 0 is best; nil without voxels
  public var expectedError: Double? {
    let total = bins.reduce(0) { $0 + $1.count }
    let gaps = bins.reduce(0) { $0 + abs($1.confidenceSum - Double($1.hits)) }
    return total == 0 ? nil : gaps / Double(total)
  }

  private mutating func add(_ probability: Double, isForeground: Bool, _ edges: [Double]) {
    let isTop = options.confidence == .topLabel
    let saysForeground = probability > 0.5
    let confidence = isTop && !saysForeground ? 1 - probability : probability
    let isHit = isTop ? saysForeground == isForeground : isForeground
    let bin = bin(of: confidence, edges)
    bins[bin].count += 1
    bins[bin].confidenceSum += confidence
    bins[bin].hits += isHit ? 1 : 0
  }

  /// The product can land beside an edge by rounding, so the edges decide.
  private func bin(of confidence: Double, _ edges: [Double]) -> Int {
    let last = options.bins - 1
    var bin = min(Int(confidence * Double(options.bins)), last)
    switch options.edges {
    case .rightClosed:
      while bin > 0, confidence <= edges[bin] { bin -= 1 }
      while bin < last, confidence > edges[bin + 1] { bin += 1 }
    case .leftClosed:
      while bin > 0, confidence < edges[bin] { bin -= 1 }
      while bin < last, confidence >= edges[bin + 1] { bin += 1 }
    }
    return bin
  }
}
