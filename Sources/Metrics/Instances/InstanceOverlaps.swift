// Which predicted objects overlap which reference objects, and by how much: the sparse matrix behind
// every matching of instances.

/// The overlaps between predicted and reference objects of the same label.
public struct InstanceOverlaps: Sendable, Equatable {
  /// One entry of the matrix that is not zero.
  public struct Pair: Sendable, Equatable {
    /// Position in ``InstanceOverlaps/predictions``.
    public let prediction: Int
    /// Position in ``InstanceOverlaps/references``.
    public let reference: Int
    /// Voxels in common.
    public let voxels: Int
    /// Intersection over union, above 0 and at most 1.
    public let iou: Double
  }

  public let predictions: [Instances.Instance]
  public let references: [Instances.Instance]
  /// Pairs that share voxels, by reference and then by prediction.
  public let pairs: [Pair]

  /// Compares objects of one grid in a single pass over runs of equal numbers.
  ///
  /// - Throws: ``MetricsError/lengthsDiffer(prediction:reference:)``
  public init(prediction: Instances, reference: Instances) throws {
    guard prediction.numbers.count == reference.numbers.count else {
      throw MetricsError.lengthsDiffer(
        prediction: prediction.numbers.count, reference: reference.numbers.count)
    }
    let predictions = prediction.all
    let references = reference.all
    let shared = prediction.numbers.withUnsafeBufferPointer { prediction in
      reference.numbers.withUnsafeBufferPointer { Self.shared(prediction, $0) }
    }
    self.predictions = predictions
    self.references = references
    pairs = shared.sorted { $0.key < $1.key }.compactMap { key, voxels in
      let predicted = Int(key & 0xFFFF_FFFF) - 1
      let referenced = Int(key >> 32) - 1
      let (first, second) = (predictions[predicted], references[referenced])
      guard first.label == second.label else { return nil }
      let union = first.voxels + second.voxels - voxels
      return Pair(
        prediction: predicted, reference: referenced, voxels: voxels,
        iou: Double(voxels) / Double(union))
    }
  }

  /// Compares objects by their numbers alone, e.g. the nuclei of two instance maps.
  ///
  /// - Parameters:
  ///   - prediction: one number per voxel; 0 is none
  ///   - reference: one number per voxel, in the same order
  /// - Throws: ``MetricsError/lengthsDiffer(prediction:reference:)``
  public init(prediction: [Int32], reference: [Int32]) throws {
    try self.init(
      prediction: Instances(numbered: prediction), reference: Instances(numbered: reference))
  }

  /// The part about one label.
  public func only(_ label: Int32) -> InstanceOverlaps {
    let kept = predictions.indices.filter { predictions[$0].label == label }
    let expected = references.indices.filter { references[$0].label == label }
    let position = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
    let place = Dictionary(uniqueKeysWithValues: zip(expected, expected.indices))
    return InstanceOverlaps(
      predictions: kept.map { predictions[$0] }, references: expected.map { references[$0] },
      pairs: pairs.compactMap { pair in
        guard let prediction = position[pair.prediction], let reference = place[pair.reference]
        else { return nil }
        return Pair(
          prediction: prediction, reference: reference, voxels: pair.voxels, iou: pair.iou)
      })
  }

  private init(
    predictions: [Instances.Instance], references: [Instances.Instance], pairs: [Pair]
  ) {
    self.predictions = predictions
    self.references = references
    self.pairs = pairs
  }

  /// Voxels in common for each pair of numbers, the reference's in the upper half of the key.
  ///
  /// Neighbouring runs mostly belong to the same pair, so its count is kept out of the dictionary.
  private static func shared(
    _ prediction: UnsafeBufferPointer<Int32>, _ reference: UnsafeBufferPointer<Int32>
  ) -> [UInt64: Int] {
    var counts: [UInt64: Int] = [:]
    var key: UInt64 = 0
    var pending = 0
    var start = 0
    while start < prediction.count {
      let predicted = prediction[start]
      let referenced = reference[start]
      var end = start + 1
      while end < prediction.count, prediction[end] == predicted, reference[end] == referenced {
        end += 1
      }
      if predicted != 0, referenced != 0 {
        let met =
          UInt64(UInt32(bitPattern: referenced)) << 32 | UInt64(UInt32(bitPattern: predicted))
        if met != key {
          if pending > 0 { counts[key, default: 0] += pending }
          key = met
          pending = 0
        }
        pending += end - start
      }
      start = end
    }
    if pending > 0 { counts[key, default: 0] += pending }
    return counts
  }
}
