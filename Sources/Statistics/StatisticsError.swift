// Why scores cannot be analysed at all; too few cases are no error but a warning.

/// A table that is no table.
public enum StatisticsError: Error, Equatable, CustomStringConvertible {
  /// The number of rows of scores is not the number of models.
  case rowsDiffer(models: Int, rows: Int)
  /// A model has another number of scores than there are cases.
  case lengthsDiffer(model: String, scores: Int, cases: Int)
  /// A list that accompanies the cases, such as their patients, has another length.
  case labelsDiffer(what: String, labels: Int, cases: Int)
  /// A model or case occurs twice.
  case duplicate(what: String, name: String)
  /// A score is infinite or not a number.
  case notFinite(model: String, case: String, score: Double)

  public var description: String {
    switch self {
    case .rowsDiffer(let models, let rows):
      "The table names \(models) models but has \(rows) rows of scores; give one row per model."
    case .lengthsDiffer(let model, let scores, let cases):
      "Model \(model) has \(scores) scores for \(cases) cases; "
        + "give one per case, and none (nil) where it is undefined."
    case .labelsDiffer(let what, let labels, let cases):
      "There are \(labels) \(what) for \(cases) cases; give one per case."
    case .duplicate(let what, let name):
      "The \(what) \(name) occurs more than once; each may have one score only."
    case .notFinite(let model, let name, let score):
      "Model \(model) has the score \(score) in case \(name); "
        + "state an undefined score as none (nil) and choose how rankings treat it."
    }
  }
}
