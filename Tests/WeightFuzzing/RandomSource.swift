// A small seeded generator, so that every fuzzed input can be made again from two numbers.

/// SplitMix64.
public struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts at a seed; `stream` separates the inputs of one run.
  public init(seed: UInt64, stream: UInt64 = 0) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 ^ (stream &+ 1) &* 0xBF58_476D_1CE4_E5B9
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
