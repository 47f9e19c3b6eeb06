// Preparing a whole dataset: cases side by side, each one kept if it is what it would become.

public import Datasets
import Foundation

extension CaseStore {
  /// What preparing may be told beyond the plan.
  public struct Options: Sendable {
    /// Labels, or groups of labels (regions), that voxels are drawn for; each label above 0 if `nil`.
    public var groups: [[Int16]]?
    /// Labels that may occur; any if `nil`.
    public var allowedLabels: Set<Int16>?
    /// Foreground labels of the previous stage, each of which becomes a channel.
    public var classes: [Int16] = []
    /// The previous stage's segmentation of a case, on the grid of its image.
    public var previousStage: (@Sendable (DatasetCase) throws -> LabelArray)?
    /// How the values of masks are meant.
    public var description = DatasetDescription()
    /// All cores if `nil`; the files are the same for any number.
    public var threads: Int?
    public var cacheLimit = 1 << 30

    public init() {}
  }

  /// Prepares the cases of a dataset that are missing, stale or damaged in `folder`.
  ///
  /// A case is stale when the rules of the configuration, or the contents of its files, are others than those
  /// that it was made from. Every file that is there is read once and its checksums compared. Files are
  /// written aside and renamed, so that the work may be cut off at any time and goes on where it was.
  ///
  /// - Parameters:
  ///   - cases: Cases of a dataset.
  ///   - plans: The plan.
  ///   - configurationName: Such as "3d_fullres".
  ///   - folder: Where the files go; made if need be.
  ///   - options: Labels, cascade, threads.
  ///   - progress: Told of every case, one at a time, in the order in which they are done.
  /// - Returns: The store; its cases are those given and any that were there before.
  /// - Throws: ``PreparationError``: of several faults that of the first case;
  ///   ``PlanningError/unknownConfiguration(_:known:)``.
  @discardableResult
  public static func prepare(
    _ cases: [DatasetCase], plans: Plans, configurationName: String, folder: String,
    options: Options = Options(), progress: @Sendable (Progress) -> Void = { _ in }
  ) throws -> CaseStore {
    let configuration = try plans.configuration(configurationName)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw PreparationError.cannotWrite(path: folder, reason: "the folder cannot be made")
    }
    let threads = max(options.threads ?? allCores, 1)
    let workers = max(1, min(threads, cases.count))
    let store = CaseStore(folder: folder, cacheLimit: options.cacheLimit)
    let block = BlockLayout.blockShape(patchSize: configuration.patchSize)
    let work = CaseWork(
      preprocessor: Preprocessor(
        plans: plans, configuration: configuration, threads: max(1, threads / workers)),
      recipe: try CaseKey.recipe(
        plans, configuration, block: block, options: options),
      block: block, options: options, store: store)
    _ = try CaseWorkers.map(
      cases.count, threads: workers,
      progress: { finished, index, outcome in
        progress(
          Progress(id: cases[index].id, outcome: outcome, finished: finished, count: cases.count))
      },
      { try work.prepare(cases[$0]) })
    return store
  }

  /// Prepares all cases of a dataset, as the function that takes single cases.
  ///
  /// - Parameters:
  ///   - dataset: Its cases.
  ///   - plans: The plan.
  ///   - configurationName: Such as "3d_fullres".
  ///   - folder: Where the files go; made if need be.
  ///   - options: Labels, cascade, threads; masks are read as the dataset describes them.
  ///   - progress: Told of every case.
  /// - Returns: The store.
  /// - Throws: ``PreparationError``
  @discardableResult
  public static func prepare(
    _ dataset: DatasetFolder, plans: Plans, configurationName: String, folder: String,
    options: Options = Options(), progress: @Sendable (Progress) -> Void = { _ in }
  ) throws -> CaseStore {
    var options = options
    options.description = dataset.description
    return try prepare(
      dataset.cases, plans: plans, configurationName: configurationName, folder: folder,
      options: options, progress: progress)
  }
}

/// What has to be done for each case.
private struct CaseWork: Sendable {
  let preprocessor: Preprocessor
  let recipe: String
  let block: [Int]
  let options: CaseStore.Options
  let store: CaseStore

  func prepare(_ item: DatasetCase) throws -> CaseStore.Progress.Outcome {
    do {
      let previous = try options.previousStage?(item)
      let key = try CaseKey.key(item, recipe: recipe, previous: previous)
      let fault = fault(item, key)
      guard let fault else { return .kept }
      let image = try ImageArray(case: item)
      let labels = try LabelArray(case: item, description: options.description)
      if let labels { try check(labels) }
      let prepared = try preprocessor.prepare(
        image, labels: labels, previousStage: previous, classes: options.classes)
      try CaseFile.write(
        prepared, id: item.id, key: key, block: block, groups: options.groups,
        threads: preprocessor.threads, to: store.path(of: item.id))
      return fault.isEmpty ? .built : .rebuilt(reason: fault)
    } catch let error as PreparationError {
      switch error {
      case .diskFull, .cannotWrite, .failedCase: throw error
      default: throw PreparationError.failedCase(id: item.id, reason: error.description)
      }
    } catch {
      throw PreparationError.failedCase(id: item.id, reason: String(describing: error))
    }
  }

  /// Why the file of a case is of no use; empty when there is none, `nil` when it is as it should be.
  private func fault(_ item: DatasetCase, _ key: String) -> String? {
    do {
      let old = try store.open(item.id)
      guard old.key == key, old.id == item.id else { return "the plan or its files have changed" }
      try old.verify()
      return nil
    } catch PreparationError.missing {
      return ""
    } catch PreparationError.damaged(_, let reason) {
      return reason
    } catch {
      return String(describing: error)
    }
  }

  private func check(_ labels: LabelArray) throws {
    guard let allowed = options.allowedLabels else { return }
    let met = Set(ClassLocations.voxelCounts(of: labels.labels).keys)
    let unknown = met.subtracting(allowed)
    guard unknown.isEmpty else {
      throw PreparationError.unknownLabels(
        met: unknown.map(Int.init), expected: allowed.map(Int.init))
    }
  }
}
