// Trained self-configuring models as participants: the image alone goes in, by windows.

import Datasets
import Imaging
import Prompts
import Segmentation

/// A trained self-configuring model.
struct TrainedContestant: Contestant {
  let predictor: Predictor
  /// For each label of the model the label of the dataset.
  let labels: [Int32: Int32]

  /// - Parameters:
  ///   - model: Loaded.
  ///   - labels: For each label of the model the label of the dataset.
  ///   - count: How many labels are scored; probabilities are stated for a single one.
  ///   - postprocessing: What was decided for the model.
  init(
    _ model: SelfConfiguredModel, labels: [Int32: Int32], scored count: Int,
    postprocessing: Postprocessing?
  ) {
    var options = Predictor.Options()
    options.postprocessing = postprocessing
    if case .largest(let all) = model.dataset.rule {
      options.keepsProbabilities = count == 1 && all.count == 2
    }
    predictor = Predictor(model, options: options)
    self.labels = labels
  }

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    var answer = CaseAnswer(level: .none, labels: [])
    let found = try answer.meter.measure("segment") {
      let further = try item.furtherChannels.map { try Volume(contentsOf: $0.path) }
      return try predictor.predict([image] + further, name: item.id)
    }
    answer.work.imagesRead = 1
    answer.labels = found.labels.labels.map { labels[$0] ?? 0 }
    if found.probabilities.count == 2 {
      answer.probabilities = try found.probabilities[1].floats(.luminance)
    }
    return [answer]
  }
}
