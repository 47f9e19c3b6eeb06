// What a metric answers where its definition divides zero by zero: a choice that papers make silently.

/// The score of a label that neither the prediction nor the reference contains.
///
/// Only this case is a matter of choice: when one of the two is empty and the other is not, overlap
/// metrics are 0 by their definition.
public enum EmptyPolicy: String, Sendable, Codable, CaseIterable {
  /// The score does not exist and takes no part in a mean: MedPy, MONAI, surface-distance.
  case undefined
  /// Agreement on absence is full agreement: MetricsReloaded, MONAI with `ignore_empty=False`.
  case one
  /// Nothing was found, so nothing is scored: some challenge evaluations.
  case zero

  /// The score that stands for zero divided by zero.
  public var score: Double? {
    switch self {
    case .undefined: nil
    case .one: 1
    case .zero: 0
    }
  }
}
