// Steps, epochs, checkpoints: the course of every training, whatever is trained.

internal import Foundation
internal import Weights

/// Trains a problem for a number of steps, and goes on where an earlier run was cut off.
///
/// A checkpoint is written after each epoch, aside and then renamed, so that a training may be killed at any
/// moment; the resumed one ends with the same bits. What is written:
/// `checkpoint_latest.safetensors` (to resume), `checkpoint_best.safetensors` (highest smoothed Dice) and, in
/// the end, `checkpoint_final.safetensors`, both with the parameters alone.
public struct TrainingLoop {
  /// How long it goes.
  public struct Settings: Sendable, Codable, Equatable {
    public var epochs: Int
    public var stepsPerEpoch: Int
    public var optimiser: OptimiserSettings
    /// Epochs without a better smoothed Dice after which it stops; `nil` never stops early.
    public var patience: Int?

    public init(
      epochs: Int, stepsPerEpoch: Int, optimiser: OptimiserSettings = .sgd, patience: Int? = nil
    ) {
      self.epochs = epochs
      self.stepsPerEpoch = stepsPerEpoch
      self.optimiser = optimiser
      self.patience = patience
    }

    public var steps: Int { epochs * stepsPerEpoch }

    /// Finds numbers that mean nothing.
    ///
    /// - Throws: ``TrainingError/settingInvalid(name:met:expected:)``
    public func check() throws {
      try TrainingError.require("epochs", epochs, epochs > 0, "at least 1")
      try TrainingError.require("stepsPerEpoch", stepsPerEpoch, stepsPerEpoch > 0, "at least 1")
      if let patience {
        try TrainingError.require("patience", patience, patience > 0, "at least 1 epoch")
      }
      try optimiser.check()
    }
  }

  /// What a watcher is told.
  public enum Event: Sendable {
    /// A step is done.
    case step(StepReport)
    /// An epoch is done and its checkpoint written.
    case epoch(TrainingHistory)
  }

  public struct StepReport: Sendable, Equatable {
    /// Steps that are done, this one included.
    public var done: Int
    public var steps: Int
    public var epoch: Int
    public var loss: Double
    /// The smoothed Dice of the last epoch.
    public var dice: Double?
    /// Steps of this run and the seconds that they and the validations took.
    public var measured: (steps: Int, seconds: Double) = (0, 0)

    /// Seconds until the end at the pace of this run.
    public var secondsLeft: Double {
      measured.steps == 0
        ? .infinity : measured.seconds / Double(measured.steps) * Double(steps - done)
    }

    public static func == (first: StepReport, second: StepReport) -> Bool {
      first.done == second.done && first.steps == second.steps && first.loss == second.loss
        && first.epoch == second.epoch && first.dice == second.dice
    }
  }

  public let settings: Settings
  /// Where checkpoints lie; it exists.
  public let folder: String
  /// Text that goes into the final and the best checkpoint.
  public let metadata: [String: String]
  /// What tells this training from others.
  public let identity: String

  /// - Parameters:
  ///   - settings: How long it goes.
  ///   - folder: Where checkpoints lie; made if need be.
  ///   - metadata: Text for the checkpoints that are kept.
  ///   - identity: The same for the same data, network and settings; a checkpoint with another one is refused.
  /// - Throws: ``TrainingError``
  public init(
    settings: Settings, folder: String, metadata: [String: String] = [:], identity: String
  ) throws {
    try settings.check()
    self.settings = settings
    self.folder = folder
    self.metadata = metadata
    self.identity = identity
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.checkpointUnwritable(
        path: folder, reason: "the folder cannot be made", last: nil)
    }
  }

  /// The path of a checkpoint: "latest", "best" or "final".
  public func checkpoint(_ name: String) -> String {
    "\(folder)/checkpoint_\(name).safetensors"
  }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - problem: What is trained; its parameters are overwritten by those of a checkpoint, if there is one.
  ///   - watch: Told of every step and epoch.
  /// - Returns: The course of the whole training, earlier runs included.
  /// - Throws: ``TrainingError``, or what the problem throws.
  @discardableResult
  public func run(
    _ problem: any TrainingProblem, watch: (Event) throws -> Void = { _ in }
  ) throws -> TrainingState {
    let optimiser = try Optimiser(problem.parameters, settings.optimiser)
    let latest = TrainingCheckpoint(path: checkpoint("latest"), identity: identity)
    var state = try latest.restore(optimiser) ?? TrainingState()
    var isKept = state.step > 0
    let done = state.history.epochs.count
    // A run that was killed between two files has the state of an epoch and not yet its best checkpoint.
    if isKept, state.history.best?.number == done - 1 { try keep("best", optimiser) }
    if done < settings.epochs, !state.isStoppedEarly {
      try problem.begin(step: state.step, epoch: done)
    }
    var clock = PaceClock()
    for epoch in done..<max(done, settings.epochs) where !state.isStoppedEarly {
      let begun = ContinuousClock.now
      let (loss, norm) = try steps(of: epoch, problem, optimiser, &state, isKept: isKept) {
        report in
        clock.steps += 1
        try watch(.step(clock.stamped(report)))
      }
      let validation = try optimiser.withAverages { try problem.validate(epoch: epoch) }
      let first = epoch * settings.stepsPerEpoch
      let schedule = settings.optimiser.schedule
      state.history.append(
        TrainingHistory.Epoch(
          number: epoch,
          rate: settings.optimiser.rate * schedule.factor(step: first, of: settings.steps),
          loss: loss, validationLoss: validation.loss, dice: validation.dice,
          largestGradient: norm, seconds: (ContinuousClock.now - begun) / .seconds(1)))
      if let patience = settings.patience, state.history.epochsWithoutGain >= patience {
        state.isStoppedEarly = true
      }
      try guarded(latest.path, isKept: isKept) { try latest.write(state, optimiser) }
      isKept = true
      if state.history.best?.number == epoch {
        try keep("best", optimiser)
      }
      try watch(.epoch(state.history))
    }
    if !FileManager.default.fileExists(atPath: checkpoint("final")) {
      try keep("final", optimiser)
    }
    return state
  }

  /// One epoch's mean loss and largest gradient.
  private func steps(
    of epoch: Int, _ problem: any TrainingProblem, _ optimiser: Optimiser,
    _ state: inout TrainingState, isKept: Bool, _ report: (StepReport) throws -> Void
  ) throws -> (loss: Double, norm: Double) {
    var (sum, largest) = (0.0, 0.0)
    for _ in 0..<settings.stepsPerEpoch {
      let outcome = try problem.gradients(step: state.step)
      var norm = Double.nan
      if outcome.loss.isFinite {
        norm = try optimiser.step(outcome.gradients, step: state.step, of: settings.steps)
      }
      guard norm.isFinite else {
        throw TrainingError.diverged(
          step: state.step,
          loss: outcome.loss.isFinite ? "finite and its gradients are not" : "\(outcome.loss)",
          cases: outcome.cases, checkpoint: isKept ? checkpoint("latest") : nil)
      }
      state.step += 1
      sum += outcome.loss
      largest = max(largest, norm)
      try report(
        StepReport(
          done: state.step, steps: settings.steps, epoch: epoch, loss: outcome.loss,
          dice: state.history.epochs.last?.smoothedDice))
    }
    return (sum / Double(settings.stepsPerEpoch), largest)
  }

  /// Writes the parameters, or their average, with nothing that a resumed training needs.
  private func keep(_ name: String, _ optimiser: Optimiser) throws {
    let parameters = optimiser.parameters
    try guarded(checkpoint(name), isKept: true) {
      try WeightFile.writeSafetensors(
        Parameters.records(parameters.names, optimiser.averages ?? parameters.tensors),
        metadata: metadata, to: checkpoint(name))
    }
  }

  private func guarded(_ path: String, isKept: Bool, _ write: () throws -> Void) throws {
    do { try write() } catch WeightsError.unwritable(let path, let reason) {
      throw TrainingError.checkpointUnwritable(
        path: path, reason: reason, last: isKept ? checkpoint("latest") : nil)
    }
  }
}

/// The pace of this run, from its first step on.
private struct PaceClock {
  var steps = 0
  private let begun = ContinuousClock.now

  func stamped(_ report: TrainingLoop.StepReport) -> TrainingLoop.StepReport {
    var report = report
    report.measured = (steps, (ContinuousClock.now - begun) / .seconds(1))
    return report
  }
}
