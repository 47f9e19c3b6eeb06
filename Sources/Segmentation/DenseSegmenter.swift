// From an image to a mask on the same grid, with a network that gives every pixel a class.

public import Imaging
public import Models
public import Tensors

/// What a dense network found in an image.
public struct Segmentation: Sendable {
  /// Labels on the grid of the image.
  public let labels: LabelMap
  /// Probability of the foreground on the grid of the image; only for networks with one foreground.
  public let probabilities: Volume?
  /// Where the embedding came from; only for promptable networks.
  public var embedding: EmbeddingUse? = nil
  /// Shapes of the tensors that a dense network read, one after the other.
  public var inputs: [[Int]] = []
  /// For each prompted object the overlap that the network expects of its candidates, the best first;
  /// only for promptable networks.
  public var predictedIoU: [[Double]]? = nil
}

/// Runs a dense network the way its checkpoint wants it.
public struct DenseSegmenter: Sendable {
  let model: any DenseModel
  let card: Card
  let preparation: Preparation
  let device: Device

  /// `device` is the one on which the model's weights lie.
  ///
  /// - Throws: ``SegmentationError/notDense(_:)`` for a model that needs prompts,
  ///   ``SegmentationError/noPreparation(_:)`` for one whose images a plan prepares.
  public init(_ model: any Model, entry: RegisteredModel, device: Device = .cpu) throws {
    guard let dense = model as? any DenseModel else { throw SegmentationError.notDense(entry.id) }
    guard let preparation = entry.checkpoint?.preparation else {
      throw SegmentationError.noPreparation(entry.id)
    }
    self.model = dense
    card = entry.card
    self.preparation = preparation
    self.device = device
  }

  /// Segments `volume`; the mask lies on its grid, whatever its orientation and spacing.
  ///
  /// A 2-D network goes through a stack slice by slice. `progress` is told the finished fraction.
  /// - Throws: ``SegmentationError``, `ImagingError`, `TensorError`.
  public func segment(
    _ volume: Volume, stopwatch: inout Stopwatch, progress: (Double) -> Void = { _ in }
  ) throws -> Segmentation {
    let broken = volume.nonFiniteCount
    guard broken == 0 else { throw SegmentationError.nonFinite(broken) }
    progress(0)
    return card.dimensions == 3
      ? try VolumePipeline(model: model, card: card, preparation: preparation, device: device)
        .run(volume, &stopwatch, progress)
      : try SlicePipeline(model: model, preparation: preparation, device: device)
        .run(volume, &stopwatch, progress)
  }
}

extension Tensor {
  /// Scores that are not numbers would silently become background.
  func requireNumbers() throws {
    if try sum().floats().contains(where: \.isNaN) { throw SegmentationError.notNumbers }
  }
}

/// Why an image and a model do not go together.
public enum SegmentationError: Error, Equatable, CustomStringConvertible {
  case notDense(String)
  case noPreparation(String)
  case notPromptable(String)
  case outside(String, String)
  case emptyBox
  case needsSlice(Int)
  case nonFinite(Int)
  case needsColour(channels: Int)
  case needsVolume(String)
  case unknownRange(String)
  case noProbabilities(String)
  case tooLarge(voxels: Double, spacing: Double)
  case notNumbers
  case unusable(String)

  public var description: String {
    switch self {
    case .notDense(let id): "\(id) does not segment an image by itself"
    case .noPreparation(let id):
      "how \(id) wants its images is said by the plan of each training, which this command does not "
        + "read; choose a model that has published weights"
    case .needsSlice(let count):
      "the image has \(count) slices; say on which one the prompt lies: --point X,Y,Z"
    case .notPromptable(let id): "\(id) takes no points or boxes; run it on the image alone"
    case .outside(let met, let expected): "\(met) is not in the image, which has \(expected)"
    case .unusable(let text): text
    case .emptyBox: "a box holds no pixel; give its left and top edge before its right and bottom"
    case .nonFinite(let count):
      "the image has \(count) NaN or infinite voxels; replace them before segmenting"
    case .needsColour(let channels):
      "this model reads RGB and the image has \(channels) channel\(channels == 1 ? "" : "s"); "
        + "give it a colour image"
    case .needsVolume(let id):
      "\(id) reads volumes and the image is a single slice; give it a 3-D file or a series folder"
    case .unknownRange(let type):
      "this model reads 8- or 16-bit images and the voxels are \(type); convert the image first"
    case .noProbabilities(let id):
      "\(id) has several classes; probabilities are written for models with one foreground"
    case .notNumbers:
      "the network's scores are not numbers (NaN); its weights are damaged or of another training"
    case .tooLarge(let voxels, let spacing):
      "the image has \(Float(voxels)) voxels once its spacing is \(spacing) mm, more than fit into "
        + "memory; check the spacing in its header"
    }
  }
}
