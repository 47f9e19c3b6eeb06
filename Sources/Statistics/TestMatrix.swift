// One-sided signed-rank tests of all pairs of models with weighted cases: what the test-based
// ranking counts.

/// The paired differences of all models, sorted once, so that a resample costs one pass per pair.
///
/// As challengeR calls R's `wilcox.test(exact = FALSE, paired = TRUE)`: zeros left out, normal
/// approximation, correction for ties and continuity. A case drawn twice counts as two cases.
struct TestMatrix: Sendable {
  private let models: Int
  private let pairs: [Pair]
  private let alpha: Double
  private let correction: Correction

  /// - Parameters:
  ///   - rows: models × cases; pairs take the cases in which both have a score
  ///   - options: direction, level and correction
  init(_ rows: [[Double?]], _ options: RankingOptions) {
    models = rows.count
    alpha = options.alpha
    correction = options.correction
    pairs = rows.indices.flatMap { first in
      rows.indices.dropFirst(first + 1).map { second in
        options.higherIsBetter
          ? Pair(first, second, rows[first], rows[second])
          : Pair(first, second, rows[second], rows[first])
      }
    }
  }

  /// For each model the share of the other models that it beats; not a number for a single model.
  func shareOfWins(weights: [Int]) -> [Double] {
    var pValues: [Double?] = []
    for pair in pairs {
      let p = pair.pValues(weights: weights)
      pValues.append(p?.first)
      pValues.append(p?.second)
    }
    let adjusted = correction.adjusted(pValues)
    var wins = [Double](repeating: 0, count: models)
    for (index, pair) in pairs.enumerated() {
      if let p = adjusted[2 * index], p <= alpha { wins[pair.first] += 1 }
      if let p = adjusted[2 * index + 1], p <= alpha { wins[pair.second] += 1 }
    }
    return wins.map { $0 / Double(models - 1) }
  }
}

/// The differences of two models in ascending order of their size; positive where the first is
/// better.
private struct Pair: Sendable {
  let first: Int
  let second: Int
  /// Cases with a difference, in ascending order of its size.
  private let cases: [Int]
  private let isPositive: [Bool]
  /// Where each run of equal sizes ends.
  private let ends: [Int]
  /// Cases without a difference.
  private let equal: [Int]

  init(_ first: Int, _ second: Int, _ better: [Double?], _ other: [Double?]) {
    self.first = first
    self.second = second
    var differences: [(case: Int, value: Double)] = []
    var equal: [Int] = []
    for index in better.indices {
      guard let a = better[index], let b = other[index] else { continue }
      let value = difference(a, b, digits: 12)
      if value == 0 { equal.append(index) } else { differences.append((index, value)) }
    }
    differences.sort { abs($0.value) < abs($1.value) }
    cases = differences.map(\.case)
    isPositive = differences.map { $0.value > 0 }
    ends = differences.indices.compactMap { index in
      let next = index + 1
      let isLast =
        next == differences.count || abs(differences[next].value) > abs(differences[index].value)
      return isLast ? next : nil
    }
    self.equal = equal
  }

  /// One-sided p-values of the first being better and of the second; nil if no weighted case has
  /// both scores.
  func pValues(weights: [Int]) -> (first: Double, second: Double)? {
    var n = 0
    var doubledPositive = 0
    var ties = 0
    weights.withUnsafeBufferPointer { weights in
      cases.withUnsafeBufferPointer { cases in
        isPositive.withUnsafeBufferPointer { isPositive in
          var start = 0
          for end in ends {
            var run = 0
            var positive = 0
            for index in start..<end {
              let weight = weights[cases[index]]
              run += weight
              positive += isPositive[index] ? weight : 0
            }
            doubledPositive += positive * (2 * n + run + 1)
            ties += run * run * run - run
            n += run
            start = end
          }
        }
      }
    }
    if n == 0 { return equal.contains { weights[$0] > 0 } ? (1, 1) : nil }
    let count = Double(n)
    let mean = count * (count + 1) / 4
    let variance = mean * (2 * count + 1) / 6 - Double(ties) / 48
    guard variance > 0 else { return (1, 1) }
    let distance = Double(doubledPositive) / 2 - mean
    let deviation = variance.squareRoot()
    return (
      Alternative.greater.pValue(z: (distance - 0.5) / deviation),
      Alternative.greater.pValue(z: (-distance - 0.5) / deviation)
    )
  }
}
