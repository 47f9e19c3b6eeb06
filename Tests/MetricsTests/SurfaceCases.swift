// Seeded random volumes of labels, and the definitions of surfaces and distances word by word.

import Metrics
import Testing

/// A small prediction and reference with their grid.
struct SurfacePair: CustomTestStringConvertible, Sendable {
  let seed: UInt64
  let size: SIMD3<Int>
  let spacing: SIMD3<Double>
  let prediction: [Int32]
  let reference: [Int32]
  let flat: FlatImage

  var testDescription: String { "seed \(seed), \(size.x)×\(size.y)×\(size.z)" }
  var isPlanar: Bool { size.z == 1 && flat == .twoDimensional }

  /// Boxes, balls and noise of labels 1…3, some up to the edges, some in one of the two only.
  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 1_000)
    let isFlat = seed.isMultiple(of: 3)
    let longest = isFlat ? 10 : 5
    size = SIMD3(
      // Now and then longer than a word of bits.
      Int.random(in: 1...(seed.isMultiple(of: 50) ? 150 : longest), using: &generator),
      Int.random(in: 1...longest, using: &generator),
      isFlat ? 1 : Int.random(in: 1...longest, using: &generator))
    let spacings = [0.5, 0.7, 1, 1.25, 3, 5]
    spacing = SIMD3(
      spacings.randomElement(using: &generator) ?? 1,
      spacings.randomElement(using: &generator) ?? 1,
      spacings.randomElement(using: &generator) ?? 1)
    flat = seed.isMultiple(of: 6) ? .oneSlice : .twoDimensional
    let common = Self.shapes(size, &generator)
    prediction = Self.changed(common, size, &generator)
    reference = Self.changed(common, size, &generator)
    self.seed = seed
  }

  /// A given pair in two dimensions.
  init(
    size: SIMD3<Int>, spacing: SIMD3<Double>, _ prediction: [Int32], _ reference: [Int32]
  ) {
    seed = 0
    flat = .twoDimensional
    self.size = size
    self.spacing = spacing
    self.prediction = prediction
    self.reference = reference
  }

  static let many = (0..<500).map { SurfacePair(seed: $0) }

  private static func shapes(
    _ size: SIMD3<Int>, _ generator: inout SeededGenerator
  ) -> [Int32] {
    var labels = [Int32](repeating: 0, count: size.x * size.y * size.z)
    for _ in 0..<Int.random(in: 0...4, using: &generator) { draw(size, &labels, &generator) }
    return labels
  }

  private static func changed(
    _ labels: [Int32], _ size: SIMD3<Int>, _ generator: inout SeededGenerator
  ) -> [Int32] {
    var labels = labels
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: return labels.map { _ in 0 }
    case 1: return labels.map { $0 == 2 ? 0 : $0 }
    case 2: draw(size, &labels, &generator)
    case 3:
      for voxel in labels.indices where Int.random(in: 0..<5, using: &generator) == 0 {
        labels[voxel] = Int32.random(in: 0...3, using: &generator)
      }
    case 4:
      for _ in 0..<3 {
        labels[Int.random(in: labels.indices, using: &generator)] = 1
      }
    default: break
    }
    return labels
  }

  private static func draw(
    _ size: SIMD3<Int>, _ labels: inout [Int32], _ generator: inout SeededGenerator
  ) {
    let label = Int32.random(in: 0...3, using: &generator)
    let isBall = Bool.random(using: &generator)
    let middle = SIMD3(
      Double.random(in: 0...Double(size.x), using: &generator),
      Double.random(in: 0...Double(size.y), using: &generator),
      Double.random(in: 0...Double(size.z), using: &generator))
    let radius = SIMD3(
      Double.random(in: 0.5...(Double(size.x) / 2 + 0.5), using: &generator),
      Double.random(in: 0.5...(Double(size.y) / 2 + 0.5), using: &generator),
      Double.random(in: 0.5...(Double(size.z) / 2 + 0.5), using: &generator))
    for voxel in labels.indices {
      let place = SIMD3(
        Double(voxel % size.x), Double(voxel / size.x % size.y), Double(voxel / size.x / size.y))
      let off = (place - middle) / radius
      let isInside = isBall ? (off * off).sum() <= 1 : (off * off).max() <= 1
      if isInside { labels[voxel] = label }
    }
  }
}

/// A mask as the places of its voxels.
struct PlainMask {
  let size: SIMD3<Int>
  let isPlanar: Bool
  let inside: [Bool]

  init(_ labels: [Int32], _ label: Int32, _ pair: SurfacePair) {
    size = pair.size
    isPlanar = pair.isPlanar
    inside = labels.map { $0 == label }
  }

  var isEmpty: Bool { !inside.contains(true) }

  var voxels: [SIMD3<Int>] {
    inside.indices.filter { inside[$0] }.map {
      SIMD3($0 % size.x, $0 / size.x % size.y, $0 / size.x / size.y)
    }
  }

  func contains(_ place: SIMD3<Int>) -> Bool {
    (0..<3).allSatisfy { (0..<size[$0]).contains(place[$0]) }
      && inside[place.x + size.x * (place.y + size.y * place.z)]
  }

  var border: [SIMD3<Int>] {
    let axes = isPlanar ? 2 : 3
    return voxels.filter { voxel in
      (0..<axes).contains { axis in
        [-1, 1].contains { step in
          var other = voxel
          other[axis] += step
          return !contains(other)
        }
      }
    }
  }

  /// Corners that touch inside and outside, with the code of the voxels around each.
  var corners: [(place: SIMD3<Int>, code: Int)] {
    var found: [(SIMD3<Int>, Int)] = []
    for z in 0...(isPlanar ? 0 : size.z) {
      for y in 0...size.y {
        for x in 0...size.x {
          var code = 0
          for bit in 0..<(isPlanar ? 4 : 8) {
            let voxel = SIMD3(
              x - 1 + bit % 2, y - 1 + bit / 2 % 2, isPlanar ? z : z - 1 + bit / 4)
            if contains(voxel) { code |= 1 << bit }
          }
          if code != 0, code != (isPlanar ? 15 : 255) { found.append((SIMD3(x, y, z), code)) }
        }
      }
    }
    return found
  }
}

extension BruteForce {
  /// From each place to the nearest of others.
  static func distances(
    _ from: [SIMD3<Int>], _ to: [SIMD3<Int>], _ spacing: SIMD3<Double>
  ) -> [Double] {
    let points = { (places: [SIMD3<Int>]) in
      places.map {
        Point(
          x: Double($0.x) * spacing.x, y: Double($0.y) * spacing.y, z: Double($0.z) * spacing.z)
      }
    }
    let others = points(to)
    return points(from).map { point in
      var best = Double.infinity
      for other in others { best = Swift.min(best, point.squaredDistance(other)) }
      return best.squareRoot()
    }
  }

  /// Vectors are slow in builds without optimisation.
  private struct Point {
    let x: Double
    let y: Double
    let z: Double

    func squaredDistance(_ o: Point) -> Double {
      (x - o.x) * (x - o.x) + (y - o.y) * (y - o.y) + (z - o.z) * (z - o.z)
    }
  }

  /// As NumPy's default: linear between the two nearest of the sorted values.
  static func percentile(_ values: [Double], _ percent: Double) -> Double {
    let sorted = values.sorted()
    let place = Double(sorted.count - 1) * percent / 100
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (sorted[upper] - sorted[lower]) * (place - Double(lower))
  }
}

/// Equal but for the rounding of sums.
func isClose(_ a: Double?, _ b: Double?, _ tolerance: Double = 1e-9) -> Bool {
  switch (a, b) {
  case (nil, nil): true
  case (let a?, let b?): a == b || abs(a - b) <= tolerance * max(1, abs(b))
  default: false
  }
}
