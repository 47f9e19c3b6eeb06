// Models that segment what a prompt points at: the image is read once and prompted many times.

public import Tensors

/// A network that answers prompts about an image it has embedded.
public protocol PromptableModel: Model {
  /// Side of the square image that the network reads, in pixels.
  var imageSize: Int { get }

  /// Whether an earlier mask can be a prompt.
  var readsMasks: Bool { get }

  /// Reads a prepared image (1, 3, side, side); the costly part, needed once per image.
  func embed(_ image: Tensor) throws -> ImageEmbedding

  /// The code of each feature's position (1, C, h, w), the same for every image: what an embedding that
  /// was kept without it needs before it can be decoded.
  func positions() throws -> Tensor

  /// Turns prompts for one or several objects into what the decoder reads.
  func encode(_ prompts: PromptTensors) throws -> EncodedPrompts

  /// Masks for every object. With `multimask` three candidates each, for prompts that may mean a part,
  /// a whole or what lies between; otherwise one.
  func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, multimask: Bool
  ) throws -> MaskCandidates

  /// Of the three candidates for every object those whose predicted overlap is above `threshold`.
  ///
  /// The default decodes all and selects; a network that can leave out work for the others overrides it.
  func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, predictedIoUAbove threshold: Double
  ) throws -> SelectedMasks
}

extension PromptableModel {
  public var readsMasks: Bool { true }

  public func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, predictedIoUAbove threshold: Double
  ) throws -> SelectedMasks {
    try selected(
      from: decode(image, prompts, multimask: true), predictedIoUAbove: threshold)
  }

  /// The candidates whose predicted overlap is above `threshold`.
  func selected(
    from all: MaskCandidates, predictedIoUAbove threshold: Double
  ) throws -> SelectedMasks {
    let overlaps = try all.predictedIoU.floats()
    let chosen = overlaps.indices.filter { overlaps[$0] > Float(threshold) }
    let each = max(all.predictedIoU.size(1), 1)
    let logits = try all.logits.flattened(from: 0, to: 1)  // (B · M, S, S)
    return SelectedMasks(
      objects: chosen.map { $0 / each }, candidates: chosen.map { $0 % each },
      predictedIoU: chosen.map { Double(overlaps[$0]) },
      logits: try logits.selecting(
        Tensor(chosen.map(Int64.init), shape: [chosen.count]).to(logits.device), axis: 0))
  }
}

extension PromptableModel {
  /// Refuses what is not one prepared image.
  func requireInput(_ image: Tensor) throws {
    guard image.shape == [1, 3, imageSize, imageSize] else {
      throw TensorError.mismatch(
        "this network reads one image (1, 3, \(imageSize), \(imageSize)), not \(image.shape)")
    }
  }
}

/// What a network has read in an image.
public struct ImageEmbedding: Sendable {
  public let features: Tensor  // (1, C, h, w)
  /// The code of each feature's position.
  public let positions: Tensor  // (1, C, h, w)

  public init(features: Tensor, positions: Tensor) {
    self.features = features
    self.positions = positions
  }
}

/// Prompts for B objects of one image, in pixels of the network's input.
public struct PromptTensors: Sendable {
  /// x and y of each point.
  public let points: Tensor?  // (B, N, 2)
  /// 1 for a point on the object, 0 for one beside it, −1 for none. Where boxes are points (EfficientSAM),
  /// 2 and 3 stand for the corners at the top left and the bottom right.
  public let labels: Tensor?  // (B, N), int64
  /// Left, top, right and bottom edge of the box around each object.
  public let boxes: Tensor?  // (B, 4)
  /// Unnormalised scores of an earlier mask.
  public let mask: Tensor?  // (B, 1, S, S)

  /// Number of objects.
  public let count: Int

  /// - Throws: `TensorError.mismatch` when nothing is given or the shapes contradict each other.
  public init(
    points: Tensor? = nil, labels: Tensor? = nil, boxes: Tensor? = nil, mask: Tensor? = nil
  ) throws {
    guard let count = (points ?? boxes ?? mask)?.size(0) else {
      throw TensorError.mismatch("a prompt needs a point, a box or a mask")
    }
    let fits =
      points.map { $0.rank == 3 && $0.size(2) == 2 && labels?.shape == Array($0.shape[..<2]) }
      ?? (labels == nil)
    guard fits else {
      throw TensorError.mismatch(
        "points are (objects, points, 2) with labels (objects, points); these are "
          + "\(points?.shape ?? []) and \(labels?.shape ?? [])")
    }
    guard boxes.map({ $0.shape == [count, 4] }) ?? true else {
      throw TensorError.mismatch(
        "boxes for \(count) objects are (\(count), 4), not \(boxes?.shape ?? [])")
    }
    guard mask.map({ $0.rank == 4 && $0.size(0) == count && $0.size(1) == 1 }) ?? true else {
      throw TensorError.mismatch(
        "masks for \(count) objects are (\(count), 1, side, side), not \(mask?.shape ?? [])")
    }
    self.points = points
    self.labels = labels
    self.boxes = boxes
    self.mask = mask
    self.count = count
  }
}

/// Prompts as the decoder reads them.
public struct EncodedPrompts: Sendable {
  /// One token for each point and two for each box.
  public let sparse: Tensor  // (B, N, C)
  /// What an earlier mask says of each feature of the image.
  public let dense: Tensor  // (B, C, h, w)
  /// Whether that is the same for all objects, because there was no earlier mask.
  var isDenseShared = false
}

/// The masks that a network offers for each object.
public struct MaskCandidates: Sendable {
  /// Unnormalised scores on a coarse grid over the network's input; an object where they are positive.
  public let logits: Tensor  // (B, 1 or 3, S, S)
  /// The overlap (intersection over union) with the object that the network expects of each.
  public let predictedIoU: Tensor  // (B, 1 or 3)

  /// The one of each object that the network expects to overlap most.
  func best() throws -> MaskCandidates {
    let chosen = try predictedIoU.argmax(axis: 1, keep: true)  // (B, 1)
    let places = try chosen.reshaped(-1, 1, 1, 1)
      .expanded([logits.size(0), 1] + logits.shape.suffix(2))
    return MaskCandidates(
      logits: try logits.gathering(places, axis: 1),
      predictedIoU: try predictedIoU.gathering(chosen, axis: 1))
  }
}

/// Those of the candidates for several objects that a network expects to be good, object by object.
public struct SelectedMasks: Sendable {
  /// Which object each belongs to.
  public let objects: [Int]
  /// Which of its object's candidates each is.
  public let candidates: [Int]
  /// The overlap (intersection over union) with the object that the network expects of each.
  public let predictedIoU: [Double]
  /// Unnormalised scores on a coarse grid over the network's input.
  public let logits: Tensor  // (K, S, S)

  public init(objects: [Int], candidates: [Int], predictedIoU: [Double], logits: Tensor) {
    self.objects = objects
    self.candidates = candidates
    self.predictedIoU = predictedIoU
    self.logits = logits
  }
}
