// Every object of an image without a person who points: a grid of points is prompted, and of the masks
// those stay that the network is sure of, that are stable and that are not told twice.
// Paper: Kirillov et al., ICCV 2023, arXiv 2304.02643, appendix B.
// Reference implementation: github.com/facebookresearch/segment-anything,
// automatic_mask_generator.py (Apache-2.0).

public import Imaging
public import Models
import Tensors

/// One of the masks that were found in an image.
public struct AutomaticMask: Sendable {
  /// The mask on the grid of the slice.
  public var mask: RunLengthMask
  /// The outermost pixels of the mask.
  public var box: PixelBox
  /// The overlap (intersection over union) with the object that the network expects.
  public let predictedIoU: Double
  /// The overlap of the mask at a stricter and at a laxer threshold; 1 when they agree.
  public let stability: Double
  /// The point that was prompted, in pixels of the slice.
  public let point: SIMD2<Double>
  /// The part of the slice that the network saw; the right and bottom edge are those behind it.
  public let crop: PixelBox

  /// Number of pixels.
  public var area: Int { mask.area }
}

/// Finds masks of everything in a slice with a promptable network.
public struct AutomaticMasks: Sendable {
  /// In which order the work is done; the masks are the same.
  public enum Schedule: String, Sendable, Codable, CaseIterable {
    /// Resizes every candidate to the image and filters then, as the reference implementation does.
    case official
    /// Filters first and resizes what is left, without storing an image of scores.
    case lean
  }

  let model: any PromptableModel
  let preparation: PromptPreparation
  let settings: Settings
  let schedule: Schedule

  /// - Throws: ``SegmentationError/notPromptable(_:)`` for a model that takes no prompts,
  ///   ``SegmentationError/unusable(_:)`` for settings without sense.
  public init(
    _ model: any Model, entry: RegisteredModel, settings: Settings = Settings(),
    schedule: Schedule = .lean
  ) throws {
    guard let promptable = model as? any PromptableModel,
      let preparation = entry.checkpoint?.prompting
    else { throw SegmentationError.notPromptable(entry.id) }
    try self.init(promptable, preparation, settings: settings, schedule: schedule)
  }

  init(
    _ model: any PromptableModel, _ preparation: PromptPreparation, settings: Settings,
    schedule: Schedule
  ) throws {
    try settings.check()
    self.model = model
    self.preparation = preparation
    self.settings = settings
    self.schedule = schedule
  }

  /// Masks in slice `slice` of `image`, the largest first; `window` chooses which intensities are seen,
  /// `progress` is told the finished fraction.
  ///
  /// - Throws: ``SegmentationError``, `ImagingError`, `TensorError`.
  public func masks(
    in image: Volume, slice: Int = 0, window: DisplayWindow? = nil, stopwatch: inout Stopwatch,
    progress: (Double) -> Void = { _ in }
  ) throws -> [AutomaticMask] {
    let extent = image.geometry.size
    guard (0..<extent.z).contains(slice) else {
      throw SegmentationError.outside("slice \(slice)", "0 … \(extent.z - 1)")
    }
    let broken = image.nonFiniteCount
    guard broken == 0 else { throw SegmentationError.nonFinite(broken) }
    let size = PixelSize(height: extent.y, width: extent.x)
    let colours = try stopwatch.measure("prepare") {
      try image.colours(ofSlice: slice, window: window)
    }
    let crops = settings.crops(of: size)
    var found: [AutomaticMask] = []
    for (number, crop) in crops.enumerated() {
      found += try masks(in: crop, of: colours, size, stopwatch: &stopwatch) {
        progress((Double(number) + $0) / Double(crops.count))
      }
    }
    if crops.count > 1 {
      // What a smaller crop shows larger is preferred.
      let scores = found.map { 1 / Float($0.crop.width * $0.crop.height) }
      found = Self.suppressed(found, scores: scores, threshold: settings.cropOverlapThreshold)
    }
    if settings.smallestRegion > 0 {
      found = stopwatch.measure("clean") {
        Self.cleaned(
          found, smallestRegion: settings.smallestRegion,
          threshold: max(settings.boxOverlapThreshold, settings.cropOverlapThreshold))
      }
    }
    return Self.largestFirst(found)
  }

  private func masks(
    in crop: Crop, of colours: Tensor, _ size: PixelSize, stopwatch: inout Stopwatch,
    progress: (Double) -> Void
  ) throws -> [AutomaticMask] {
    progress(0)
    let embedding = try stopwatch.measure("embed") {
      try inference {
        try model.embed(
          preparation.input(
            colours.slice(crop.box.top..<crop.box.bottom, axis: 2)
              .slice(crop.box.left..<crop.box.right, axis: 3), side: model.imageSize))
      }
    }
    try embedding.features.requireNumbers()
    var found: [AutomaticMask] = []
    let points = settings.points(in: crop)
    for start in stride(from: 0, to: points.count, by: settings.pointsPerBatch) {
      let some = Array(points[start..<min(start + settings.pointsPerBatch, points.count)])
      let batch = Batch(points: some, crop: crop, image: size, embedding: embedding)
      found += try inference {
        switch schedule {
        case .official: try officialMasks(of: batch, stopwatch: &stopwatch)
        case .lean: try leanMasks(of: batch, stopwatch: &stopwatch)
        }
      }
      progress(Double(start + some.count) / Double(points.count))
    }
    return Self.suppressed(
      found, scores: found.map { Float($0.predictedIoU) }, threshold: settings.boxOverlapThreshold)
  }
}

extension AutomaticMasks {
  /// Points of one crop that are decoded together.
  struct Batch {
    /// In pixels of the crop.
    let points: [SIMD2<Double>]
    let crop: Crop
    /// Size of the whole slice.
    let image: PixelSize
    let embedding: ImageEmbedding
  }

  func encoded(_ batch: Batch) throws -> EncodedPrompts {
    let prompts = batch.points.map { ObjectPrompt(points: [.init(x: $0.x, y: $0.y)]) }
    let covered = preparation.fitting.covered(by: batch.crop.size, side: model.imageSize)
    return try model.encode(prompts.tensors(scaledFrom: batch.crop.size, to: covered))
  }

  /// The thresholds of restored scores: of the laxer mask, of the mask and of the stricter one.
  var thresholds: (low: Float, middle: Float, high: Float) {
    let restoration = preparation.restoration
    return (
      Float(restoration.threshold(atLogit: -settings.stabilityOffset)),
      Float(restoration.threshold),
      Float(restoration.threshold(atLogit: settings.stabilityOffset))
    )
  }

  /// Predicted overlaps above this pass; everything passes a threshold of 0.
  var smallestIoU: Double {
    settings.predictedIoUThreshold > 0 ? settings.predictedIoUThreshold : -.infinity
  }

  /// The overlap of the stricter with the laxer mask, which holds it, where it suffices.
  func sufficientStability(strict: Int, lax: Int) -> Double? {
    let stability = Float(strict) / Float(max(lax, 1))
    return stability >= Float(settings.stabilityThreshold) ? Double(stability) : nil
  }

  /// A mask of the crop as a mask of the image; `nil` for a mask without a pixel, and for one that the
  /// edge of the crop seems to have cut.
  func placed(
    _ mask: RunLengthMask, of batch: Batch, point: Int, predictedIoU: Double, stability: Double
  ) -> AutomaticMask? {
    let corner = batch.crop.box
    let placed = mask.placed(left: corner.left, top: corner.top, in: batch.image)
    guard let box = placed.box, !batch.crop.cuts(box, image: batch.image) else { return nil }
    return AutomaticMask(
      mask: placed, box: box, predictedIoU: predictedIoU, stability: stability,
      point: batch.points[point] + SIMD2(Double(corner.left), Double(corner.top)), crop: corner)
  }
}
