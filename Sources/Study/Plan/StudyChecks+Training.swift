// Models that are trained for the study: whether there is something to learn from, and whether it has been done.

import Datasets
import Foundation
import Segmentation
import Training

extension StudyChecks {
  /// An entrant that takes part once it is trained, or, where it is, as any trained model.
  static func trainedHere(
    _ entrant: Entrant, _ task: TrainingTask, in study: StudyProtocol, of dataset: Dataset
  ) -> Verdict {
    let problems = misspelt(entrant) + unfit(entrant, task, in: study, of: dataset)
    guard problems.isEmpty else { return Verdict(problems: problems) }
    do {
      let training = try PlannedTraining(entrant, task, in: study, of: dataset)
      guard training.isFinished else { return Verdict(training: training) }
      return trained(
        entrant, at: training.checkpoint, in: study, of: dataset,
        curve: "nnU-Net \(training.configuration), \(task.time)")
    } catch {
      return Verdict(problems: [
        Problem(entrant.name, oneLine(error), remedy: "correct its 'training'")
      ])
    }
  }

  private static func unfit(
    _ entrant: Entrant, _ task: TrainingTask, in study: StudyProtocol, of dataset: Dataset
  ) -> [Problem] {
    func refuse(_ met: String, _ remedy: String) -> [Problem] {
      [Problem(entrant.name, met, remedy: remedy)]
    }
    guard entrant.model == Entrant.trainedModel else {
      return refuse(
        "\(entrant.model ?? "it") cannot be trained here",
        "write model: \(Entrant.trainedModel), or leave 'training' out")
    }
    guard entrant.weights == nil, entrant.predictions == nil else {
      return refuse(
        "it is trained here and cannot have weights or predictions as well",
        "leave 'training' or the other entry out")
    }
    guard study.split.separates else {
      return refuse(
        "it would learn from the cases that are scored",
        "keep cases aside (--held-out N, or split: {heldOut: N}), or name a column that splits them"
      )
    }
    guard dataset.training.count >= task.cases ?? 1 else {
      return refuse(
        "it is to learn from \(task.cases ?? 1) cases, and there are \(dataset.training.count)",
        "ask for fewer, or keep fewer aside")
    }
    guard task.cases ?? 1 > 0, task.minutes > 0, task.minutes.isFinite else {
      return refuse(
        "\(task.budget) train nothing",
        "ask for at least one case and for more than 0 minutes")
    }
    let known = ["2d", "3d_fullres", "3d_lowres"]
    if let name = task.configuration, !known.contains(name) {
      return refuse(
        "the configuration '\(name)' cannot be trained here",
        "write one of \(known.joined(separator: ", "))")
    }
    if task.configuration?.hasPrefix("3d") ?? false, dataset.cases.contains(where: \.isFlat) {
      return refuse(
        "\(task.configuration ?? "") reads volumes and the dataset holds single slices",
        "write configuration: 2d, or leave it out")
    }
    return []
  }
}
