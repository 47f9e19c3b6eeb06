// Corrects p-values for having asked more than one question.
// Holm, Scandinavian Journal of Statistics 6 (1979) 65; Benjamini and Hochberg, Journal of the
// Royal Statistical Society B 57 (1995) 289.

/// A correction of p-values over a family of tests.
public enum Correction: String, Sendable, Codable, CaseIterable {
  case none
  /// Times the number of tests.
  case bonferroni
  /// Bonferroni step by step: never less powerful, and valid under any dependence.
  case holm
  /// Bounds the share of false discoveries, not the chance of any.
  case benjaminiHochberg = "benjamini-hochberg"

  /// The p-values after correction; tests without a p-value stay without and do not count.
  public func adjusted(_ pValues: [Double?]) -> [Double?] {
    let order = pValues.indices.filter { pValues[$0] != nil }
      .sorted { (pValues[$0] ?? 0) < (pValues[$1] ?? 0) }
    var adjusted = [Double?](repeating: nil, count: pValues.count)
    let count = Double(order.count)
    switch self {
    case .none:
      return pValues
    case .bonferroni:
      return pValues.map { $0.map { min(1, $0 * count) } }
    case .holm:
      var largest = 0.0
      for (step, index) in order.enumerated() {
        largest = max(largest, min(1, (pValues[index] ?? 1) * (count - Double(step))))
        adjusted[index] = largest
      }
    case .benjaminiHochberg:
      var smallest = 1.0
      for (step, index) in order.enumerated().reversed() {
        smallest = min(smallest, (pValues[index] ?? 1) * count / Double(step + 1))
        adjusted[index] = smallest
      }
    }
    return adjusted
  }
}
