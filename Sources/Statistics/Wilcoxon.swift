// The Wilcoxon signed-rank test, with the choices of SciPy and R named instead of implied.
// Wilcoxon, Biometrics Bulletin 1 (1945) 80; Pratt, Journal of the American Statistical Association
// 54 (1959) 655; Cureton, ibid. 62 (1967) 1068.
// Guide: Documentation/statistics.md

/// Which way a difference would have to go.
public enum Alternative: String, Sendable, Codable, CaseIterable {
  case twoSided = "two-sided"
  /// First above second.
  case greater
  /// First below second.
  case less
}

/// The signed-rank test of paired scores.
public struct Wilcoxon: Sendable, Equatable, Codable {
  /// What becomes of differences of zero.
  public enum Zeros: String, Sendable, Codable, CaseIterable {
    /// Left out before ranking.
    case wilcox
    /// Ranked, and their ranks left out.
    case pratt
    /// Ranked, and their ranks given half to either side.
    case zsplit
  }

  /// How the p-value is found.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// As SciPy 1.17 `method="auto"`: exact for up to 50 pairs without ties and zeros and for up to
    /// 13 pairs with them, else approximate.
    case automatic
    /// The distribution over all sign flips of the ranks at hand, ties included. Time grows with
    /// n³.
    ///
    /// SciPy's `method="exact"` is the same without ties and zeros, and ignores them where they
    /// are.
    case exact
    /// The normal approximation with correction for ties.
    case approximate
  }

  /// What the test found.
  public struct Outcome: Sendable, Equatable, Codable {
    /// Sum of the ranks of positive differences.
    public let positiveRanks: Double
    /// Sum of the ranks of negative differences.
    public let negativeRanks: Double
    public let pValue: Double
    /// Of the normal approximation, after correction for continuity; nil if the test was exact.
    public let z: Double?
    /// `exact` or `approximate`.
    public let method: Method
  }

  public var alternative: Alternative
  public var zeros: Zeros
  public var method: Method
  /// Moves the sum of ranks by one half towards its mean: R's default, not SciPy's.
  public var continuityCorrection: Bool
  /// Decimal digits to which differences are rounded before they are ranked; nil does not round.
  ///
  /// `0.9 - 0.8` and `0.2 - 0.1` differ in the last bit, which breaks a tie and moves p. Digits
  /// count from the first one of the larger score, where the noise stems from.
  public var significantDigits: Int?

  public init(
    alternative: Alternative = .twoSided, zeros: Zeros = .wilcox, method: Method = .automatic,
    continuityCorrection: Bool = false, significantDigits: Int? = 12
  ) {
    self.alternative = alternative
    self.zeros = zeros
    self.method = method
    self.continuityCorrection = continuityCorrection
    self.significantDigits = significantDigits
  }

  /// Tests paired scores.
  ///
  /// - Parameters:
  ///   - first: scores, finite
  ///   - second: scores of the same cases in the same order
  /// - Returns: nil if there are no pairs or the lists have different lengths; p = 1 if all pairs
  ///   are equal
  public func callAsFunction(_ first: [Double], _ second: [Double]) -> Outcome? {
    guard first.count == second.count else { return nil }
    return outcome(zip(first, second).map { difference($0, $1, digits: significantDigits) })
  }

  /// Tests differences, whose digits are counted from their own first one.
  ///
  /// - Parameter differences: finite
  /// - Returns: nil if there are none; p = 1 if all are zero
  public func callAsFunction(differences: [Double]) -> Outcome? {
    outcome(
      differences.map { value in
        significantDigits.map { rounded(value, digits: $0) } ?? value
      })
  }

  /// Tests differences as they are.
  func outcome(_ differences: [Double]) -> Outcome? {
    guard !differences.isEmpty else { return nil }
    let ranks = SignedRanks(differences, zeros: zeros)
    guard !ranks.isEmpty else {
      return Outcome(
        positiveRanks: ranks.positive, negativeRanks: ranks.negative, pValue: 1, z: nil,
        method: .exact)
    }
    let exact =
      switch method {
      case .automatic:
        differences.count <= (ranks.hasTies || ranks.zeroCount > 0 ? 13 : 50)
      case .exact: true
      case .approximate: false
      }
    let z = exact ? nil : ranks.z(alternative, corrected: continuityCorrection)
    return Outcome(
      positiveRanks: ranks.positive, negativeRanks: ranks.negative,
      pValue: z.map { alternative.pValue(z: $0) } ?? ranks.exactPValue(alternative),
      z: z, method: exact ? .exact : .approximate)
  }
}

extension Alternative {
  /// The tail of the normal distribution.
  func pValue(z: Double) -> Double {
    switch self {
    case .twoSided: min(1, 2 * NormalDistribution.cumulative(-abs(z)))
    case .greater: NormalDistribution.cumulative(-z)
    case .less: NormalDistribution.cumulative(z)
    }
  }
}

/// First minus second, without the noise of the subtraction if digits are given.
func difference(_ first: Double, _ second: Double, digits: Int?) -> Double {
  guard let digits else { return first - second }
  return rounded(first - second, digits: digits, scale: max(abs(first), abs(second)))
}
