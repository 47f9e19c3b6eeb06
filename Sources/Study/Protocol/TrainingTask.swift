// How an entrant is trained before it is scored.

import Foundation

/// What an entrant may learn from, and for how long: its training budget.
///
/// Cases that are scored are never among those that it learns from. Of all others the first of an order by
/// chance are taken, so that whoever may have more cases has those of whoever may have fewer, too.
public struct TrainingTask: Codable, Sendable, Equatable {
  /// Labelled cases; all that may be learnt from if left out.
  public var cases: Int?
  /// Minutes of training; reading and preparing the cases comes before.
  public var minutes: Double
  /// 2d, 3d_fullres or 3d_lowres; if left out 3d_fullres where there are volumes, else 2d.
  public var configuration: String?
  /// Channels of the finest stage.
  public var baseFeatures: Int?
  /// Samples per step.
  public var batchSize: Int?
  public var maxPatchVoxels: Int?

  public init(
    cases: Int? = nil, minutes: Double, configuration: String? = nil, baseFeatures: Int? = nil,
    batchSize: Int? = nil, maxPatchVoxels: Int? = nil
  ) {
    self.cases = cases
    self.minutes = minutes
    self.configuration = configuration
    self.baseFeatures = baseFeatures
    self.batchSize = batchSize
    self.maxPatchVoxels = maxPatchVoxels
  }

  /// How many cases and how long, for people: "4 cases, 2 min".
  var budget: String {
    let count = cases.map { "\($0) case\($0 == 1 ? "" : "s")" } ?? "all cases"
    return "\(count), \(time)"
  }

  var time: String { "\(String(format: "%g", minutes)) min" }
}

extension Entrant {
  /// Self-configuring models that are trained for the study, one for each number of cases.
  ///
  /// - Parameters:
  ///   - cases: how many each learns from; nil for all that there are
  ///   - minutes: how long each is trained
  /// - Returns: entrants without weights
  public static func trainedHere(cases: [Int?], minutes: Double) -> [Entrant] {
    cases.map { count in
      let task = TrainingTask(cases: count, minutes: minutes)
      return Entrant(
        name: "\(trainedModel) (\(task.budget))", model: trainedModel, training: task)
    }
  }
}
