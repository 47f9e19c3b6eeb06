// Which predicted object stands for which reference object: the step on which papers differ most silently.
// Kirillov et al., Panoptic Segmentation, CVPR (2019) 9404. Guide: Documentation/metrics/panoptic-quality.md

/// A one-to-one assignment of predicted to reference objects, and those left over.
public struct InstanceMatching: Sendable, Equatable {
  /// When a pair may be matched, and which pairs win where they compete.
  public struct Criterion: Sendable, Hashable, Codable {
    public enum Comparison: String, Sendable, Codable, CaseIterable {
      /// The overlap must be larger than the threshold: Kirillov, COCO, MONAI, MetricsReloaded.
      case exceeds
      /// The threshold itself is enough: StarDist, Cellpose.
      case reaches
    }

    public enum Assignment: String, Sendable, Codable, CaseIterable {
      /// As many matches as possible, and of those ways the one with the largest sum of overlaps:
      /// StarDist, Cellpose.
      case mostMatches = "most-matches"
      /// The largest sum of overlaps over all pairs, of which those below the threshold are then dropped:
      /// MONAI.
      case largestOverlap = "largest-overlap"
    }

    /// Intersection over union, 0…1.
    public var threshold: Double
    public var comparison: Comparison
    /// Matters only where an object could be matched twice: up to a threshold of 0.5.
    public var assignment: Assignment

    public init(
      threshold: Double = 0.5, comparison: Comparison = .exceeds,
      assignment: Assignment = .mostMatches
    ) {
      self.threshold = threshold
      self.comparison = comparison
      self.assignment = assignment
    }

    func allows(_ iou: Double) -> Bool {
      comparison == .exceeds ? iou > threshold : iou >= threshold
    }

    /// Whether no object can have two partners: two objects cannot both hold more than half of a third.
    var isUnique: Bool { comparison == .exceeds ? threshold >= 0.5 : threshold > 0.5 }
  }

  /// Pairs that are matched, by reference; positions as in the overlaps that they were made from.
  public let matches: [InstanceOverlaps.Pair]
  /// Predicted objects without a partner, by position.
  public let falsePositives: [Int]
  /// Reference objects without a partner, by position.
  public let falseNegatives: [Int]

  /// How many pairs are matched.
  public var truePositives: Int { matches.count }

  /// Sum of the matched overlaps.
  public var iouSum: Double { matches.reduce(0) { $0 + $1.iou } }

  /// Whether neither the prediction nor the reference has an object.
  public var isEmpty: Bool {
    matches.isEmpty && falsePositives.isEmpty && falseNegatives.isEmpty
  }
}

extension InstanceOverlaps {
  /// Matches each object with at most one of the other side.
  ///
  /// Above a threshold of one half the answer is unique; below, an optimal assignment is computed
  /// (Hungarian method), block by block of objects that overlap.
  ///
  /// - Throws: ``MetricsError/optionInvalid(name:met:expected:)`` for a threshold outside 0…1
  public func matching(
    _ criterion: InstanceMatching.Criterion = .init()
  ) throws -> InstanceMatching {
    guard (0...1).contains(criterion.threshold) else {
      throw MetricsError.optionInvalid(
        name: "matching threshold", met: "\(criterion.threshold)", expected: "a number in 0…1")
    }
    let matches = criterion.isUnique ? pairs.filter { criterion.allows($0.iou) } : best(criterion)
    let predicted = Set(matches.map(\.prediction))
    let referenced = Set(matches.map(\.reference))
    return InstanceMatching(
      matches: matches, falsePositives: predictions.indices.filter { !predicted.contains($0) },
      falseNegatives: references.indices.filter { !referenced.contains($0) })
  }

  private func best(_ criterion: InstanceMatching.Criterion) -> [Pair] {
    let candidates =
      criterion.assignment == .mostMatches ? pairs.filter { criterion.allows($0.iou) } : pairs
    let chosen = Assignment.blocks(of: candidates).flatMap { block in
      // More than all overlaps of a block together, so that one match more always wins.
      let bonus =
        criterion.assignment == .mostMatches
        ? Double(min(Set(block.map(\.prediction)).count, Set(block.map(\.reference)).count)) : 0
      return Assignment.heaviest(of: block) { bonus + $0.iou }
    }
    return chosen.filter { criterion.allows($0.iou) }
      .sorted { ($0.reference, $0.prediction) < ($1.reference, $1.prediction) }
  }
}
