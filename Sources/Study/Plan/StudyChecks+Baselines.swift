// Baselines that take part: at the levels of prompts that give them what they work from, and no more.

import Baselines
import Prompts

extension StudyChecks {
  static func baseline(
    _ entrant: Entrant, _ model: String, in study: StudyProtocol, of dataset: Dataset
  ) -> Verdict {
    let baseline: any Baseline
    do { baseline = try Baselines.named(model) } catch {
      return Verdict(
        problems: [Problem(entrant.name, String(describing: error), remedy: "correct its name")])
    }
    var problems = misspelt(entrant)
    let levels: [PromptLevel]
    switch baseline.need {
    case .none: levels = [.none]
    case .box, .prompts:
      levels = self.levels(entrant, in: study).filter { baseline.need.isMet(by: $0) }
    case .trainingMasks:
      // All that may be learnt from counts as automatic: nothing is said about the case itself.
      levels =
        self.levels(entrant, in: study).filter {
          if case .support = $0 { return true }
          return false
        } + [.none]
    }
    if levels.isEmpty {
      problems.append(
        Problem(
          entrant.name, "none of the study's prompts gives what it works from (\(baseline.need))",
          remedy: "add box or jittered-box to 'prompts', or leave it out"))
    }
    if baseline.need == .none, dataset.labels.count > 1 {
      problems.append(
        Problem(
          entrant.name,
          "it finds one foreground and the study scores \(dataset.labels.count) labels",
          remedy: "choose one with 'labels', or leave it out"))
    }
    if baseline.need == .trainingMasks {
      problems += levels.compactMap { scarcity(of: $0, entrant, dataset) }
    }
    guard problems.isEmpty else { return Verdict(problems: problems) }
    return Verdict(participant: StudyPlan.Participant(entrant, .baseline, levels))
  }

  /// A case that has fewer others to learn from than a level needs.
  private static func scarcity(
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

extension StudyPlan.Participant {
  /// Whether it is shown other cases.
  var learns: Bool {
    kind == .baseline
      && (try? Baselines.named(entrant.model ?? ""))?.need == .trainingMasks
  }
}
