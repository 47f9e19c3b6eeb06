// Prediction with a self-configured model: from images to label maps on their own grids.

public import Imaging
import Models
import Planning
import Tensors

/// Predicts images as nnU-Net v2 does, with bounded memory.
public struct Predictor: Sendable {
  /// What can be chosen at prediction.
  public struct Options: Sendable {
    /// Largest distance of neighbouring windows, in patches.
    public var step = 0.5
    /// Whether mirrored images are predicted too, along the axes that the training allowed.
    public var usesMirroring = true
    /// Whether a float32 volume of probabilities is made for each class.
    public var keepsProbabilities = false
    /// Bytes of scores in memory; more lie in a temporary file.
    public var bandLimit = 1 << 31
    /// Applied to every label map.
    public var postprocessing: Postprocessing?

    public init() {}
  }

  /// Where a cascade's second stage takes the first stage's segmentation from.
  public indirect enum PreviousStage: Sendable {
    /// A folder of label maps that are called as the cases.
    case folder(String)
    /// A predictor of the first stage, run on the same image.
    case run(Predictor)
  }

  public let model: SelfConfiguredModel
  public var options: Options
  public var previousStage: PreviousStage?

  public init(
    _ model: SelfConfiguredModel, options: Options = Options(),
    previousStage: PreviousStage? = nil
  ) {
    self.model = model
    self.options = options
    self.previousStage = previousStage
  }

  /// Predicts one case.
  ///
  /// - Parameters:
  ///   - volumes: One image per channel, or one that holds all channels.
  ///   - previous: The first stage's segmentation on the same grid; `nil` takes it from
  ///     ``previousStage``.
  ///   - name: Of the case, for messages and for the first stage's file.
  ///   - progress: Is told the finished fraction.
  /// - Returns: Labels on the grid of the images, and probabilities where ``Options`` ask for them.
  /// - Throws: ``SelfConfiguredError``, ``SegmentationError``, `PreparationError`, `ImagingError`,
  ///   `TensorError`, `CancellationError` when the task is cancelled.
  public func predict(
    _ volumes: [Volume], previous: LabelMap? = nil, name: String = "the image",
    progress: (Double) -> Void = { _ in }
  ) throws -> Prediction {
    progress(0)
    let (prepared, place) = try prepare(volumes, previous: previous, name: name)
    let grid = ExportGrid(prepared.placement)
    let export = try ScoreExport(
      grid, resampling: model.configuration.probabilityResampling, rule: model.dataset.rule,
      keepsProbabilities: options.keepsProbabilities)
    let window = SlidingWindow(
      patch: model.configuration.patchSize, step: options.step,
      mirrorAxes: options.usesMirroring ? model.mirroringAxes : [], bandLimit: options.bandLimit)
    let device = model.device
    try inference {
      try window.run(
        prepared.image, classes: model.dataset.rule.channels,
        networks: model.networks.map { network in { try network.logits($0.to(device)) } },
        progress: progress, emit: export.take)
    }
    let (labels, probabilities) = export.finish()
    var map = place.restored(labels)
    if let steps = options.postprocessing { map = try steps.applied(to: map) }
    return Prediction(
      labels: map, probabilities: probabilities.map { place.restored($0) },
      classNames: model.dataset.classNames)
  }

  /// What predicting an image of this geometry will take, if cropping removes nothing.
  ///
  /// - Parameter geometry: Of the image.
  /// - Returns: Bytes by what they hold.
  public func estimate(for geometry: Geometry) -> PredictionMemory {
    let turned = CaseGrid.axes(of: geometry, plans: model.plans)
    let transpose = model.plans.transposeForward
    let full = transpose.map { geometry.arrayShape[turned[$0]] }
    let spacing = transpose.map { geometry.arraySpacing[turned[$0]] }
    let target = model.targetSpacing(spacing)
    let grid = ExportGrid(
      prepared: GridChange.shape(full, spacing: spacing, target: target),
      preparedSpacing: target, box: full.map { 0..<$0 }, full: full, spacing: spacing,
      transpose: transpose)
    return PredictionMemory(
      architecture: model.configuration.architecture, patch: model.configuration.patchSize,
      channels: model.dataset.channels.count, classes: model.dataset.rule.channels,
      networks: model.networks.count, parameters: model.parameters, grid: grid,
      bandLimit: options.bandLimit, keepsProbabilities: options.keepsProbabilities)
  }

  /// The prepared case; what it was made from is forgotten here, before windows need memory.
  private func prepare(
    _ volumes: [Volume], previous: LabelMap?, name: String
  ) throws -> (PreparedCase, CaseGrid) {
    let first = try previous ?? firstStage(volumes, name: name)
    let (image, place) = try CaseGrid.join(
      volumes, channels: model.dataset.channels, plans: model.plans, name: name)
    let isCascade = model.configuration.previousStage != nil
    let prepared = try Preprocessor(plans: model.plans, configuration: model.configuration)
      .prepare(
        image, previousStage: isCascade ? try first.map { try place.array($0, name: name) } : nil,
        classes: isCascade ? model.dataset.foreground.map { Int16(clamping: $0) } : [])
    return (prepared, place)
  }

  private func firstStage(_ volumes: [Volume], name: String) throws -> LabelMap? {
    guard let stage = model.configuration.previousStage else { return nil }
    switch previousStage {
    case .run(let predictor): return try predictor.predict(volumes, name: name).labels
    case .folder(let folder):
      guard let file = ImageName.find(name, in: folder) else {
        throw SelfConfiguredError.missingStage(stage)
      }
      return try LabelMap(contentsOf: file)
    case nil: throw SelfConfiguredError.missingStage(stage)
    }
  }
}

/// What was predicted for one case.
public struct Prediction: Sendable {
  /// Labels on the grid of the images.
  public let labels: LabelMap
  /// One volume of probabilities per class or region, where they were asked for.
  public let probabilities: [Volume]
  /// What each channel of scores stands for.
  public let classNames: [String]
}

extension SelfConfiguredModel {
  /// The plan's spacing in the network's axis order; slices keep their distance.
  func targetSpacing(_ spacing: [Double]) -> [Double] {
    configuration.dimensions == 2 ? [spacing[0]] + configuration.spacing : configuration.spacing
  }
}
