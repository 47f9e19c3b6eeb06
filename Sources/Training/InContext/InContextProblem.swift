// What training an in-context network consists of: images with examples of ever other tasks.

internal import Datasets
internal import Models
internal import Segmentation
internal import Tensors
internal import Weights

/// Trains a network that segments what examples show.
///
/// Each step draws how many examples its images have, and has as many images as the batch of examples allows.
/// What is random follows from the number of the step.
final class InContextProblem: TrainingProblem {
  struct Settings: Sendable {
    /// Examples in a step, over all images.
    var batch: Int
    /// Most examples of an image.
    var supports: Int
    var seed: UInt64
    var validationSamples: Int
  }

  let parameters: Parameters
  private let architecture: UniverSeg.Configuration
  /// Kernels of our own where they have the network's layers, else libtorch's autograd is used.
  private let kernels: UniverSegGradients?
  private let sampler: ContextSampler
  private let validation: ContextSampler?
  private let settings: Settings

  /// Numbers of examples that are drawn, as far as the settings allow.
  static let supportCounts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
  /// Most images in a step.
  static let mostImages = 8
  /// Numbers of examples that are validated with.
  static let validatedCounts = [1, 4, 16]

  init(
    _ architecture: UniverSeg.Configuration, from source: any TensorSource,
    sampler: ContextSampler, validation: ContextSampler?, settings: Settings
  ) throws {
    let unit = architecture.widths.count > 1 ? MapUnit.fastest : nil
    kernels = unit.map(UniverSegGradients.init)
    self.architecture = architecture
    parameters = try Parameters.building(from: source, recordsGradients: unit == nil) {
      try UniverSeg($0, architecture)
    }.parameters
    self.sampler = sampler
    self.validation = validation
    self.settings = settings
  }

  func begin(step: Int, epoch: Int) throws {}

  func gradients(step: Int) throws -> StepOutcome {
    var random = CounterRandom(seed: settings.seed, step: step).stream(11)
    let counts = Self.supportCounts.filter { $0 <= settings.supports }
    let supports = counts[random.index(below: counts.count)]
    let images = min(max(settings.batch / supports, 1), Self.mostImages)
    let sampler = sampler
    let samples = try concurrentMap(images) {
      sampler.sample(step: step, slot: $0, supports: supports)
    }
    let batch = try ContextBatch(samples, side: sampler.side)
    let (loss, gradients) = try gradients(batch)
    return StepOutcome(loss: loss, gradients: gradients, cases: samples.map(\.caseID))
  }

  /// On the parameters as they are now.
  private func network() throws -> UniverSeg { try UniverSeg(Weights(parameters), architecture) }

  private func gradients(_ batch: ContextBatch) throws -> (loss: Double, gradients: [Tensor]) {
    let network = try network()
    guard let kernels else {
      return try AutogradNetwork(parameters) { target in
        [try network.logits(target, support: batch.support)]
      }.gradients(batch.target) { try GeneralistLoss.value($0[0], batch.truth) }
    }
    let (loss, found) = try kernels.gradients(
      target: batch.target, support: batch.support, network: network
    ) { try GeneralistLoss.value($0, batch.truth) }
    return (
      loss,
      try zip(parameters.names, parameters.tensors).map { try found[$0] ?? .zeros($1.shape) }
    )
  }

  /// Dice with 1, 4 and 16 examples, of the same samples after each epoch.
  func validate(epoch: Int) throws -> ValidationOutcome {
    guard let validation, settings.validationSamples > 0 else { return .none }
    let network = try network()
    let most = Self.validatedCounts.max() ?? 1
    var sums = Self.validatedCounts.map { _ in 0.0 }
    for slot in 0..<settings.validationSamples {
      let sample = validation.sample(step: 0, slot: slot, supports: most)
      for (place, count) in Self.validatedCounts.enumerated() {
        let batch = try ContextBatch([sample], side: validation.side, supports: count)
        let scores = try inference {
          try network.logits(batch.target, support: batch.support).floats()
        }
        sums[place] += Self.dice(scores, sample.masks[0])
      }
    }
    return ValidationOutcome(
      loss: nil, dice: sums.map { $0 / Double(settings.validationSamples) })
  }

  private static func dice(_ scores: [Float], _ truth: [Float]) -> Double {
    var (shared, both) = (0, 0)
    for (score, pixel) in zip(scores, truth) {
      both += (score > 0 ? 1 : 0) + (pixel > 0 ? 1 : 0)
      if score > 0, pixel > 0 { shared += 1 }
    }
    return 2 * Double(shared) / Double(max(both, 1))
  }
}

/// Samples of as many examples each, as tensors.
private struct ContextBatch {
  let target: Tensor  // (B, 1, S, S)
  let truth: Tensor  // (B, 1, S, S)
  let support: SupportTensors

  /// The first so many examples of each sample; all without a number.
  init(_ samples: [ContextSample], side: Int, supports: Int? = nil) throws {
    let count = supports ?? (samples.first.map { $0.images.count - 1 } ?? 0)
    func tensor(_ values: [[Float]], _ shape: [Int]) throws -> Tensor {
      try Tensor(values.flatMap { $0 }, shape: shape)
    }
    let single = [samples.count, 1, side, side]
    target = try tensor(samples.map { $0.images[0] }, single)
    truth = try tensor(samples.map { $0.masks[0] }, single)
    let several = [samples.count, count, 1, side, side]
    support = try SupportTensors(
      images: tensor(samples.flatMap { $0.images[1...count] }, several),
      masks: tensor(samples.flatMap { $0.masks[1...count] }, several))
  }
}
