// The paired permutation test: under no difference, each pair might as well have had the other
// sign.
// Fisher, The Design of Experiments (1935), section 21; the added one of Monte-Carlo p-values:
// Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010) 39.

/// The sign-flip test of the mean difference of pairs.
///
/// Clusters are flipped as a whole: the images of a patient do not change sides one by one.
public struct PermutationTest: Sendable, Equatable, Codable {
  /// What the test found.
  public struct Outcome: Sendable, Equatable, Codable {
    public let pValue: Double
    /// Sign patterns looked at: all 2ⁿ, or as many as were drawn.
    public let permutations: Int
    /// Whether all patterns were looked at, so that p depends on no seed.
    public let isExact: Bool
  }

  public var alternative: Alternative
  /// Patterns drawn where there are too many for all; the smallest possible p is one over this plus
  /// one.
  public var permutations: Int
  /// Units up to which all patterns are looked at; at most 24, which is 17 million.
  public var exactUnits: Int
  public var seed: UInt64

  public init(
    alternative: Alternative = .twoSided, permutations: Int = 10_000, exactUnits: Int = 16,
    seed: UInt64 = 0
  ) {
    self.alternative = alternative
    self.permutations = permutations
    self.exactUnits = exactUnits
    self.seed = seed
  }

  /// Tests whether the mean of differences is zero.
  ///
  /// - Parameter sample: differences of pairs, with clusters if pairs are not independent
  /// - Returns: nil for no pairs, or where patterns would have to be drawn and none are allowed
  public func callAsFunction(_ sample: Sample) -> Outcome? {
    let sums = sample.unitSums.sums
    guard !sums.isEmpty else { return nil }
    let observed = sums.reduce(0, +)
    // Patterns that give the observed mean must count, whatever the order of summation does to the
    // last bits.
    let noise = 1e-12 * sums.reduce(0) { $0 + abs($1) }
    let isExtreme: @Sendable (Double) -> Bool = { [alternative] sum in
      switch alternative {
      case .twoSided: abs(sum) >= abs(observed) - noise
      case .greater: sum >= observed - noise
      case .less: sum <= observed + noise
      }
    }
    let flips = SignedSums(sums)
    if sums.count <= min(exactUnits, 24) {
      let patterns = 1 << sums.count
      let extreme = (0..<patterns).count { pattern in
        isExtreme(flips.sum { block in UInt64(pattern) >> UInt64(8 * block) })
      }
      return Outcome(
        pValue: Double(extreme) / Double(patterns), permutations: patterns, isExact: true)
    }
    guard permutations > 0 else { return nil }
    let extreme = concurrently(permutations, initial: false, scratch: ()) { [seed] index, _ in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index))
      var bits: UInt64 = 0
      return isExtreme(
        flips.sum { block in
          bits = block.isMultiple(of: 8) ? generator.next() : bits >> 8
          return bits
        })
    }
    return Outcome(
      pValue: Double(extreme.count { $0 } + 1) / Double(permutations + 1),
      permutations: permutations, isExact: false)
  }
}

/// Sums of values with given signs, eight at a time by table.
private struct SignedSums: Sendable {
  /// For each block of eight values the sums of all 256 sign patterns.
  private let table: [Double]
  private let blocks: Int

  init(_ values: [Double]) {
    blocks = (values.count + 7) / 8
    var table = [Double](repeating: 0, count: blocks * 256)
    for (index, value) in values.enumerated() {
      let start = index / 8 * 256
      let bit = 1 << (index % 8)
      for pattern in 0..<256 {
        table[start + pattern] += pattern & bit == 0 ? value : -value
      }
    }
    self.table = table
  }

  /// The sum with the signs that the low eight bits of each block give.
  func sum(_ bits: (Int) -> UInt64) -> Double {
    var sum = 0.0
    for block in 0..<blocks {
      sum += table[block * 256 + Int(truncatingIfNeeded: bits(block) & 255)]
    }
    return sum
  }
}
