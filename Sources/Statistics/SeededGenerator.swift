// Random numbers that depend on a seed alone, so that every resample can be drawn again on any
// machine.
// xoshiro256**: Blackman and Vigna, ACM Transactions on Mathematical Software 47 (2021) 36.
// SplitMix64: Steele, Lea and Flood, OOPSLA 2014, 453.

/// xoshiro256**, started by SplitMix64 from a seed and the number of a stream.
///
/// Work that is spread over threads takes one stream per resample; what is drawn then does not
/// depend on how many threads there are or which of them comes first.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  /// Starts one of 2⁶⁴ streams of a seed.
  public init(seed: UInt64, stream: UInt64 = 0) {
    // The seed is mixed before the stream is added, lest (seed 1, stream 2) be (seed 2, stream 1).
    var mixed = SplitMix(state: seed)
    var split = SplitMix(state: mixed.next() &+ stream &* 0xD134_2543_DE82_EF95)
    a = split.next()
    b = split.next()
    c = split.next()
    d = split.next()
  }

  public mutating func next() -> UInt64 {
    let product = b &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 45) | (d >> 19)
    return result
  }

  /// A whole number in `0..<count`.
  ///
  /// One draw, without rejection: no number is preferred by more than `count / 2⁶⁴`.
  mutating func index(below count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
  }
}

private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
