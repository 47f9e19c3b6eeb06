// Seeded random label arrays, and the slow definitions that the metrics are held against.

import Metrics
import Testing

/// SplitMix64: small, and the same sequence on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A prediction and a reference of one length.
struct MaskPair: CustomTestStringConvertible {
  let seed: UInt64
  let prediction: [Int32]
  let reference: [Int32]

  var testDescription: String { "seed \(seed), \(reference.count) voxels" }

  /// Runs of labels, some far outside the range of a table, of varied length and share of agreement.
  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let palette: [Int32] = [0, 0, 1, 2, 3, 255, 16_383, 16_384, 1_000_000, -1, .max, .min]
    let count = Int.random(in: 1...400, using: &generator)
    let used = Int.random(in: 1...palette.count, using: &generator)
    let agreement = Double.random(in: 0...1, using: &generator)
    var prediction: [Int32] = []
    var reference: [Int32] = []
    while reference.count < count {
      let label = palette[Int.random(in: 0..<used, using: &generator)]
      let other = palette[Int.random(in: 0..<used, using: &generator)]
      let agrees = Double.random(in: 0...1, using: &generator) < agreement
      let run = Int.random(in: 1...min(20, count - reference.count), using: &generator)
      reference += Array(repeating: label, count: run)
      prediction += Array(repeating: agrees ? label : other, count: run)
    }
    self.seed = seed
    self.prediction = prediction
    self.reference = reference
  }

  static let many = (0..<500).map { MaskPair(seed: $0) }
}

/// The definitions, word by word, over sets of voxel indices.
enum BruteForce {
  static func voxels(_ labels: [Int32], of label: Int32) -> Set<Int> {
    Set(labels.indices.filter { labels[$0] == label })
  }

  static func dice(_ a: Set<Int>, _ b: Set<Int>) -> Double? {
    a.isEmpty && b.isEmpty ? nil : 2 * Double(a.intersection(b).count) / Double(a.count + b.count)
  }

  static func iou(_ a: Set<Int>, _ b: Set<Int>) -> Double? {
    let union = a.union(b)
    return union.isEmpty ? nil : Double(a.intersection(b).count) / Double(union.count)
  }
}
