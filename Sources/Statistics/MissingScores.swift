// What a ranking makes of a case in which a model has no score: a choice that changes winners.

/// How rankings treat undefined scores.
///
/// A case in which no model has a score says nothing about their order and is left out, except with
/// ``value(_:)``.
public enum MissingScores: Sendable, Equatable, Codable {
  /// As bad as can be: ranked behind all models of the case where cases are ranked (challengeR
  /// without `na.treat`), and the worst score of the whole table where scores are averaged or
  /// tested.
  ///
  /// Wrong where a score is undefined because the model was right, such as Dice of two empty masks:
  /// define it there (`--when-empty one`) or choose ``omitted``.
  case worst
  /// Replaced by a score, such as 0 for Dice (challengeR `na.treat = 0`).
  case value(Double)
  /// Left out (challengeR `na.treat = "na.rm"`): a model is then judged by its own cases, and may
  /// gain from having failed on hard ones.
  case omitted

  /// Whether a case in which no model has a score takes no part.
  var leavesEmptyCasesOut: Bool {
    if case .value = self { false } else { true }
  }
}
