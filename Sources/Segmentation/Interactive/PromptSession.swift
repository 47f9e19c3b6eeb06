// A slice that answers prompts, whichever kind of network answers.

public import Imaging
public import Models
public import Tensors

/// One slice of an image, opened once and prompted many times.
public protocol PromptSession: Sendable {
  /// Grid of the image that the slice belongs to.
  var geometry: Geometry { get }
  /// Index of the slice along z.
  var slice: Int { get }
  /// Whether the network read the slice beforehand, and whether it had to; `nil` for one that looks again at
  /// every prompt.
  var reading: EmbeddingUse? { get }

  /// Masks for every object, in the order of `prompts`, the best of each first. With `multimask` there may be
  /// several of each: an ambiguous point may mean a part, a whole or what lies between.
  ///
  /// - Throws: ``SegmentationError/outside(_:_:)`` for coordinates beside the image, `TensorError`.
  func segment(_ prompts: [ObjectPrompt], multimask: Bool) throws -> [[Session.Candidate]]
}

extension PromptSession {
  /// The first candidate of each object on the grid of the image; objects are numbered from 1 and later
  /// ones lie over earlier ones.
  public func labelMap(of objects: [[Session.Candidate]]) -> LabelMap {
    var labels = [Int32](repeating: 0, count: geometry.count)
    let start = slice * geometry.size.x * geometry.size.y
    for (object, candidates) in objects.enumerated() {
      for (pixel, value) in (candidates.first?.mask ?? []).enumerated() where value > 0 {
        labels[start + pixel] = Int32(clamping: object + 1)
      }
    }
    return LabelMap(geometry: geometry, labels: labels)
  }

  /// Refuses places that are not in the image and boxes that hold nothing.
  func check(_ prompt: ObjectPrompt) throws {
    let (width, height) = (geometry.size.x, geometry.size.y)
    let corners = prompt.box.map { [($0.left, $0.top), ($0.right, $0.bottom)] } ?? []
    let strokes = prompt.scribbles.flatMap { $0.path.map { ($0.x, $0.y, 0.5) } }
    // A point lies on a pixel; a box may be told to end behind the last one.
    let places =
      prompt.points.map { ($0.x, $0.y, 0.5) } + strokes + corners.map { ($0.0, $0.1, 0) }
    for (x, y, margin) in places {
      guard (-0.5...Double(width) - margin).contains(x),
        (-0.5...Double(height) - margin).contains(y)
      else {
        throw SegmentationError.outside("\(x),\(y)", "0,0 … \(width - 1),\(height - 1)")
      }
    }
    if let box = prompt.box, box.left >= box.right || box.top >= box.bottom {
      throw SegmentationError.emptyBox
    }
  }
}

/// Opens slices for prompts, with a model of either kind.
public struct PromptSessions: Sendable {
  private enum Kind: Sendable {
    case embedding(any PromptableModel, PromptPreparation)
    case views(any InteractiveModel)
  }

  private let kind: Kind
  private let memory: EmbeddingMemory?

  /// - Parameters:
  ///   - model: The network.
  ///   - entry: What is known of it.
  ///   - cache: Where embeddings are kept, for networks that have some.
  ///   - weights: SHA-256 of the model's weights, without which nothing is cached.
  ///   - precision: That of the model.
  /// - Throws: ``SegmentationError/notPromptable(_:)`` for a model that takes no prompts.
  public init(
    _ model: any Model, entry: RegisteredModel, cache: EmbeddingCache? = nil,
    weights: String? = nil, precision: Precision = .fp32
  ) throws {
    if let model = model as? any InteractiveModel {
      kind = .views(model)
    } else if let model = model as? any PromptableModel,
      let preparation = entry.checkpoint?.prompting
    {
      kind = .embedding(model, preparation)
    } else {
      throw SegmentationError.notPromptable(entry.id)
    }
    memory = cache.flatMap { cache in
      weights.map {
        EmbeddingMemory(cache: cache, id: entry.id, weights: $0, precision: precision.rawValue)
      }
    }
  }

  /// Opens slice `slice` of `image`; `window` chooses which intensities are seen.
  ///
  /// - Throws: ``SegmentationError``, `ImagingError`, `TensorError`.
  public func open(
    _ image: Volume, slice: Int = 0, window: DisplayWindow? = nil
  ) throws -> any PromptSession {
    switch kind {
    case .embedding(let model, let preparation):
      try Session(
        model, preparation, image: image, slice: slice, window: window, memory: memory)
    case .views(let model):
      try InteractiveSession(model, image: image, slice: slice, window: window)
    }
  }
}
