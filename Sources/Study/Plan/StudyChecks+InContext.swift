// Networks that learn from examples: they take part at the levels that show them other cases.

import Models
import Prompts

extension StudyChecks {
  /// Such a network answers for whatever the masks of its examples show, so that it needs no names of labels.
  static func inContext(
    _ entrant: Entrant, _ entry: RegisteredModel, in study: StudyProtocol, of dataset: Dataset,
    weights: FoundWeights
  ) -> Verdict {
    var problems = misspelt(entrant) + damaged([weights.file].compactMap(\.self))
    if let labels = entrant.labels, !labels.isEmpty {
      problems.append(
        Problem(
          entrant.name, "\(entry.id) has no labels of its own; it finds those of its examples",
          remedy: "leave its 'labels' out"))
    }
    let asked = levels(entrant, in: study)
    let levels = asked.filter { $0.given == .examples }
    // The study's levels are for those who can read them.
    for level in asked where entrant.prompts != nil && level.given != .examples {
      problems.append(
        Problem(
          entrant.name, "it learns from images with masks and reads no '\(level)'",
          remedy: "leave '\(level)' out of its prompts"))
    }
    if levels.isEmpty {
      problems.append(
        Problem(
          entrant.name,
          "it learns from images with masks, which none of the study's prompts gives",
          remedy: "add support-1 or another support-K to 'prompts', or leave it out"))
    }
    problems += levels.compactMap { scarcity(of: $0, entrant, dataset) }
    guard problems.isEmpty else { return Verdict(problems: problems) }
    return Verdict(
      participant: StudyPlan.Participant(
        entrant, .inContext, levels, weights: weights.file, weightsHash: weights.hash))
  }
}
