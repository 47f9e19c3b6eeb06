// What the training of a participant took, from the files beside its weights.

import Segmentation

/// What the training of a participant took.
struct TrainingBudget: Equatable {
  /// Labelled cases, once.
  var cases: Int
  /// Wall-clock minutes, once.
  var minutes: Double?
  /// The learning curve that it is a point of.
  var curve: String
}

extension StudyPlan.Participant {
  /// Checkpoints of a trained model, or the file of weights.
  var weightFiles: [String] { trained?.checkpoints ?? [weights].compactMap(\.self) }

  /// What lies beside its weights; a damaged file has been refused when the study was planned.
  var provenances: [Provenance] { weightFiles.compactMap { try? Provenance(beside: $0) } }

  /// What its training took, where the files beside all its weights say so: the cases of all folds
  /// together, and their minutes added.
  var budget: TrainingBudget? {
    let all = provenances
    guard let first = all.first, all.count == weightFiles.count else { return nil }
    let listed = all.reduce(into: Set<String>()) { $0.formUnion($1.trainingCases) }.count
    let stated = all.compactMap(\.trainingCount).max() ?? 0
    guard max(listed, stated) > 0 else { return nil }
    let minutes = all.compactMap(\.trainingMinutes)
    let curve =
      trained?.curve ?? first.curve ?? trained.map { "nnU-Net \($0.configuration)" }
      ?? entrant.model
    return TrainingBudget(
      cases: max(listed, stated),
      minutes: minutes.count == all.count ? minutes.reduce(0, +) : nil, curve: curve ?? name)
  }
}
