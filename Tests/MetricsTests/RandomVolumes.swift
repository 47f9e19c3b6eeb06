// Seeded random volumes of boxes in a few labels, and what tests do with them.

import Metrics

/// A prediction and a reference on one small grid.
struct VolumePair {
  let seed: UInt64
  let size: SIMD3<Int>
  let spacing: SIMD3<Double>
  let prediction: [Int32]
  let reference: [Int32]

  /// Every third pair is flat, and some have a side without a label.
  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let size = SIMD3(
      Int.random(in: 1...9, using: &generator), Int.random(in: 1...8, using: &generator),
      seed % 3 == 0 ? 1 : Int.random(in: 1...5, using: &generator))
    var reference = [Int32](repeating: 0, count: size.x * size.y * size.z)
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      Self.addBox(to: &reference, size, &generator)
    }
    var prediction = reference
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      Self.addBox(to: &prediction, size, &generator)
    }
    let noise = Double.random(in: 0...0.2, using: &generator)
    for index in prediction.indices where Double.random(in: 0...1, using: &generator) < noise {
      prediction[index] = Int32.random(in: 0...3, using: &generator)
    }
    self.seed = seed
    self.size = size
    spacing = SIMD3(
      Double.random(in: 0.3...4, using: &generator), Double.random(in: 0.3...4, using: &generator),
      Double.random(in: 0.3...4, using: &generator))
    self.prediction = prediction
    self.reference = reference
  }

  static let many = (0..<500).map { VolumePair(seed: $0) }

  var voxelVolume: Double { spacing.x * spacing.y * spacing.z }

  /// The objects of both sides.
  func components(
    _ connectivity: Connectivity = .full
  ) throws -> (prediction: Instances, reference: Instances) {
    (
      try .components(of: prediction, size: size, connectivity: connectivity),
      try .components(of: reference, size: size, connectivity: connectivity)
    )
  }

  func overlaps() throws -> InstanceOverlaps {
    let objects = try components()
    return try InstanceOverlaps(prediction: objects.prediction, reference: objects.reference)
  }

  private static func addBox(
    to labels: inout [Int32], _ size: SIMD3<Int>, _ generator: inout SeededGenerator
  ) {
    let label = Int32.random(in: 0...3, using: &generator)
    let ranges = (0..<3).map { axis in
      let low = Int.random(in: 0..<size[axis], using: &generator)
      return low..<min(size[axis], low + Int.random(in: 1...4, using: &generator))
    }
    for z in ranges[2] {
      for y in ranges[1] {
        for x in ranges[0] { labels[x + size.x * (y + size.y * z)] = label }
      }
    }
  }
}

/// Probabilities and what is there.
struct ProbabilityPair {
  let seed: UInt64
  let probabilities: [Float]
  let reference: [UInt8]

  /// Some of few distinct values, some with values on the edges of bins, some of one class only.
  init(seed: UInt64, count: Int? = nil) {
    var generator = SeededGenerator(seed: seed)
    let count = count ?? Int.random(in: 1...60, using: &generator)
    let steps = [4, 10, 16, 1 << 20][Int.random(in: 0..<4, using: &generator)]
    let share = [0, 0.1, 0.5, 0.9, 1][Int.random(in: 0..<5, using: &generator)]
    var probabilities: [Float] = []
    var reference: [UInt8] = []
    for _ in 0..<count {
      probabilities.append(Float(Int.random(in: 0...steps, using: &generator)) / Float(steps))
      let isForeground = Double.random(in: 0..<1, using: &generator) < share
      reference.append(isForeground ? UInt8.random(in: 1...255, using: &generator) : 0)
    }
    self.seed = seed
    self.probabilities = probabilities
    self.reference = reference
  }

  static let many = (0..<500).map { ProbabilityPair(seed: $0) }
}

/// Whether two scores are the same but for rounding.
func agree(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-12) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return abs(a - b) <= tolerance
}

func agree(_ a: [Double?], _ b: [Double?], within tolerance: Double = 1e-12) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, within: tolerance) }
}
