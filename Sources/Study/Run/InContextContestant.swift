// Networks that learn from other cases while they answer: images with masks go in beside the image.

import Imaging
import Models
import Prompts
import Segmentation

/// A network that is shown other patients' images with their masks.
struct InContextContestant: Contestant {
  let plan: StudyPlan
  let levels: [PromptLevel]
  /// A network that looks for labels by examples.
  let segmenter: ([SupportExample], [Int32]) throws -> InContextSegmenter

  /// The network of a registered model, which draws by the seed of the study where it is shown more slices
  /// than it reads at once.
  init(
    _ model: any Model, entry: RegisteredModel, plan: StudyPlan, levels: [PromptLevel]
  ) {
    let settings = InContextSegmenter.Settings(seed: plan.study.seed)
    self.init(plan: plan, levels: levels) { examples, labels in
      try InContextSegmenter(
        model, entry: entry, examples: examples, labels: labels, settings: settings)
    }
  }

  init(
    plan: StudyPlan, levels: [PromptLevel],
    segmenter: @escaping ([SupportExample], [Int32]) throws -> InContextSegmenter
  ) {
    self.plan = plan
    self.levels = levels
    self.segmenter = segmenter
  }

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    levels.map { level in
      var answer = CaseAnswer(
        level: level, labels: [Int32](repeating: 0, count: image.geometry.count))
      let shown = Array(plan.examples(for: item, at: level))
      answer.examples = shown.count
      do { try fill(&answer, image, shown) } catch { answer.failure = oneLine(error) }
      return answer
    }
  }

  /// Each level reads its examples anew, so that each is told the whole price of its answer.
  private func fill(
    _ answer: inout CaseAnswer, _ image: Volume, _ shown: [StudyPlan.Case]
  ) throws {
    let prepared = try answer.meter.measure("examples") { try prepare(shown) }
    let before = Usage.cpuSeconds
    defer { answer.meter.cpuSeconds += Usage.cpuSeconds - before }
    guard let prepared else {
      // Nobody has shown what to look for, so that nothing is found.
      if plan.labels.count == 1 {
        answer.probabilities = [Float](repeating: 0, count: image.geometry.count)
      }
      return
    }
    let found = try prepared.segment(image, stopwatch: &answer.meter.stopwatch)
    answer.labels = found.labels.labels
    if plan.labels.count == 1 {
      answer.probabilities = try found.probabilities?.floats(.luminance)
    }
    // All slices have one size for the network: what it costs is told of one run and one example.
    answer.inputs = Array(found.inputs.prefix(1))
    answer.work.imagesRead = found.inputs.count * prepared.effort.runs
    answer.work.examplesRead = found.inputs.count * prepared.effort.examples
  }

  /// A segmenter of those scored labels that the cases show; nil when they show none. A case without any
  /// of them teaches nothing and is left out.
  private func prepare(_ shown: [StudyPlan.Case]) throws -> InContextSegmenter? {
    let scored = Set(plan.labels.map(\.value))
    var (files, examples, labels) = ([SupportFiles](), [SupportExample](), Set<Int32>())
    for other in shown {
      let file = SupportFiles(image: other.image, mask: other.reference)
      let example = try file.read(plan.description)
      let met = scored.intersection(example.mask.counts.keys)
      guard !met.isEmpty else { continue }
      files.append(file)
      examples.append(example)
      labels.formUnion(met)
    }
    guard !labels.isEmpty else { return nil }
    return try SupportFileError.naming(files) { try segmenter(examples, labels.sorted()) }
  }
}
