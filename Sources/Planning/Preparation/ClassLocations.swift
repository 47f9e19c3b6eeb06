// Where a case has voxels of each label, so that patches can be cut around them without looking.

import Foundation

/// Voxels of one label or of a group of labels, drawn evenly and in ascending order.
public struct ClassLocations: Sendable, Equatable {
  /// One label, or those of a region.
  public let labels: [Int16]
  /// Row-major voxel numbers.
  public let voxels: [UInt32]
  /// Voxels of the group in the whole case, drawn or not.
  public let total: Int

  /// Draws at most 10,000 voxels of each group, but at least one in a hundred.
  ///
  /// Groups may share labels. The draw depends on the labels alone. Source of the numbers: nnunetv2 2.8.1,
  /// `_sample_foreground_locations`; which voxels are drawn is our own.
  ///
  /// - Parameters:
  ///   - labels: A prepared label map, fewer than 2³² voxels.
  ///   - groups: What to draw for.
  /// - Returns: One value per group that has any voxels, in the order of the groups.
  public static func sampled(from labels: [Int16], groups: [[Int16]]) -> [ClassLocations] {
    let counts = voxelCounts(of: labels)
    var draws = groups.enumerated().compactMap { number, group -> Draw? in
      let total = Set(group).reduce(0) { $0 + (counts[$1] ?? 0) }
      return total == 0 ? nil : Draw(group, total: total, seed: UInt64(number))
    }
    var drawsOfLabel: [Int16: [Int]] = [:]
    for (index, draw) in draws.enumerated() {
      for label in Set(draw.labels) { drawsOfLabel[label, default: []].append(index) }
    }
    labels.withUnsafeBufferPointer { labels in
      var current: (label: Int16, draws: [Int]) = (0, drawsOfLabel[0] ?? [])
      for (voxel, label) in labels.enumerated() {
        if label != current.label { current = (label, drawsOfLabel[label] ?? []) }
        for index in current.draws { draws[index].meet(UInt32(truncatingIfNeeded: voxel)) }
      }
    }
    return draws.map { ClassLocations(labels: $0.labels, voxels: $0.taken, total: $0.total) }
  }

  /// How many voxels each label has.
  static func voxelCounts(of labels: [Int16]) -> [Int16: Int] {
    var counts = [Int](repeating: 0, count: 1 << 16)
    labels.withUnsafeBufferPointer { labels in
      counts.withUnsafeMutableBufferPointer { counts in
        for label in labels { counts[Int(UInt16(bitPattern: label))] += 1 }
      }
    }
    var result: [Int16: Int] = [:]
    for (pattern, count) in counts.enumerated() where count > 0 {
      result[Int16(bitPattern: UInt16(pattern))] = count
    }
    return result
  }
}

/// Selection sampling: each voxel is taken with the odds of what is still wanted to what is still to come.
/// Source: Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S.
private struct Draw {
  let labels: [Int16]
  let total: Int
  private(set) var taken: [UInt32] = []
  private var wanted: Int
  private var left: Int
  private var state: UInt64

  init(_ labels: [Int16], total: Int, seed: UInt64) {
    self.labels = labels
    self.total = total
    wanted = max(min(10_000, total), (total + 99) / 100)
    left = total
    state = 1234 &+ seed &* 0x9E37_79B9_7F4A_7C15
    taken.reserveCapacity(wanted)
  }

  mutating func meet(_ voxel: UInt32) {
    if wanted == left || wanted > 0 && Int(random() % UInt64(left)) < wanted {
      taken.append(voxel)
      wanted -= 1
    }
    left -= 1
  }

  /// SplitMix64.
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
