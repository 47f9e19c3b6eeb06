// What a user asks of a training; everything else follows from the data.

/// The choices behind a training, as its run file keeps them.
public struct TrainingRequest: Sendable, Codable, Equatable {
  /// Which cases train.
  public enum Split: Sendable, Codable, Equatable {
    /// Cross-validation by patient.
    case folds(count: Int)
    /// A number of cases kept aside, whole patients.
    case heldOut(cases: Int)
    /// nnU-Net's file.
    case file(path: String)
    /// All cases train; nothing is evaluated.
    case none
  }

  /// Such as "3d_fullres"; `nil` for that where there are volumes, else "2d".
  public var configuration: String?
  /// Names of a plan of one's own instead of one made from the data.
  public var plans: String?
  /// Whether the encoder is residual, and its size: "default", "resenc-m", "resenc-l", "resenc-xl".
  public var planner = "default"
  public var memoryGB: Double?
  public var baseFeatures: Int?
  public var batchSize: Int?
  public var maxPatchVoxels: Int?
  public var split = Split.folds(count: 5)
  /// Numbers of the folds that are trained; `nil` for all of the split.
  public var folds: [Int]?
  public var seed: UInt64 = 0
  /// 1000 where neither epochs nor hours are given.
  public var epochs: Int?
  /// Hours that each fold may train; the number of epochs follows from a measured pace, and so does the size
  /// of the network where neither a plan nor one of the three limits above is set.
  public var hours: Double?
  /// 250 where nothing is said, less for short trainings.
  public var stepsPerEpoch: Int?
  /// A fifth of the steps where nothing is said, as in nnU-Net.
  public var validationSteps: Int?
  public var optimiser = OptimiserSettings.sgd
  public var loss = SegmentationLoss.standard
  public var foregroundFraction = 0.33
  public var mirrors = true
  public var augments = true
  public var usesDeepSupervision = true
  public var patience: Int?

  public init() {}

  /// Whether the size of the network is left to us.
  var setsNoLimits: Bool {
    baseFeatures == nil && batchSize == nil && maxPatchVoxels == nil
  }

  /// Finds choices that mean nothing.
  ///
  /// - Throws: ``TrainingError/settingInvalid(name:met:expected:)``
  public func check() throws {
    try optimiser.check()
    try loss.check()
    _ = try makePlanner()
    if let epochs { try TrainingError.require("epochs", epochs, epochs > 0, "at least 1") }
    if let hours {
      try TrainingError.require("hours", hours, hours > 0 && hours.isFinite, "above 0")
      try TrainingError.require(
        "hours", hours, epochs == nil, "nothing beside --epochs: either time or epochs")
    }
    for (name, value) in [
      ("baseFeatures", baseFeatures), ("batchSize", batchSize), ("maxPatchVoxels", maxPatchVoxels),
      ("stepsPerEpoch", stepsPerEpoch), ("patience", patience),
    ] {
      if let value { try TrainingError.require(name, value, value > 0, "at least 1") }
    }
    if let memoryGB { try TrainingError.require("memory", memoryGB, memoryGB > 0, "above 0 GB") }
  }
}
