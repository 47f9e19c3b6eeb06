// A model that is trained before the study runs, in a folder of the study that says what it is trained on.

import Datasets
import Foundation
import Segmentation
public import Training

/// A training that a study waits for.
///
/// What it depends on (cases by content, time, network, seed) is part of its folder's name: another protocol
/// in the same folder trains what is new and finds again what is not. One that was cut off goes on where
/// it was.
public struct PlannedTraining: Codable, Sendable, Equatable {
  /// The entrant's name.
  public let name: String
  public let dataset: String
  /// Names of the cases that it learns from.
  public let cases: [String]
  let request: TrainingRequest
  let folder: String

  init(
    _ entrant: Entrant, _ task: TrainingTask, in study: StudyProtocol,
    of dataset: StudyChecks.Dataset
  ) throws {
    let available = Dictionary(dataset.training.map { ($0.id, $0) }) { first, _ in first }
    let order = try Splits.order(
      dataset.training.map {
        DatasetCase(
          id: $0.id, images: [$0.image] + $0.furtherChannels.map(\.path), label: $0.reference,
          attributes: $0.attributes)
      }, seed: study.seed)
    name = entrant.name
    self.dataset = dataset.path
    cases = Array(order.prefix(task.cases ?? order.count))
    var request = TrainingRequest()
    request.split = .none
    request.hours = task.minutes / 60
    request.seed = study.seed
    request.configuration =
      task.configuration ?? (dataset.cases.contains(where: \.isFlat) ? "2d" : "3d_fullres")
    request.baseFeatures = task.baseFeatures
    request.batchSize = task.batchSize
    request.maxPatchVoxels = task.maxPatchVoxels
    try request.check()
    self.request = request
    let contents = cases.compactMap { available[$0] }.flatMap {
      [$0.imageHash, $0.referenceHash] + $0.furtherChannels.map(\.sha256)
    }
    let settings = String(decoding: try StudyFolder.encoder.encode(request), as: UTF8.self)
    let hash = ModelStore.sha256(of: contents + [settings])
    folder = "\(dataset.trainings)/\(StudyFolder.fileName(name))-\(hash.prefix(8))"
  }

  var configuration: String { request.configuration ?? "" }

  /// The weights, once there are some.
  var checkpoint: String { "\(folder)/\(configuration)/fold_all/checkpoint_final.safetensors" }

  var isFinished: Bool {
    // What the weights have seen is written after them.
    FileManager.default.fileExists(atPath: Provenance.path(beside: checkpoint))
  }

  /// Trains it, or goes on.
  ///
  /// - Parameter watch: told of everything on the way, by one thread at a time
  /// - Throws: ``StudyError/entrantFailed(name:reason:)``
  public func run(
    watch: @escaping @Sendable (SelfConfiguredTraining.Event) -> Void = { _ in }
  ) throws {
    do {
      let own = try DatasetFolder(contentsOf: dataset).keeping(cases)
      try SelfConfiguredTraining(own, request: request, folder: folder).run(watch: watch)
    } catch {
      throw StudyError.entrantFailed(name: name, reason: oneLine(error))
    }
  }
}
