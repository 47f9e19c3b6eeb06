// What training an interactive network consists of: dialogues in slots, each a round further at every step.

internal import Datasets
internal import Models
internal import Prompts
internal import Segmentation
internal import Tensors

/// Trains a network that is led by prompts with a simulated user who corrects its answers.
///
/// A batch has as many dialogues as slots. At each step every dialogue is one answer further, and the oldest
/// begin anew; dialogues start staggered, so that each step sees all rounds. What is random follows from the
/// numbers of step and slot, and dialogues never outlive an epoch, so that a resumed training is the same.
final class InteractiveProblem: TrainingProblem {
  struct Settings: Sendable {
    var batch: Int
    /// Answers of a dialogue.
    var rounds: Int
    var stepsPerEpoch: Int
    var side: Int
    var seed: UInt64
    var validationSamples: Int
  }

  let network: any TrainableNetwork
  private let sampler: ViewSampler
  private let validation: ViewSampler?
  private let settings: Settings
  private var dialogues: [Dialogue?]

  init(
    _ network: any TrainableNetwork, sampler: ViewSampler, validation: ViewSampler?,
    settings: Settings
  ) {
    self.network = network
    self.sampler = sampler
    self.validation = validation
    self.settings = settings
    dialogues = Array(repeating: nil, count: settings.batch)
  }

  var parameters: Parameters { network.parameters }

  func begin(step: Int, epoch: Int) throws {}

  func gradients(step: Int) throws -> StepOutcome {
    let isFirst = step % settings.stepsPerEpoch == 0
    for slot in dialogues.indices where isFirst || (step + slot) % settings.rounds == 0 {
      dialogues[slot] = nil
    }
    let current = dialogues
    let (sampler, settings) = (sampler, settings)
    let ready = try concurrentMap(settings.batch) { slot in
      let dialogue =
        try current[slot]
        ?? Dialogue(
          sampler.sample(step: step, slot: slot),
          random: CounterRandom(seed: settings.seed, step: step, sample: slot).stream(3),
          side: settings.side)
      return (dialogue, dialogue.channels())
    }
    let shape = [settings.batch, InteractiveChannel.allCases.count, settings.side, settings.side]
    let image = try Tensor(ready.flatMap(\.1), shape: shape)
    let targets = ready.flatMap { $0.0.sample.truth.pixels.map(Float.init) }
    let target = try Tensor(targets, shape: [settings.batch, 1, settings.side, settings.side])
    var answers: [Float] = []
    let (loss, gradients) = try network.gradients(image) { scores in
      answers = try scores[0].detached().floats()
      return try GeneralistLoss.value(
        scores[0], target, weight: MarkedPixels.weights(in: image))
    }
    let (given, area) = (answers, settings.side * settings.side)
    dialogues = try concurrentMap(settings.batch) { slot in
      var dialogue = ready[slot].0
      try dialogue.answered(Array(given[slot * area..<(slot + 1) * area]))
      return dialogue
    }
    return StepOutcome(loss: loss, gradients: gradients, cases: ready.map(\.0.sample.caseID))
  }

  /// Dice with a box, and after 1, 3 and 5 clicks, of the same samples after each epoch.
  func validate(epoch: Int) throws -> ValidationOutcome {
    guard let validation, settings.validationSamples > 0 else { return .none }
    let score = try network.scorer()
    var sums = [0.0, 0, 0, 0]
    var count = 0
    for first in stride(from: 0, to: settings.validationSamples, by: settings.batch) {
      let slots = first..<min(first + settings.batch, settings.validationSamples)
      let samples = slots.map { validation.sample(step: 0, slot: $0) }
      count += samples.count
      let user = SimulatedUser(seed: settings.seed)
      let boxes = samples.map { ViewPrompts(box: user.box(around: $0.truth)) }
      let found = try answers(to: boxes, on: samples, score)
      sums[0] += zip(found, samples).reduce(0) { $0 + Self.dice($1.0, $1.1.truth) }
      var prompts = samples.enumerated().map { index, sample in
        ViewPrompts(
          points: [
            user.firstPoint(
              on: sample.truth, of: ObjectKey(caseID: sample.caseID, label: 1, object: index))
          ].compactMap { $0 })
      }
      for click in 1...5 {
        let found = try answers(to: prompts, on: samples, score)
        if let place = [1, 3, 5].firstIndex(of: click) {
          sums[place + 1] += zip(found, samples).reduce(0) { $0 + Self.dice($1.0, $1.1.truth) }
        }
        for index in samples.indices {
          let mask = try SliceMask(
            found[index].map { $0 > 0 ? 1 : 0 }, width: settings.side, height: settings.side)
          prompts[index].earlier = found[index].map(logistic)
          if let next = try user.nextPoint(
            prediction: mask, truth: samples[index].truth, clicked: prompts[index].points)
          {
            prompts[index].points.append(next)
          }
        }
      }
    }
    return ValidationOutcome(loss: nil, dice: sums.map { $0 / Double(max(count, 1)) })
  }

  private func answers(
    to prompts: [ViewPrompts], on samples: [ViewSample], _ score: (Tensor) throws -> Tensor
  ) throws -> [[Float]] {
    let side = settings.side
    let channels = try concurrentMap(samples.count) {
      prompts[$0].channels(on: samples[$0].image, side: side)
    }
    let shape = [samples.count, InteractiveChannel.allCases.count, side, side]
    let values = try inference {
      try score(Tensor(channels.flatMap { $0 }, shape: shape)).floats()
    }
    let area = side * side
    return samples.indices.map { Array(values[$0 * area..<($0 + 1) * area]) }
  }

  private static func dice(_ scores: [Float], _ truth: SliceMask) -> Double {
    var (shared, found) = (0, 0)
    for (score, pixel) in zip(scores, truth.pixels) where score > 0 {
      found += 1
      shared += Int(pixel)
    }
    return 2 * Double(shared) / Double(max(found + truth.area, 1))
  }
}

/// How much pixels count in the loss.
enum MarkedPixels {
  /// How much more a pixel under a mark counts.
  static let weight = 4.0

  /// How much each pixel counts.
  ///
  /// - Parameter views: What the network read, (B, C, S, S).
  /// - Returns: (B, 1, S, S): 1, and more where the user has marked something.
  /// - Throws: `TensorError` for other shapes.
  static func weights(in views: Tensor) throws -> Tensor {
    let (inside, outside) = (
      InteractiveChannel.inside.rawValue, InteractiveChannel.outside.rawValue
    )
    let marks = try views.slice(inside..<inside + 1, axis: 1).maximum(
      views.slice(outside..<outside + 1, axis: 1))
    return try marks * weight + 1
  }
}
