// How often two label arrays agree, for all labels in one pass: what every overlap metric is made of.

/// The agreement of a prediction with a reference about one label, in voxels.
public struct Overlap: Sendable, Hashable, Codable {
  /// Voxels that both give the label.
  public var truePositives: Int
  /// Voxels that only the prediction gives the label.
  public var falsePositives: Int
  /// Voxels that only the reference gives the label.
  public var falseNegatives: Int

  public init(truePositives: Int = 0, falsePositives: Int = 0, falseNegatives: Int = 0) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
  }

  /// Voxels that the prediction gives the label.
  public var predicted: Int { truePositives + falsePositives }

  /// Voxels that the reference gives the label.
  public var referenced: Int { truePositives + falseNegatives }

  /// Voxels that at least one of the two gives the label.
  public var union: Int { truePositives + falsePositives + falseNegatives }

  /// Whether neither of the two contains the label.
  public var isEmpty: Bool { union == 0 }
}

/// The overlaps of all labels that two label arrays contain.
public struct OverlapTable: Sendable, Equatable {
  /// Voxels compared.
  public let voxels: Int
  private let overlaps: [Int32: Overlap]

  /// Compares two label arrays of one grid in a single pass.
  ///
  /// Masks consist of long runs of equal labels, so the pass counts runs and touches the counters only
  /// where one of the two labels changes.
  ///
  /// - Parameters:
  ///   - prediction: one label per voxel
  ///   - reference: one label per voxel, in the same order
  /// - Throws: ``MetricsError/lengthsDiffer(prediction:reference:)``
  public init(prediction: [Int32], reference: [Int32]) throws {
    guard prediction.count == reference.count else {
      throw MetricsError.lengthsDiffer(prediction: prediction.count, reference: reference.count)
    }
    voxels = reference.count
    var tally = Tally()
    prediction.withUnsafeBufferPointer { prediction in
      reference.withUnsafeBufferPointer { reference in
        tally.count(prediction, reference)
      }
    }
    overlaps = tally.overlaps()
  }

  /// Labels that occur in the prediction or in the reference, ascending; the background 0 is one of them.
  public var labels: [Int32] { overlaps.keys.sorted() }

  /// The overlap of a label; all zero for a label that does not occur.
  public subscript(label: Int32) -> Overlap { overlaps[label] ?? Overlap() }
}

/// Counters per label: an array for the labels that segmentations use, a dictionary for all others.
private struct Tally {
  struct Counts {
    var predicted = 0
    var referenced = 0
    var both = 0
  }

  /// Covers the largest anatomical label tables in use, such as FreeSurfer's 14175.
  static let denseLabels = 16384

  /// Reaches up to the largest of these labels that was met, so that small images cost little.
  private var dense: [Counts] = []
  private var sparse: [Int32: Counts] = [:]

  mutating func count(
    _ prediction: UnsafeBufferPointer<Int32>, _ reference: UnsafeBufferPointer<Int32>
  ) {
    var start = 0
    while start < prediction.count {
      let predicted = prediction[start]
      let referenced = reference[start]
      var end = start + 1
      while end < prediction.count, prediction[end] == predicted, reference[end] == referenced {
        end += 1
      }
      let run = end - start
      update(predicted) { $0.predicted += run }
      update(referenced) { $0.referenced += run }
      if predicted == referenced {
        update(predicted) { $0.both += run }
      }
      start = end
    }
  }

  private mutating func update(_ label: Int32, _ change: (inout Counts) -> Void) {
    guard label >= 0, Int(label) < Self.denseLabels else {
      change(&sparse[label, default: Counts()])
      return
    }
    if Int(label) >= dense.count {
      dense += repeatElement(Counts(), count: Int(label) + 1 - dense.count)
    }
    change(&dense[Int(label)])
  }

  func overlaps() -> [Int32: Overlap] {
    var result = sparse.mapValues(Self.overlap)
    for (label, counts) in dense.enumerated() where counts.predicted + counts.referenced > 0 {
      result[Int32(label)] = Self.overlap(counts)
    }
    return result
  }

  private static func overlap(_ counts: Counts) -> Overlap {
    Overlap(
      truePositives: counts.both, falsePositives: counts.predicted - counts.both,
      falseNegatives: counts.referenced - counts.both)
  }
}
