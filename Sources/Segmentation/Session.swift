// One image, many prompts: the network reads a slice once and answers from what it has read.

public import Imaging
public import Models
public import Prompts
public import Tensors

/// What a person points at for one object. Coordinates are pixels of the slice as it is stored, the
/// centre of the first pixel at (0, 0).
public struct ObjectPrompt: Sendable {
  public typealias Point = PointPrompt
  public typealias Box = BoxPrompt

  public var points: [Point]
  public var box: Box?
  /// The `coarse` scores of an earlier answer, to be corrected by more points.
  public var mask: CoarseScores?
  /// Strokes; networks that read points alone get a few points of each.
  public var scribbles: [ScribblePrompt]
  /// An earlier mask in place of scores: pixels of the slice row by row, above 0 on the object.
  public var pixels: [UInt8]?

  public init(
    points: [Point] = [], box: Box? = nil, scribbles: [ScribblePrompt] = [],
    mask: CoarseScores? = nil,
    pixels: [UInt8]? = nil
  ) {
    self.points = points
    self.box = box
    self.scribbles = scribbles
    self.mask = mask
    self.pixels = pixels
  }
}

/// The scores of an answer as the network made them, to go on from.
public struct CoarseScores: Sendable {
  /// Unnormalised scores (1, 1, S, S), positive on the object.
  public let tensor: Tensor
  /// Where they lie in the slice; `nil` for scores over the square that the network reads.
  let view: ImageView?

  init(tensor: Tensor, view: ImageView? = nil) {
    self.tensor = tensor
    self.view = view
  }
}

/// A slice that a promptable network has read.
public struct Session: PromptSession {
  /// One mask that the network offers for an object.
  public struct Candidate: Sendable {
    /// 1 on the object and 0 elsewhere, row by row on the grid of the slice.
    public let mask: [UInt8]
    /// The overlap (intersection over union) with the object that the network expects.
    public let predictedIoU: Double
    /// The network's own scores, to go on from.
    public let coarse: CoarseScores
  }

  /// Grid of the image that the slice belongs to.
  public let geometry: Geometry
  /// Index of the slice along z.
  public let slice: Int
  let model: any PromptableModel
  let preparation: PromptPreparation
  package let embedding: ImageEmbedding
  let size: PixelSize
  /// Whether the network read the slice now or had read it before.
  public let embeddingUse: EmbeddingUse
  public var reading: EmbeddingUse? { embeddingUse }

  /// Reads slice `slice` of `image`; `window` chooses which intensities are seen.
  ///
  /// With a memory, a slice that these weights have read before is not read again. The features are then
  /// rounded to float16 from the first time on, so that an answer from the cache is that of the run which
  /// filled it; without one they stay as they are computed.
  ///
  /// - Throws: ``SegmentationError``, `ImagingError`, `TensorError`.
  init(
    _ model: any PromptableModel, _ preparation: PromptPreparation, image: Volume, slice: Int,
    window: DisplayWindow?, memory: EmbeddingMemory? = nil
  ) throws {
    let extent = image.geometry.size
    guard (0..<extent.z).contains(slice) else {
      throw SegmentationError.outside("slice \(slice)", "0 … \(extent.z - 1)")
    }
    let broken = image.nonFiniteCount
    guard broken == 0 else { throw SegmentationError.nonFinite(broken) }
    self.model = model
    self.preparation = preparation
    self.slice = slice
    geometry = image.geometry
    size = PixelSize(height: extent.y, width: extent.x)
    (embedding, embeddingUse) = try inference {
      let input = try preparation.input(
        image.colours(ofSlice: slice, window: window), side: model.imageSize)
      return try memory?.embedding(of: input, by: model)
        ?? (model.embed(input), EmbeddingUse(origin: .computed))
    }
  }

  /// Masks for every object, in the order of `prompts`, the best of each first. With `multimask` there
  /// are three of each: an ambiguous point may mean a part, a whole or what lies between.
  /// - Throws: ``SegmentationError/outside(_:_:)`` for coordinates beside the image, `TensorError`.
  public func segment(_ prompts: [ObjectPrompt], multimask: Bool = false) throws -> [[Candidate]] {
    for prompt in prompts { try check(prompt) }
    let prompts = try prompts.map(resolved)
    var answers = [[Candidate]](repeating: [], count: prompts.count)
    // Objects are decoded together when their prompts have the same form, so that company never
    // changes an answer; a few at a time, because each mask is as large as the image.
    let forms = Dictionary(grouping: prompts.indices) { prompts[$0].form }
    for indices in forms.values {
      for start in stride(from: 0, to: indices.count, by: 16) {
        let some = Array(indices[start..<min(start + 16, indices.count)])
        let found = try inference { try decode(some.map { prompts[$0] }, multimask) }
        for (index, candidates) in zip(some, found) { answers[index] = candidates }
      }
    }
    return answers
  }

  private func decode(_ prompts: [ObjectPrompt], _ multimask: Bool) throws -> [[Candidate]] {
    let covered = preparation.fitting.covered(by: size, side: model.imageSize)
    let encoded = try model.encode(prompts.tensors(scaledFrom: size, to: covered))
    let found = try model.decode(embedding, encoded, multimask: multimask)
    let restored = try preparation.restored(found.logits, to: size, side: model.imageSize)
    let masks = try preparation.restoration.mask(of: restored)  // (B, M, H, W)
    let overlaps = try found.predictedIoU.floats()
    let count = masks.size(1)
    return try prompts.indices.map { object in
      let candidates = try (0..<count).map { number in
        Candidate(
          mask: try masks.select(object).select(number).contiguous().values(as: UInt8.self),
          predictedIoU: Double(overlaps[object * count + number]),
          coarse: CoarseScores(
            tensor: try found.logits.slice(object..<object + 1, axis: 0)
              .slice(number..<number + 1, axis: 1).contiguous()))
      }
      return candidates.sorted { $0.predictedIoU > $1.predictedIoU }
    }
  }
}
