// Networks that give every pixel a class, and masks made elsewhere: answers without prompts.

import Datasets
import Imaging
import Models
import Prompts
import Segmentation

/// A dense network.
struct DenseContestant: Contestant {
  let segmenter: DenseSegmenter
  /// For each label of the network the label of the dataset.
  let labels: [Int32: Int32]

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    var answer = CaseAnswer(level: .none, labels: [])
    let before = Usage.cpuSeconds
    let found = try segmenter.segment(image, stopwatch: &answer.meter.stopwatch)
    answer.meter.cpuSeconds = Usage.cpuSeconds - before
    answer.work.imagesRead = 1
    answer.labels = found.labels.labels.map { labels[$0] ?? 0 }
    answer.probabilities = try found.probabilities?.floats(.luminance)
    answer.inputs = found.inputs
    return [answer]
  }
}

/// Masks that another program has written.
struct MasksContestant: Contestant {
  let plan: StudyPlan
  let participant: StudyPlan.Participant

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    guard let file = participant.files[item.id]?.path else {
      throw StudyError.entrantFailed(name: participant.name, reason: "it has no mask of \(item.id)")
    }
    let stored = try LabelMap(contentsOf: file)
    let labels = participant.labels(of: stored, in: plan)
    return participant.levels.map { level in
      CaseAnswer(
        level: level, labels: labels,
        instances: participant.numbersObjects ? stored.labels : nil)
    }
  }
}
