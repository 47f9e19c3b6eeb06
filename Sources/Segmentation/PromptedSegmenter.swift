// From an image and what a person points at to a mask on the same grid, with a promptable network.

public import Imaging
public import Models
public import Tensors

/// Anything that turns an image into a mask on its grid.
public protocol ImageSegmenter: Sendable {
  /// Segments `volume`; `progress` is told the finished fraction.
  func segment(
    _ volume: Volume, stopwatch: inout Stopwatch, progress: (Double) -> Void
  ) throws -> Segmentation
}

extension DenseSegmenter: ImageSegmenter {}

/// Segments what prompts point at in one slice of an image.
public struct PromptedSegmenter: ImageSegmenter {
  let model: any Model
  let entry: RegisteredModel
  let objects: [ObjectPrompt]
  let slice: Int?
  let multimask: Bool
  let cache: EmbeddingCache?
  let weights: String?
  let precision: Precision

  /// `objects` are numbered from 1 in the mask. `slice` counts along z as stored; it may be left out for
  /// images of one slice. With `multimask` each object gets the best of three masks. `cache` keeps what
  /// the network reads under the SHA-256 of its `weights` and the `precision` it computes in.
  ///
  /// - Throws: ``SegmentationError/notPromptable(_:)`` for a model that takes no prompts.
  public init(
    _ model: any Model, entry: RegisteredModel, objects: [ObjectPrompt], slice: Int?,
    multimask: Bool = false, cache: EmbeddingCache? = nil, weights: String? = nil,
    precision: Precision = .fp32
  ) throws {
    guard model is any PromptableModel else { throw SegmentationError.notPromptable(entry.id) }
    self.model = model
    self.entry = entry
    self.objects = objects
    self.slice = slice
    self.multimask = multimask
    self.cache = cache
    self.weights = weights
    self.precision = precision
  }

  public func segment(
    _ volume: Volume, stopwatch: inout Stopwatch, progress: (Double) -> Void
  ) throws -> Segmentation {
    guard let slice = slice ?? (volume.geometry.size.z == 1 ? 0 : nil) else {
      throw SegmentationError.needsSlice(volume.geometry.size.z)
    }
    progress(0)
    let session = try stopwatch.measure("embed") {
      try Session(
        model, entry: entry, image: volume, slice: slice, cache: cache, weights: weights,
        precision: precision)
    }
    progress(0.9)
    let found = try stopwatch.measure("prompt") {
      try session.segment(objects, multimask: multimask)
    }
    progress(1)
    return Segmentation(
      labels: session.labelMap(of: found), probabilities: nil, embedding: session.embeddingUse,
      predictedIoU: found.map { $0.map(\.predictedIoU) })
  }
}
