// A training on disk: all that is needed to go on as if nothing had happened.

internal import Foundation
internal import Tensors
internal import Weights

/// Where a training was when its last checkpoint was written.
public struct TrainingState: Sendable, Codable, Equatable {
  /// Steps that are done.
  public var step = 0
  public var history = TrainingHistory()
  /// Whether it ended before its last epoch for want of progress.
  public var isStoppedEarly = false

  public init() {}
}

/// Reads and writes `checkpoint_latest.safetensors`: parameters, what the optimiser remembers, and the state.
struct TrainingCheckpoint {
  let path: String
  /// What tells this training from others; a checkpoint of another one is refused.
  let identity: String

  func write(_ state: TrainingState, _ optimiser: Optimiser) throws {
    let parameters = optimiser.parameters
    var records = Parameters.records(parameters.names, parameters.tensors, prefix: "network.")
    for (number, moments) in optimiser.moments.enumerated() {
      records += Parameters.records(parameters.names, moments, prefix: "moment\(number).")
    }
    if let averages = optimiser.averages {
      records += Parameters.records(parameters.names, averages, prefix: "average.")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try WeightFile.writeSafetensors(
      records,
      metadata: [
        "state": String(decoding: try encoder.encode(state), as: UTF8.self), "identity": identity,
      ], to: path)
  }

  /// Brings the optimiser and its parameters to where the checkpoint was.
  ///
  /// - Parameter optimiser: Overwritten.
  /// - Returns: The state; `nil` when there is no checkpoint.
  /// - Throws: ``TrainingError/checkpointUnusable(path:reason:)``
  func restore(_ optimiser: Optimiser) throws -> TrainingState? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let file = try WeightFile(contentsOf: path)
      guard file.metadata["identity"] == identity else {
        throw TrainingError.checkpointUnusable(
          path: path, reason: "it belongs to a training with other settings")
      }
      guard let text = file.metadata["state"] else {
        throw TrainingError.checkpointUnusable(path: path, reason: "it has no state")
      }
      let state = try JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
      let stored = try file.stateDict()
      func assign(_ targets: [Tensor], prefix: String) throws {
        let values = try zip(optimiser.parameters.names, targets).map { name, target in
          try stored.tensor(prefix + name, shape: target.shape, initial: .zeros)
        }
        try Optimisation.approach(targets, values, share: 1)
      }
      try assign(optimiser.parameters.tensors, prefix: "network.")
      for (number, moments) in optimiser.moments.enumerated() {
        try assign(moments, prefix: "moment\(number).")
      }
      if let averages = optimiser.averages { try assign(averages, prefix: "average.") }
      return state
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError.checkpointUnusable(path: path, reason: String(describing: error))
    }
  }
}
