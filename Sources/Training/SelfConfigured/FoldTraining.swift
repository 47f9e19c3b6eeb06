// One fold: its run file, its network, its training and its evaluation.

internal import Datasets
internal import Foundation
internal import Models
internal import Planning
internal import Segmentation
internal import Tensors
internal import Weights

/// Trains and evaluates one fold.
struct FoldTraining {
  let setup: FoldSetup
  let fold: Splits.Fold
  let name: String
  let store: CaseStore
  private var request: TrainingRequest { setup.training.request }

  init(_ setup: FoldSetup, _ fold: Splits.Fold, name: String, store: CaseStore) {
    self.setup = setup
    self.fold = fold
    self.name = name
    self.store = store
  }

  private var folder: String { "\(setup.modelFolder)/fold_\(name)" }

  func run(
    _ watch: @escaping @Sendable (SelfConfiguredTraining.Event) -> Void
  ) throws -> FoldReport {
    try setup.training.makeFolder(folder)
    let lock = try lock()
    defer { lock.release() }
    let network = try setup.makeNetwork()
    let cases = FoldCases(
      training: try cases(fold.training), validation: try cases(fold.validation))
    let plan = try plan(network, cases, watch)
    let keys = (cases.training + cases.validation).map(\.key)
    let loop = try TrainingLoop(
      settings: plan.loop, folder: folder, metadata: metadata(plan),
      identity: try plan.identity(setup.plans, keys: keys))
    let curve = TrainingCurve(
      plan: plan, folder: folder, title: setup.training.dataset.name,
      classNames: setup.evaluatedNames)
    let problem = SegmentationProblem(network, try parts(plan, cases))
    watch(.fold(plan))
    let state = try loop.run(problem) { event in
      if case .epoch(let history) = event { curve.write(history, isFinished: false) }
      watch(.training(event))
    }
    curve.write(state.history, isFinished: true)
    try writeProvenance(beside: loop.checkpoint("final"), plan, state.history)
    let evaluation = try FoldEvaluation(setup, fold, folder: folder).run(
      checkpoint: loop.checkpoint("final"), watch)
    return FoldReport(
      fold: name, checkpoint: loop.checkpoint("final"), history: state.history,
      evaluation: evaluation)
  }

  /// Says beside the weights what they have seen and what that took, unless it is said already.
  private func writeProvenance(
    beside checkpoint: String, _ plan: TrainingPlan, _ history: TrainingHistory
  ) throws {
    let path = Provenance.path(beside: checkpoint)
    guard !FileManager.default.fileExists(atPath: path) else { return }
    let table = Dictionary(setup.training.dataset.cases.map { ($0.id, $0) }) { first, _ in first }
    // Held-out cases decide something only where their Dice ends the training.
    let deciding = plan.loop.patience == nil ? [] : plan.validationCases
    let provenance = try Provenance(
      dataset: setup.training.dataset.name, training: plan.trainingCases.compactMap { table[$0] },
      validation: deciding.compactMap { table[$0] }, minutes: history.seconds / 60)
    do { try provenance.write(beside: checkpoint) } catch {
      throw TrainingError.checkpointUnwritable(
        path: path, reason: error.localizedDescription, last: checkpoint)
    }
  }

  private func lock() throws -> FolderLock {
    do { return try FolderLock(folder) } catch FolderLock.Failure.held {
      throw TrainingError.folderBusy(path: folder)
    } catch FolderLock.Failure.unusable(let reason) {
      throw TrainingError.checkpointUnwritable(path: folder, reason: reason, last: nil)
    }
  }

  /// The run file that is there, or a new one.
  private func plan(
    _ network: any TrainableNetwork, _ cases: FoldCases,
    _ watch: @escaping @Sendable (SelfConfiguredTraining.Event) -> Void
  ) throws -> TrainingPlan {
    let path = folder + "/training.json"
    if let kept = try TrainingPlan.read(path) {
      let differences = TrainingPlan.differences(kept.request, request)
      guard differences.isEmpty else {
        throw TrainingError.otherSettings(path: folder, differences: differences)
      }
      return kept
    }
    var plan = draft()
    if let hours = request.hours {
      watch(.measuring)
      let seconds = try secondsPerStep(network, plan, cases)
      plan.fit(seconds: hours * 3600, secondsPerStep: seconds)
    }
    try plan.write(to: path)
    return plan
  }

  private func draft() -> TrainingPlan {
    let configuration = setup.configuration
    let outputs = request.usesDeepSupervision ? configuration.architecture.stages - 1 : 1
    let scales =
      request.usesDeepSupervision
      ? DeepSupervision(strides: configuration.architecture.strides).scales : nil
    let previous = setup.isCascade ? Array(1...max(1, setup.labels.foreground.count)) : []
    let augmentation =
      request.augments
      ? Augmentation.standard(
        patchSize: configuration.patchSize,
        maskedChannels: configuration.usesMaskForNormalisation, previousStageLabels: previous,
        deepSupervisionScales: scales, mirrorAxes: request.mirrors ? nil : [])
      : Augmentation.none(
        patchSize: configuration.patchSize, previousStageLabels: previous,
        deepSupervisionScales: scales)
    var loss = request.loss
    loss.batchDice = configuration.batchDice
    let steps = request.stepsPerEpoch ?? 250
    return TrainingPlan(
      request: request, configuration: setup.configurationName, fold: name,
      trainingCases: fold.training, validationCases: fold.validation,
      loop: TrainingLoop.Settings(
        epochs: request.epochs ?? 1000, stepsPerEpoch: steps, optimiser: request.optimiser,
        patience: request.patience),
      sampling: PatchSampler.Settings(
        batchSize: configuration.batchSize, foregroundFraction: request.foregroundFraction,
        hasIgnoreLabel: setup.labels.hasIgnoreLabel, seed: request.seed),
      augmentation: augmentation,
      validationSteps: fold.validation.isEmpty ? 0 : request.validationSteps ?? max(1, steps / 5),
      loss: loss, outputWeights: DeepSupervisionWeights.standard(outputs: outputs))
  }

  /// The median of a few steps that change nothing, batches included.
  private func secondsPerStep(
    _ network: any TrainableNetwork, _ plan: TrainingPlan, _ cases: FoldCases
  ) throws -> Double {
    let problem = SegmentationProblem(network, try parts(plan, cases))
    try problem.begin(step: 0, epoch: 0)
    let times = try (0..<5).map { step in
      let begun = ContinuousClock.now
      _ = try problem.gradients(step: step)
      return (ContinuousClock.now - begun) / .seconds(1)
    }
    return times.dropFirst(2).sorted()[1]
  }

  private func parts(
    _ plan: TrainingPlan, _ cases: FoldCases
  ) throws -> SegmentationProblem.Parts {
    let patch = setup.configuration.patchSize
    let scales = plan.augmentation.deepSupervision?.scales
    let previous = plan.augmentation.previousStage?.labels ?? []
    let plain = Augmentation.none(
      patchSize: patch, previousStageLabels: previous, deepSupervisionScales: scales)
    var validation: (sampler: PatchSampler, augmentation: Augmentation, steps: Int)?
    if plan.validationSteps > 0 {
      var settings = plan.sampling
      settings.seed ^= 0x5641_4C49_4441_5445
      validation = (
        try PatchSampler(
          cases: cases.validation, initialPatchSize: patch, patchSize: patch,
          settings: settings), plain, plan.validationSteps
      )
    }
    return SegmentationProblem.Parts(
      sampler: try PatchSampler(
        cases: cases.training, initialPatchSize: plan.augmentation.initialPatchSize,
        patchSize: patch, settings: plan.sampling),
      augmentation: plan.augmentation, validation: validation, loss: plan.loss,
      scheme: setup.labels.scheme, outputWeights: plan.outputWeights,
      threads: max(1, setup.training.threads - 1))
  }

  private func cases(_ ids: [String]) throws -> [StoredCase] {
    let table = Dictionary(setup.training.dataset.cases.map { ($0.id, $0) }) { first, _ in first }
    return try ids.compactMap { id in
      guard let item = table[id] else { return nil }
      return try StoredCase(
        item, try store.open(id), setup.labels, setup.training.dataset.description,
        previousLabels: setup.isCascade ? setup.labels.foreground.count : 0)
    }
  }

  private func metadata(_ plan: TrainingPlan) throws -> [String: String] {
    [
      "plans": String(decoding: try setup.plans.json(), as: UTF8.self),
      "dataset": setup.datasetText, "configuration": setup.configurationName, "fold": name,
      "mirroring_axes": (plan.augmentation.mirroring?.axes ?? []).map(String.init)
        .joined(separator: ","),
    ]
  }
}

/// The prepared cases of a fold, opened once.
private struct FoldCases {
  let training: [StoredCase]
  let validation: [StoredCase]
}

extension TrainingPlan {
  /// Sets epochs so that training and validation take about this long at the measured pace.
  mutating func fit(seconds: Double, secondsPerStep: Double) {
    measuredSeconds = secondsPerStep
    // A validation step is a forward pass, about a third of a step, on a fifth of the steps.
    let validates = validationSteps > 0
    let share = validates ? 1 + Self.validationShare / 3 : 1
    let steps = max(1, seconds / (secondsPerStep * share))
    let perEpoch = request.stepsPerEpoch ?? min(250, max(10, Int(steps / 50)))
    loop.stepsPerEpoch = perEpoch
    loop.epochs = max(1, Int((steps / Double(perEpoch)).rounded(.down)))
    if validates {
      validationSteps =
        request.validationSteps ?? max(1, Int(Double(perEpoch) * Self.validationShare))
    }
  }

  private static let validationShare = 0.2
}
