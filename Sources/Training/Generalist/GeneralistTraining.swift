// The training of a generalist from a recipe to a file of weights with its report.

internal import Datasets
public import Foundation
internal import Models
internal import Tensors
internal import Weights

/// Trains what a recipe describes; the same call goes on where it was cut off.
public struct GeneralistTraining {
  public let recipe: GeneralistRecipe
  /// Where the data sets of the recipe lie.
  public let data: String
  /// Where checkpoints and the report go.
  public let folder: String
  public var threads = ProcessInfo.processInfo.activeProcessorCount

  public init(_ recipe: GeneralistRecipe, data: String, folder: String) {
    self.recipe = recipe
    self.data = data
    self.folder = folder
  }

  /// What a run has read of a data set.
  public struct SourceReport: Sendable, Codable, Equatable {
    public var name: String
    public var modality: String
    public var slices: Int
  }

  /// How a training went.
  public struct Report: Sendable, Codable, Equatable {
    public var recipe: GeneralistRecipe
    public var sources: [SourceReport]
    public var parameters: Int
    public var seconds: Double
    /// Dice on the validation data, epoch by epoch: with a box, and after 1, 3 and 5 clicks; or with 1, 4 and 16
    /// examples.
    public var dice: [[Double?]]
    public var loss: [Double]
  }

  /// Trains to the end.
  ///
  /// - Parameter watch: Told of every step and epoch.
  /// - Returns: How it went; also written as `report.json` beside the weights.
  /// - Throws: ``GeneralistError``, ``TrainingError``, `DatasetError`, `ImagingError`, `TensorError`.
  public func run(watch: (TrainingLoop.Event) throws -> Void = { _ in }) throws -> Report {
    let pools = try recipe.sources.map { try TaskPool.all($0, in: data, threads: threads) }
    let held = try recipe.validation.map { try TaskPool.all($0, in: data, threads: threads) }
    let start: any TensorSource =
      if let file = recipe.start {
        try WeightFile(contentsOf: "\(data)/\(file)").stateDict()
      } else { HeInitialiser(seed: recipe.seed) }
    let problem = try problem(from: start, Array(pools.joined()), held: Array(held.joined()))
    var optimiser = OptimiserSettings.adamW
    optimiser.rate = recipe.rate
    optimiser.averageDecay = 0.998
    let loop = try TrainingLoop(
      settings: TrainingLoop.Settings(
        epochs: recipe.epochs, stepsPerEpoch: recipe.stepsPerEpoch, optimiser: optimiser),
      folder: folder, identity: try identity())
    let state = try loop.run(problem, watch: watch)
    let report = Report(
      recipe: recipe,
      sources: zip(recipe.sources, pools).map {
        SourceReport(
          name: $0.name, modality: $0.modality, slices: $1.reduce(0) { $0 + $1.slices.count })
      },
      parameters: problem.parameters.count, seconds: state.history.seconds,
      dice: state.history.epochs.map(\.dice), loss: state.history.epochs.map(\.loss))
    try write(report)
    try pack(loop.checkpoint("final"), names: problem.parameters.names)
    return report
  }

  private func problem(
    from start: any TensorSource, _ pools: [TaskPool], held: [TaskPool]
  ) throws -> any TrainingProblem {
    switch recipe.model {
    case .interactive:
      let architecture = InteractiveUNet.Configuration(
        features: recipe.features, viewSize: recipe.viewSize)
      let network = try TrainableNNUNet.make(
        architecture.network, from: start, deepSupervision: false)
      return InteractiveProblem(
        network, sampler: ViewSampler(pools: pools, side: recipe.viewSize, seed: recipe.seed),
        validation: held.isEmpty
          ? nil
          : ViewSampler(
            pools: held, side: recipe.viewSize, seed: recipe.seed &+ 1, augments: false),
        settings: InteractiveProblem.Settings(
          batch: recipe.batch, rounds: recipe.rounds ?? 1, stepsPerEpoch: recipe.stepsPerEpoch,
          side: recipe.viewSize, seed: recipe.seed, validationSamples: recipe.validationSamples))
    case .inContext:
      var validation: ContextSampler?
      if !held.isEmpty {
        validation = try ContextSampler(
          pools: held, side: recipe.viewSize, seed: recipe.seed &+ 1)
        validation?.augments = false
      }
      return try InContextProblem(
        UniverSeg.Configuration(widths: recipe.features), from: start,
        sampler: ContextSampler(pools: pools, side: recipe.viewSize, seed: recipe.seed),
        validation: validation,
        settings: InContextProblem.Settings(
          batch: recipe.batch, supports: recipe.supports ?? 1, seed: recipe.seed,
          validationSamples: recipe.validationSamples))
    }
  }

  /// The file of weights that a run ends with.
  public var weights: String { "\(folder)/weights.safetensors" }

  /// Writes the parameters of a checkpoint in half precision.
  private func pack(_ checkpoint: String, names: [String]) throws {
    let file = try WeightFile(contentsOf: checkpoint).stateDict()
    let tensors = try names.map { name in
      try file.tensor(name, shape: file.shape(of: name, asked: []) ?? [], initial: .zeros)
    }
    try WeightFile.writeSafetensors(
      Parameters.records(names, tensors, as: Half.self),
      metadata: ["recipe": try identity(), "licence": "Apache-2.0"], to: weights)
  }

  private func identity() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(recipe), as: UTF8.self)
  }

  private func write(_ report: Report) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let path = "\(folder)/report.json"
    do {
      try encoder.encode(report).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw TrainingError.checkpointUnwritable(
        path: path, reason: "the file cannot be written", last: nil)
    }
  }
}
