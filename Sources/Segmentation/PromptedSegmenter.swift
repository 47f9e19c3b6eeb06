// From an image and what a person points at to a mask on the same grid, with a promptable network.

public import Imaging
public import Models
import Tensors

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
  let cache: EmbeddingCache?
  let weights: String?
  let precision: String

  /// `objects` are numbered from 1 in the mask. `slice` counts along z as stored; it may be left out for
  /// images of one slice. `cache` keeps what the network reads, under the SHA-256 of its `weights`
  /// and the name of its arithmetic.
  ///
  /// - Throws: ``SegmentationError/notPromptable(_:)`` for a model that takes no prompts.
  public init(
    _ model: any Model, entry: RegisteredModel, objects: [ObjectPrompt], slice: Int?,
    cache: EmbeddingCache? = nil, weights: String? = nil, precision: String = "float32"
  ) throws {
    guard model is any PromptableModel else { throw SegmentationError.notPromptable(entry.id) }
    self.model = model
    self.entry = entry
    self.objects = objects
    self.slice = slice
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
    let found = try stopwatch.measure("prompt") { try session.segment(objects) }
    progress(1)
    return Segmentation(
      labels: session.labelMap(of: found), probabilities: nil, embedding: session.embeddingUse)
  }
}
