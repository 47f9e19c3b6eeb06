// Classical baselines as participants: of the image alone, of prompts, and of other cases' masks.

import Baselines
import Datasets
import Foundation
import Imaging
import Prompts
import Segmentation
import Tensors

extension Team {
  static func baseline(
    _ participant: StudyPlan.Participant, in plan: StudyPlan
  ) throws -> any Contestant {
    let baseline = try Baselines.named(participant.entrant.model ?? "")
    switch baseline.need {
    case .none: return ThresholdContestant(plan: plan, baseline: baseline)
    case .trainingMasks: return VotingContestant(plan: plan, levels: participant.levels)
    case .box, .prompts:
      return PromptableContestant(
        plan: plan, levels: participant.levels,
        prepare: { image in
          let whole = try BaselineImage(image)
          let size = image.geometry.size
          return { slice in
            BaselineResponder(
              baseline: baseline, image: try whole.slice(slice), width: size.x, height: size.y)
          }
        }, automatic: nil)
    }
  }
}

/// A baseline that looks at the image alone.
private struct ThresholdContestant: Contestant {
  let plan: StudyPlan
  let baseline: any Baseline

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    let label = plan.labels.first?.value ?? 1
    var answer = CaseAnswer(level: .none, labels: [])
    answer.labels = try answer.meter.measure("segment") {
      try baseline.mask(BaselineInput(image: BaselineImage(image))).map { $0 > 0 ? label : 0 }
    }
    return [answer]
  }
}

/// The majority of other patients' masks, label by label; the image is not looked at.
private struct VotingContestant: Contestant {
  let plan: StudyPlan
  let levels: [PromptLevel]

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    try levels.map { level in
      var answer = CaseAnswer(
        level: level, labels: [Int32](repeating: 0, count: image.geometry.count))
      let shown = Array(plan.examples(for: item, at: level))
      answer.examples = shown.count
      var meter = StageMeter()
      answer.labels = try meter.measure("segment") { try votes(of: shown, on: image) }
      answer.meter = meter
      return answer
    }
  }

  /// The label with the most votes of each voxel, where a majority voted for it.
  private func votes(of shown: [StudyPlan.Case], on image: Volume) throws -> [Int32] {
    let size = image.geometry.size
    var votes = plan.labels.map { _ in
      MajorityVote(width: size.x, height: size.y, depth: size.z)
    }
    for other in shown {
      var map = try LabelMap(contentsOf: other.reference).semantic(plan.description)
      if size.z > 1 { map = map.reoriented(to: image.geometry.orientation) }
      for (index, label) in plan.labels.enumerated() {
        votes[index].add(try TrainingMask(map, label: label.value))
      }
    }
    // More than half of the masks agree on at most one label.
    var labels = [Int32](repeating: 0, count: image.geometry.count)
    for (label, vote) in zip(plan.labels, votes) {
      for (voxel, value) in vote.winner.enumerated() where value > 0 { labels[voxel] = label.value }
    }
    return labels
  }
}

/// A baseline that answers prompts.
private struct BaselineResponder: SliceResponder {
  let baseline: any Baseline
  let image: BaselineImage
  let width: Int
  let height: Int

  func answers(to prompts: [PromptSet], earlier: [SliceAnswer?]) throws -> [SliceAnswer] {
    try concurrentMap(
      prompts.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { number in
      let mask = try baseline.mask(BaselineInput(image: image, prompts: prompts[number]))
      return SliceAnswer(mask: try SliceMask(mask, width: width, height: height))
    }
  }
}
