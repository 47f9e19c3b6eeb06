// Patches, a network and a loss: what training a segmentation network consists of.

internal import Tensors

/// Trains a dense network on patches of cases.
public final class SegmentationProblem: TrainingProblem {
  /// Data and rules, apart from the network.
  public struct Parts {
    public var sampler: PatchSampler
    public var augmentation: Augmentation
    /// Patches to validate on; `nil` for none.
    public var validation: (sampler: PatchSampler, augmentation: Augmentation, steps: Int)?
    public var loss: SegmentationLoss
    public var scheme: LabelScheme
    /// One for each output of the network, the finest first.
    public var outputWeights: [Double]
    /// Threads that make batches.
    public var threads: Int

    public init(
      sampler: PatchSampler, augmentation: Augmentation,
      validation: (sampler: PatchSampler, augmentation: Augmentation, steps: Int)? = nil,
      loss: SegmentationLoss = .standard, scheme: LabelScheme, outputWeights: [Double],
      threads: Int = 1
    ) {
      self.sampler = sampler
      self.augmentation = augmentation
      self.validation = validation
      self.loss = loss
      self.scheme = scheme
      self.outputWeights = outputWeights
      self.threads = threads
    }
  }

  public let network: any TrainableNetwork
  private let parts: Parts
  private var loader: BatchLoader?

  public init(_ network: any TrainableNetwork, _ parts: Parts) {
    self.network = network
    self.parts = parts
  }

  public var parameters: Parameters { network.parameters }

  public func begin(step: Int, epoch: Int) throws {
    loader = try BatchLoader(
      sampler: parts.sampler, augmentation: parts.augmentation, from: step,
      ahead: max(3, parts.threads + 1), threads: parts.threads)
  }

  public func gradients(step: Int) throws -> StepOutcome {
    guard let loader else { throw SamplingError.cancelled }
    let batch = try loader.next()
    let image = try Tensor(batch.image, shape: batch.imageShape)
    let (loss, gradients) = try network.gradients(image) { scores in
      try parts.loss(scores, batch, scheme: parts.scheme, weights: parts.outputWeights)
    }
    return StepOutcome(loss: loss, gradients: gradients, cases: batch.caseIDs)
  }

  public func validate(epoch: Int) throws -> ValidationOutcome {
    guard let validation = parts.validation, validation.steps > 0 else { return .none }
    var counts = OverlapCounts(classes: parts.scheme.foreground.count)
    var sum = 0.0
    // The same patches after each epoch, so that its numbers tell epochs apart and not patches.
    let score = try network.scorer()
    for step in 0..<validation.steps {
      let batch = try validation.sampler.batch(step: step, validation.augmentation)
      let scores = try inference { try score(Tensor(batch.image, shape: batch.imageShape)) }
      sum += try inference {
        try parts.loss([scores], batch, scheme: parts.scheme, weights: [1]).item()
      }
      counts += try OverlapCounts(
        scores: scores, labels: batch.targets[0], scheme: parts.scheme,
        annotatedLabels: batch.annotatedLabels, caseIDs: batch.caseIDs)
    }
    return ValidationOutcome(loss: sum / Double(validation.steps), dice: counts.dice)
  }
}
