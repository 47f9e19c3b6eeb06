// Area under the receiver operating characteristic (ROC) curve: whether foreground gets higher
// probabilities than background, at whatever threshold.
// Hanley & McNeil, Radiology 143 (1982) 29. Guide: Documentation/metrics/auroc.md

/// The area under the ROC curve of foreground probabilities.
public enum AUROC {
  /// The chance that a foreground voxel has a higher probability than a background voxel, ties counted
  /// half: the Mann–Whitney statistic, exact whatever the number of distinct values.
  ///
  /// - Parameters:
  ///   - probabilities: of the foreground, one per voxel, 0…1
  ///   - reference: one value per voxel; 0 is background, all else foreground
  /// - Returns: a value in 0…1, a half for guessing; nil where the reference has only one of the two
  /// - Throws: ``MetricsError``
  /// - Complexity: two passes of a radix sort
  public static func score(probabilities: [Float], reference: [UInt8]) throws -> Double? {
    try Probability.require(probabilities, reference)
    let positives = reference.count { $0 != 0 }
    let negatives = reference.count - positives
    guard positives > 0, negatives > 0 else { return nil }

    let keys = sorted(keys(probabilities, reference))
    // Twice the number of pairs in the right order, so that ties stay whole numbers.
    var twiceWins = 0
    var below = 0
    var start = 0
    while start < keys.count {
      var end = start
      var tied = 0
      while end < keys.count, keys[end] >> 1 == keys[start] >> 1 {
        tied += Int(keys[end] & 1)
        end += 1
      }
      let others = end - start - tied
      twiceWins += tied * (2 * below + others)
      below += others
      start = end
    }
    return Double(twiceWins) / 2 / (Double(positives) * Double(negatives))
  }

  /// The bits of a number in 0…1 sort as the number does and leave the lowest place to the class.
  private static func keys(_ probabilities: [Float], _ reference: [UInt8]) -> [UInt32] {
    zip(probabilities, reference).map { probability, value in
      // The sign is shifted out: minus zero equals zero.
      probability.bitPattern << 1 | (value == 0 ? 0 : 1)
    }
  }

  private static func sorted(_ keys: [UInt32]) -> [UInt32] {
    // Below this the counters cost more than comparisons.
    guard keys.count > 10_000 else { return keys.sorted() }
    return [0, 16].reduce(keys) { sorted($0, byBitsFrom: $1) }
  }

  /// A stable sort by 16 bits of the keys.
  private static func sorted(_ keys: [UInt32], byBitsFrom shift: UInt32) -> [UInt32] {
    var places = [Int](repeating: 0, count: 1 << 16)
    for key in keys { places[Int(key >> shift & 0xFFFF)] += 1 }
    var next = 0
    for index in places.indices { (places[index], next) = (next, next + places[index]) }
    return [UInt32](unsafeUninitializedCapacity: keys.count) { result, count in
      for key in keys {
        let digit = Int(key >> shift & 0xFFFF)
        result[places[digit]] = key
        places[digit] += 1
      }
      count = keys.count
    }
  }
}
