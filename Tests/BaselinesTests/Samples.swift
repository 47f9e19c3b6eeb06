// Seeded random numbers and pictures of one object.

import Baselines

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

/// A bright ellipse in noise.
struct Picture {
  let width: Int
  let height: Int
  let truth: [UInt8]
  let grey: [Float]

  init(
    width: Int, height: Int, centre: SIMD2<Double>, radii: SIMD2<Double>, noise: Float = 0.1,
    seed: UInt64 = 1, scale: Float = 1, offset: Float = 0
  ) {
    var generator = SeededGenerator(seed: seed)
    self.width = width
    self.height = height
    truth = (0..<width * height).map { pixel in
      let place = (SIMD2(Double(pixel % width), Double(pixel / width)) - centre) / radii
      return (place * place).sum() <= 1 ? 1 : 0
    }
    grey = truth.map {
      let value = 0.3 + 0.5 * Float($0) + Float.random(in: -noise...noise, using: &generator)
      return value * scale + offset
    }
  }

  func image() throws -> BaselineImage {
    try BaselineImage(grey: grey, width: width, height: height)
  }

  func dice(_ mask: [UInt8]) -> Double {
    let common = zip(mask, truth).reduce(0) { $0 + Int($1.0 & $1.1) }
    let sizes = (mask + truth).reduce(0) { $0 + Int($1) }
    return sizes == 0 ? 1 : 2 * Double(common) / Double(sizes)
  }
}
