// The choices of `vesalius train`, in the groups in which its help shows them.

import ArgumentParser
import Training

struct TrainPlanOptions: ParsableArguments {
  @Option(help: "2d, 3d_fullres, 3d_lowres or 3d_cascade_fullres.")
  var configuration: String?

  @Option(help: "A plans.json to follow instead of a new plan.")
  var plans: String?

  @Option(help: "default, resenc-m, resenc-l or resenc-xl.")
  var planner = "default"

  @Option(help: "Memory in GB that the plan may count on, as nnU-Net counts it.")
  var memory: Double?

  @Option(help: "Channels of the finest stage (nnU-Net: 32); fewer train faster.")
  var baseFeatures: Int?

  @Option(help: "Samples per step instead of the planned number.")
  var batchSize: Int?

  @Option(help: "Largest number of voxels of a patch.")
  var maxPatchVoxels: Int?

  func fill(_ request: inout TrainingRequest) {
    request.configuration = configuration
    request.plans = plans
    request.planner = planner
    request.memoryGB = memory
    request.baseFeatures = baseFeatures
    request.batchSize = batchSize
    request.maxPatchVoxels = maxPatchVoxels
  }
}

struct TrainCaseOptions: ParsableArguments {
  @Option(help: "Cross-validation in this many parts, whole patients (default 5).")
  var folds: Int?

  @Option(help: "Cases kept aside for evaluation instead, whole patients.")
  var heldOut: Int?

  @Option(help: "nnU-Net's splits_final.json instead.")
  var splits: String?

  @Option(
    help: "Which fold to train: a number, several with commas, or 'all' for all cases at once.")
  var fold: String?

  @Option(help: "Decides the split, the first weights, patches and augmentation.")
  var seed: UInt64 = 0

  func validate() throws {
    let divisions = [folds != nil, heldOut != nil, splits != nil].filter { $0 }.count
    if divisions > 1 {
      throw ValidationError("--folds, --held-out and --splits exclude each other")
    }
    if fold == "all", divisions > 0 {
      throw ValidationError(
        "--fold all trains on every case; leave --folds, --held-out and --splits out")
    }
  }

  func fill(_ request: inout TrainingRequest) throws {
    request.seed = seed
    if let heldOut { request.split = .heldOut(cases: heldOut) }
    if let splits { request.split = .file(path: splits) }
    if let folds { request.split = .folds(count: folds) }
    guard let fold else { return }
    if fold == "all" {
      request.split = .none
      return
    }
    request.folds = try fold.split(separator: ",").map {
      guard let number = Int($0) else {
        throw ValidationError("--fold needs numbers with commas between, or 'all', not '\(fold)'")
      }
      return number
    }
  }
}

struct TrainCourseOptions: ParsableArguments {
  enum Optimiser: String, ExpressibleByArgument, CaseIterable { case sgd, adamw }

  @Option(help: "Hours that each fold may train; epochs follow from a measured pace.")
  var hours: Double?

  @Option(help: "Epochs (default 1000).")
  var epochs: Int?

  @Option(help: "Steps of an epoch (default 250, fewer in short trainings).")
  var stepsPerEpoch: Int?

  @Option(help: "Validation steps after each epoch (default: a fifth of the steps).")
  var validationSteps: Int?

  @Option(help: "sgd (Nesterov, polynomial) or adamw (cosine).")
  var optimiser = Optimiser.sgd

  @Option(help: "Learning rate (sgd 0.01, adamw 0.001).")
  var learningRate: Double?

  @Option(help: "Largest norm of the gradients; 0 never clips.")
  var clip: Double?

  @Option(help: "Share of the old value that an average of the weights keeps per step, e.g. 0.999.")
  var ema: Double?

  @Option(
    help:
      "dice-ce, dice-topk, dice-focal, tversky-ce, dice-ce-boundary, ce or dice.")
  var loss = "dice-ce"

  @Option(help: "Share of patches that are centred on foreground.")
  var foreground = 0.33

  @Option(help: "Stop after this many epochs without a better validation Dice.")
  var patience: Int?

  @Flag(help: "Do not mirror images, in training and prediction.")
  var noMirroring = false

  @Flag(help: "Do not change images at random.")
  var noAugmentation = false

  @Flag(help: "Compare the finest scores alone with the labels.")
  var noDeepSupervision = false

  func fill(_ request: inout TrainingRequest) throws {
    request.hours = hours
    request.epochs = epochs
    request.stepsPerEpoch = stepsPerEpoch
    request.validationSteps = validationSteps
    request.optimiser = optimiser == .sgd ? .sgd : .adamW
    if let learningRate { request.optimiser.rate = learningRate }
    if let clip { request.optimiser.largestGradient = clip == 0 ? nil : clip }
    request.optimiser.averageDecay = ema
    request.loss = try Self.loss(loss)
    request.foregroundFraction = foreground
    request.patience = patience
    request.mirrors = !noMirroring
    request.augments = !noAugmentation
    request.usesDeepSupervision = !noDeepSupervision
  }

  private static func loss(_ name: String) throws -> SegmentationLoss {
    switch name {
    case "dice-ce": .standard
    case "dice-topk": SegmentationLoss(voxelwise: .topK(share: 0.1))
    case "dice-focal": SegmentationLoss(voxelwise: .focal(gamma: 2))
    case "tversky-ce": SegmentationLoss(overlap: .tversky(alpha: 0.3, beta: 0.7))
    case "dice-ce-boundary": SegmentationLoss(boundaryWeight: 0.01)
    case "ce": SegmentationLoss(overlap: .none)
    case "dice": SegmentationLoss(voxelwise: .none)
    default:
      throw ValidationError(
        "--loss \(name) is unknown; dice-ce, dice-topk, dice-focal, tversky-ce, dice-ce-boundary, "
          + "ce or dice")
    }
  }
}
