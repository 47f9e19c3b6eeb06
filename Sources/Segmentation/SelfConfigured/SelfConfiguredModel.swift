// A trained self-configuring model: its plan, its dataset and the networks of its folds.

import Datasets
public import Models
public import Planning
public import Tensors
import Weights

/// What nnU-Net v2 or our trainer left behind, ready to predict.
///
/// Two kinds of files are read:
/// - A folder of nnU-Net v2: `dataset.json`, `plans.json` and `fold_X/checkpoint_final.pth` (else
///   `checkpoint_best.pth`).
/// - Ours: a safetensors file, by itself or as `fold_X/checkpoint_final.safetensors`. Its tensors have the
///   names of nnU-Net's network (`encoder.stages.0.0.convs.0.conv.weight`); its metadata hold, as text,
///   `plans` (the plan's JSON), `dataset` (`dataset.json` as it stands in the dataset, since the order of
///   its regions counts), `configuration` ("3d_fullres"), `fold` ("0", or "all"), and may hold
///   `mirroring_axes` ("0,1,2" in the patch's axes, empty for none; all axes where it is absent).
public struct SelfConfiguredModel: Sendable {
  /// The folder or file that was given.
  public let path: String
  public let plans: Plans
  public let configurationName: String
  public let configuration: PlannedConfiguration
  public let dataset: ModelDataset
  /// Axes of the patch along which images may be mirrored.
  public let mirroringAxes: [Int]
  /// Names of the folds whose networks are averaged.
  public let folds: [String]
  /// Learnt values of one network.
  public let parameters: Int
  /// What the networks compute in.
  public let precision: Precision
  let networks: [any DenseModel]
  let device: Device

  /// Loads a model.
  ///
  /// - Parameters:
  ///   - path: A model folder, the folder of one fold, or a checkpoint.
  ///   - folds: Which folds of a model folder; `nil` for all that were trained, where "all" counts only
  ///     by itself.
  ///   - checkpoint: The checkpoints' name without ending; `nil` for the final one, else the best.
  ///   - device: Where the networks lie.
  ///   - precision: What they compute in.
  /// - Throws: ``SelfConfiguredError``, `PlanningError`, `DatasetError`, `WeightsError`, `PrecisionError`,
  ///   ``ForeignWeights`` when the weights are not those of the plan's network.
  public init(
    contentsOf path: String, folds: [String]? = nil, checkpoint: String? = nil,
    device: Device = .cpu, precision: PrecisionChoice = .automatic
  ) throws {
    let files = try FoldFiles(path, folds: folds, checkpoint: checkpoint)
    let trained = try files.files.map { try TrainedFold(contentsOf: $0) }
    guard let first = trained.first else {
      throw SelfConfiguredError.noModel(path: path, expected: "at least one fold")
    }
    for fold in trained where fold.configuration != first.configuration {
      throw SelfConfiguredError.mixedFolds(
        path: fold.path, met: fold.configuration, expected: first.configuration)
    }
    self.path = path
    self.device = device
    let description: DatasetDescription
    if let embedded = first.embedded {
      (plans, description) = (embedded.plans, embedded.dataset)
    } else if let folder = files.folder {
      plans = try Plans(contentsOf: folder + "/plans.json")
      description = try DatasetDescription(contentsOf: folder + "/dataset.json")
    } else {
      throw SelfConfiguredError.noModel(
        path: path, expected: "plans.json and dataset.json two folders above the checkpoint")
    }
    configurationName = first.configuration
    let configuration = try plans.configuration(first.configuration)
    self.configuration = configuration
    dataset = try ModelDataset(
      description, channels: configuration.normalisation.count, path: path)
    mirroringAxes = first.mirroringAxes.filter(configuration.patchSize.indices.contains)
    self.folds = trained.map(\.fold)

    let channels = dataset.inputChannels(isCascade: configuration.previousStage != nil)
    let classes = dataset.rule.channels
    var networks: [any DenseModel] = []
    var (chosen, counted) = (Precision.fp32, 0)
    for fold in trained {
      let weights = Weights(fold.source, device: device)
      do {
        let network = try NNUNet(
          weights, .init(configuration.architecture, channels: channels, classes: classes))
        try weights.finish()
        counted = weights.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
        let (model, precision) = try network.inPrecision(precision, device: device)
        guard let dense = model as? any DenseModel else {
          throw SegmentationError.notDense(configurationName)
        }
        networks.append(dense)
        chosen = precision
      } catch let mismatch as WeightsMismatch {
        throw ForeignWeights(
          path: fold.path, id: "the network of \(configurationName)", mismatch: mismatch)
      }
    }
    self.networks = networks
    parameters = counted
    self.precision = chosen
  }
}
