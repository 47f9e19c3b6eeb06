// Fingerprint, plan, preparation, training, evaluation: what nnU-Net does with a dataset, in one folder.

public import Datasets
internal import Foundation
internal import Models
public import Planning
public import Segmentation
internal import Tensors
internal import Weights

/// A self-configuring training on a dataset.
///
/// Everything lies in one folder, as plain files: `dataset_fingerprint.json`, `plans.json`,
/// `splits_final.json`, prepared cases under `prepared/CONFIGURATION`, and under `CONFIGURATION` the trained
/// model in nnU-Net's layout (`plans.json`, `dataset.json`, `fold_0/checkpoint_final.safetensors`), with
/// `training.json`, the curve and the predictions of held-out cases beside each checkpoint. Running it again
/// goes on where it was cut off.
/// Source: Isensee et al., Nature Methods 2021, arXiv 1809.10486; nnunetv2 2.8.1.
public struct SelfConfiguredTraining: Sendable {
  /// What a watcher is told.
  public enum Event: Sendable {
    /// Cases are read for the fingerprint.
    case reading(finished: Int, count: Int)
    case warning(DataWarning)
    case planned(Plans, configuration: String)
    case preparing(CaseStore.Progress)
    /// Time is turned into the size of the network, and into epochs.
    case measuring
    /// A fold begins or goes on.
    case fold(TrainingPlan)
    case training(TrainingLoop.Event)
    /// A held-out case is predicted.
    case evaluating(id: String, finished: Int, count: Int)
    /// Cross-validation has decided which components are kept.
    case postprocessing(Postprocessing)
  }

  public let dataset: DatasetFolder
  public let request: TrainingRequest
  /// Where everything is kept.
  public let folder: String
  public var threads = ProcessInfo.processInfo.activeProcessorCount

  /// - Parameters:
  ///   - dataset: Cases without mask are left out.
  ///   - request: What is asked for.
  ///   - folder: Where everything is kept; made if need be.
  /// - Throws: ``TrainingError``
  public init(_ dataset: DatasetFolder, request: TrainingRequest, folder: String) throws {
    try request.check()
    self.dataset = dataset
    self.request = request
    self.folder = folder
  }

  /// Does all that is missing.
  ///
  /// - Parameter watch: Told of everything on the way, by one thread at a time.
  /// - Returns: What became of each fold.
  /// - Throws: ``TrainingError``, `PlanningError`, `PreparationError`, `DatasetError`, `ImagingError`,
  ///   `TensorError`.
  @discardableResult
  public func run(
    watch: @escaping @Sendable (Event) -> Void = { _ in }
  ) throws -> [FoldReport] {
    try makeFolder(folder)
    let labelled = dataset.cases.filter { $0.label != nil }
    guard !labelled.isEmpty else {
      throw TrainingError.unfit(reason: "\(dataset.path) has no case with a mask to train on")
    }
    let splits = try splits(labelled)
    let wanted = try wantedFolds(of: splits)
    let plans = try plans(splits, labelled, watch)
    let name = try configurationName(in: plans)
    watch(.planned(plans, configuration: name))
    let setup = try FoldSetup(self, plans: plans, configurationName: name)
    let store = try setup.prepare(labelled, watch)
    try setup.writeModelFolder()
    let reports = try wanted.map { number in
      let fold =
        number.map { splits.folds[$0] }
        ?? Splits.Fold(training: labelled.map(\.id).sorted(), validation: [])
      let training = FoldTraining(
        setup, fold, name: number.map(String.init) ?? "all", store: store)
      do { return try training.run(watch) } catch TensorError.outOfMemory(let operation, let reason)
      {
        throw TrainingError.outOfMemory(path: folder, reason: "\(operation): \(reason)")
      }
    }
    if splits.folds.count > 1, wanted.count == splits.folds.count {
      watch(.postprocessing(try setup.decidePostprocessing(splits)))
    }
    return reports
  }

  private func splits(_ cases: [DatasetCase]) throws -> Splits {
    let path = folder + "/splits_final.json"
    let made: Splits =
      switch request.split {
      case .none: Splits(folds: [])
      case .file(let file): try Splits(contentsOf: file)
      case .folds(let count): try Splits.folds(cases, count: count, seed: request.seed)
      case .heldOut(let count): try Splits.heldOut(cases, test: count, seed: request.seed)
      }
    let known = Set(cases.map(\.id))
    for fold in made.folds {
      if let stranger = (fold.training + fold.validation).first(where: { !known.contains($0) }) {
        throw TrainingError.unfit(
          reason: "the split names the case '\(stranger)', which is not in \(dataset.path) or has "
            + "no mask")
      }
      if let shared = Set(fold.training).intersection(fold.validation).min() {
        throw TrainingError.unfit(
          reason: "the split has the case '\(shared)' on both sides; keep it on one")
      }
      if fold.training.isEmpty {
        throw TrainingError.unfit(reason: "the split leaves no case to train on")
      }
    }
    if FileManager.default.fileExists(atPath: path) {
      guard try Splits(contentsOf: path) == made else {
        throw TrainingError.otherSettings(
          path: folder, differences: ["its splits_final.json has other cases"])
      }
    } else if !made.folds.isEmpty {
      try made.write(to: path)
    }
    return made
  }

  /// Numbers of folds; `nil` for all cases.
  private func wantedFolds(of splits: Splits) throws -> [Int?] {
    if splits.folds.isEmpty { return [nil] }
    guard let folds = request.folds else { return splits.folds.indices.map { $0 } }
    if let wrong = folds.first(where: { !splits.folds.indices.contains($0) }) {
      throw TrainingError.settingInvalid(
        name: "folds", met: "\(wrong)", expected: "numbers from 0 to \(splits.folds.count - 1)")
    }
    return folds
  }

  /// The plan that is there, the one given, or a new one.
  ///
  /// Cases that no fold trains on say nothing about intensities and sizes.
  private func plans(
    _ splits: Splits, _ labelled: [DatasetCase], _ watch: @escaping @Sendable (Event) -> Void
  ) throws -> Plans {
    let path = folder + "/plans.json"
    if FileManager.default.fileExists(atPath: path) {
      let kept = try Plans(contentsOf: path)
      try checkAgreement(kept)
      return kept
    }
    let plans: Plans
    if let given = request.plans {
      plans = try Plans(contentsOf: given)
    } else {
      let training = Set(splits.folds.flatMap(\.training))
      let cases = training.isEmpty ? labelled : labelled.filter { training.contains($0.id) }
      let extraction = try Fingerprint.extract(from: dataset, cases: cases, threads: threads) {
        watch(.reading(finished: $0, count: cases.count))
      }
      for warning in extraction.warnings { watch(.warning(warning)) }
      try extraction.fingerprint.write(to: folder + "/dataset_fingerprint.json")
      if let hours = request.hours, request.setsNoLimits {
        watch(.measuring)
        plans = try NetworkSizing(
          training: self, fingerprint: extraction.fingerprint, seconds: hours * 3600
        ).plans()
      } else {
        plans = try request.makePlanner().plan(
          extraction.fingerprint, dataset.description, datasetName: dataset.name)
      }
    }
    try plans.write(to: path)
    return plans
  }

  /// Refuses wishes that the plan in the folder, which may have been edited, does not fulfil.
  private func checkAgreement(_ kept: Plans) throws {
    var differences: [String] = []
    func compare(_ name: String, _ met: Int, _ wanted: Int?, _ holds: (Int, Int) -> Bool) {
      guard let wanted, !holds(met, wanted) else { return }
      differences.append("\(name) in its plans.json: \(met), asked for \(wanted)")
    }
    if let given = request.plans, try Plans(contentsOf: given) != kept {
      differences.append("its plans.json is not \(given)")
    }
    let planned = try kept.configuration(configurationName(in: kept))
    compare("baseFeatures", planned.architecture.features.first ?? 0, request.baseFeatures, ==)
    compare("batchSize", planned.batchSize, request.batchSize, ==)
    compare("patch voxels", planned.patchSize.reduce(1, *), request.maxPatchVoxels, <=)
    guard differences.isEmpty else {
      throw TrainingError.otherSettings(path: folder, differences: differences)
    }
  }

  func configurationName(in plans: Plans) throws -> String {
    if let name = request.configuration {
      _ = try plans.configuration(name)
      return name
    }
    return plans.configurations["3d_fullres"] == nil ? "2d" : "3d_fullres"
  }

  func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.checkpointUnwritable(
        path: path, reason: "the folder cannot be made", last: nil)
    }
  }
}

extension TrainingRequest {
  /// The planner that is asked for.
  ///
  /// - Returns: nnU-Net's rules, with a budget where one is set.
  /// - Throws: ``TrainingError/settingInvalid(name:met:expected:)``
  public func makePlanner() throws -> Planner {
    guard let kind = Planner.Kind(planner) else {
      throw TrainingError.settingInvalid(
        name: "planner", met: planner, expected: Planner.Kind.names.joined(separator: ", "))
    }
    return Planner(
      kind: kind, memoryGB: memoryGB,
      budget: Planner.Budget(
        limits: baseFeatures, batchSize: batchSize, maxPatchVoxels: maxPatchVoxels))
  }
}

extension DatasetFolder {
  /// Its own name, else that of its folder.
  var name: String { description.name ?? URL(fileURLWithPath: path).lastPathComponent }
}
