// Which other cases are shown to those who learn from examples: the same to all of them.

import Baselines
import Prompts
import Weights

extension StudyPlan {
  /// All cases that may be learnt from when `item` is scored, or so many of them, drawn by the seed alike for
  /// every participant; more examples contain the fewer.
  func examples(for item: Case, at level: PromptLevel) -> ArraySlice<Case> {
    let others = training(for: item)
    guard case .support(let count) = level else { return others[...] }
    return others.map { other in
      ("\(study.seed) \(item.id) \(other.id)".fnv1a64, other)
    }.sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }.map(\.1).prefix(count)
  }
}

extension StudyPlan.Participant {
  /// Whether it is shown other cases.
  var learns: Bool {
    kind == .inContext
      || kind == .baseline
        && (try? Baselines.named(entrant.model ?? ""))?.need == .trainingMasks
  }
}

extension StudyChecks {
  /// A case that has fewer others to learn from than a level needs.
  static func scarcity(
    of level: PromptLevel, _ entrant: Entrant, _ dataset: Dataset
  ) -> Problem? {
    let needed = if case .support(let count) = level { count } else { 1 }
    let counts = dataset.cases.map { (id: $0.id, count: $0.others(in: dataset.training).count) }
    guard let least = counts.min(by: { $0.count < $1.count }), least.count < needed else {
      return nil
    }
    let met =
      least.count == 0
      ? "there is no case to learn from for \(least.id)"
      : "'\(level)' needs \(needed) other cases, and for \(least.id) there are \(least.count)"
    return Problem(
      entrant.name, met + "; images of its own patient do not count",
      remedy: needed > 1 && least.count > 0
        ? "ask for fewer examples, or correct 'split'" : "correct 'split', or leave it out")
  }
}
