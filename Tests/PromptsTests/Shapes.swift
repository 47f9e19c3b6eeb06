// Masks to prompt: drawn shapes with names, and seeded random blobs.

import Prompts
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

struct Shape: CustomTestStringConvertible, Sendable {
  let name: String
  let mask: SliceMask

  var testDescription: String { name }

  init(_ name: String, _ width: Int, _ height: Int, _ isObject: (Int, Int) -> Bool) throws {
    self.name = name
    mask = try SliceMask(
      (0..<width * height).map { isObject($0 % width, $0 / width) ? 1 : 0 }, width: width,
      height: height)
  }

  /// Discs that overlap, touch the edge or lie apart.
  init(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let width = Int.random(in: 5...26, using: &generator)
    let height = Int.random(in: 5...26, using: &generator)
    let discs = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
      (
        x: Int.random(in: 0..<width, using: &generator),
        y: Int.random(in: 0..<height, using: &generator),
        radius: Double.random(in: 0.5...6, using: &generator)
      )
    }
    try self.init("seed \(seed), \(width) × \(height)", width, height) { x, y in
      discs.contains { disc in
        let (dx, dy) = (Double(x - disc.x), Double(y - disc.y))
        return dx * dx + dy * dy <= disc.radius * disc.radius
      }
    }
  }

  static func drawn() throws -> [Shape] {
    [
      try Shape("disc", 31, 25) { x, y in (x - 16) * (x - 16) + (y - 12) * (y - 12) <= 64 },
      try Shape("one pixel", 9, 7) { x, y in x == 3 && y == 4 },
      try Shape("one pixel in the corner", 9, 7) { x, y in x == 8 && y == 6 },
      try Shape("an image of one pixel", 1, 1) { _, _ in true },
      try Shape("one row", 20, 9) { x, y in y == 4 && (2...17).contains(x) },
      try Shape("one column on the edge", 9, 20) { x, y in x == 0 && y > 1 },
      try Shape("diagonal", 20, 20) { x, y in x == y && x > 2 },
      try Shape("all of the image", 12, 8) { _, _ in true },
      try Shape("square on two edges", 24, 24) { x, y in x < 12 && y < 12 },
      try Shape("ring", 31, 31) { x, y in
        (49...121).contains((x - 15) * (x - 15) + (y - 15) * (y - 15))
      },
      try Shape("hook", 30, 30) { x, y in (x < 6 && y > 3) || (y > 24 && x < 24) },
      try Shape("two pieces", 40, 20) { x, y in
        (2...6).contains(x) && (2...6).contains(y) || (20...35).contains(x) && (8...16).contains(y)
      },
      try Shape("dumbbell", 44, 17) { x, y in
        (x - 8) * (x - 8) + (y - 8) * (y - 8) <= 36
          || (x - 34) * (x - 34) + (y - 8) * (y - 8) <= 36 || (y == 8 && (8...34).contains(x))
      },
    ]
  }

  static let many: [Shape] = {
    do { return try drawn() + (0..<20).map { try Shape(seed: $0) } } catch { return [] }
  }()
}

extension SliceMask {
  static func empty(_ width: Int, _ height: Int) throws -> SliceMask {
    try SliceMask([UInt8](repeating: 0, count: width * height), width: width, height: height)
  }
}

let anObject = ObjectKey(caseID: "case-7", label: 2, slice: 5, object: 1)
