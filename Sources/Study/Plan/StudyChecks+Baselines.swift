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
}
