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
  let sessions: PromptSessions
  let objects: [ObjectPrompt]
  let slice: Int?
  let multimask: Bool

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
    sessions = try PromptSessions(
      model, entry: entry, cache: cache, weights: weights, precision: precision)
    self.objects = objects
    self.slice = slice
    self.multimask = multimask
  }

  public func segment(
    _ volume: Volume, stopwatch: inout Stopwatch, progress: (Double) -> Void
  ) throws -> Segmentation {
    guard let slice = slice ?? (volume.geometry.size.z == 1 ? 0 : nil) else {
      throw SegmentationError.needsSlice(volume.geometry.size.z)
    }
    progress(0)
    let session = try stopwatch.measure("embed") {
      try sessions.open(volume, slice: slice)
    }
    progress(0.9)
    let found = try stopwatch.measure("prompt") {
      try session.segment(objects, multimask: multimask)
    }
    progress(1)
    return Segmentation(
      labels: session.labelMap(of: found), probabilities: try probabilities(of: found, session),
      embedding: session.reading,
      predictedIoU: found.map { $0.map(\.predictedIoU) })
  }

  /// The probability of a single object on the grid of the image, 0 on other slices; only of networks whose
  /// scores lie on that grid.
  private func probabilities(
    of found: [[Session.Candidate]], _ session: any PromptSession
  ) throws -> Volume? {
    guard let session = session as? InteractiveSession, found.count == 1,
      let only = found[0].first
    else { return nil }
    let shares = try session.scoresOnSlice(only.coarse).map(logistic)
    var values = [Float](repeating: 0, count: session.geometry.count)
    let start = session.slice * shares.count
    values.replaceSubrange(start..<start + shares.count, with: shares)
    return Volume(geometry: session.geometry, voxels: .float32(values))
  }
}
