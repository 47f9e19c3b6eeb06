// A slice whose objects are looked at in views: first where the object may be, then closer.
// Following the object with the view: Sofiiuk et al., RITM, arXiv 2102.06583, section 4 ("zoom-in").

public import Imaging
public import Models
internal import Prompts
internal import Tensors

/// A slice prompted through an interactive network.
///
/// The view follows what is known of the object: its box, else an earlier mask, else a ladder of views around
/// the first click, of which the most convincing is taken. The answer is then looked at once more in a view of
/// its own size, so that small objects in large images keep their outlines.
public struct InteractiveSession: PromptSession {
  public let geometry: Geometry
  public let slice: Int
  public var reading: EmbeddingUse? { nil }

  let model: any InteractiveModel
  /// Intensities of the slice, row by row.
  let values: [Float]
  let width: Int
  let height: Int
  /// Whether all pixels are equal: then there is nothing to see.
  private let isFlat: Bool

  /// - Parameters:
  ///   - model: The network.
  ///   - image: The image.
  ///   - slice: Index along z.
  ///   - window: Which intensities are seen; chosen by the image without it.
  /// - Throws: ``SegmentationError``, `ImagingError`.
  public init(
    _ model: any InteractiveModel, image: Volume, slice: Int = 0, window: DisplayWindow? = nil
  ) throws {
    let extent = image.geometry.size
    guard (0..<extent.z).contains(slice) else {
      throw SegmentationError.outside("slice \(slice)", "0 … \(extent.z - 1)")
    }
    let flat = try image.slice(slice)
    let broken = flat.nonFiniteCount
    guard broken == 0 else { throw SegmentationError.nonFinite(broken) }
    self.model = model
    self.slice = slice
    geometry = image.geometry
    (width, height) = (extent.x, extent.y)
    let seen = try flat.grey(window: window)
    values = seen
    isFlat = seen.allSatisfy { $0 == seen[0] }
  }

  public func segment(
    _ prompts: [ObjectPrompt], multimask: Bool = false
  ) throws -> [[Session.Candidate]] {
    for prompt in prompts { try check(prompt) }
    return try prompts.map { prompt in
      let earlier = try earlierAnswer(of: prompt)
      if isFlat { return [try candidate(Look.nothing(side, width: width, height: height))] }
      let found = try inference { try looks(for: prompt, earlier) }
      return try found.prefix(multimask ? 3 : 1).map(candidate)
    }
  }

  /// The scores of an answer on the grid of the slice, row by row.
  ///
  /// - Throws: ``SegmentationError/unusable(_:)`` for scores of another kind of network.
  func scoresOnSlice(_ coarse: CoarseScores) throws -> [Float] {
    guard let view = coarse.view else {
      throw SegmentationError.unusable("the scores are those of another network")
    }
    return Look(view, try coarse.tensor.floats(), width: width, height: height)
      .scoresOnSlice(width: width, height: height)
  }

  private var side: Int { model.viewSize }

  /// Answers, the best first.
  private func looks(for prompt: ObjectPrompt, _ earlier: EarlierAnswer?) throws -> [Look] {
    let inside = prompt.marks(inside: true)
    if let box = prompt.box {
      let region = Region(box: box).union(inside)
      let first = try look(at: [region.view(side, grownBy: 1.5, in: self)], prompt, earlier)
      return try [followed(first[0], prompt)]
    }
    if let earlier, let region = earlier.region(width: width, height: height)?.union(inside) {
      let first = try look(at: [region.view(side, grownBy: 1.6, in: self)], prompt, earlier)
      return try [corrected(followed(first[0], prompt), prompt, earlier)]
    }
    guard let place = inside.first else {
      return [Look.nothing(side, width: width, height: height)]
    }
    let region = Region(place).union(inside)
    let found = try look(at: ladder(around: region), prompt, nil)
      .sorted { $0.promise > $1.promise }
    return try [followed(found[0], prompt)] + found.dropFirst()
  }

  /// Views around a place, each half as wide as the one before, from the whole slice down to a few pixels.
  private func ladder(around region: Region) -> [ImageView] {
    let whole = Double(max(width, height))
    var views = [
      ImageView(
        side: side, centre: SIMD2(Double(width - 1), Double(height - 1)) / 2, extent: whole)
    ]
    var extent = whole / 2
    while extent >= 48, extent >= region.extent * 1.2, views.count < 5 {
      views.append(region.view(side, extent: extent, in: self))
      extent /= 2
    }
    return views
  }

  /// Looks again with the view moved to what was found: wider where the object is cut, closer where it is small.
  private func followed(_ first: Look, _ prompt: ObjectPrompt) throws -> Look {
    var best = first
    for _ in 0..<2 {
      guard let found = best.region(width: width, height: height) else { return best }
      let region = found.union(prompt.marks(inside: true))
      let isCut = best.touchesEdge && best.view.extent < Double(max(width, height))
      let isSmall = region.extent < 0.35 * best.view.extent && best.view.step > 0.3
      guard isCut || isSmall else { return best }
      let view = region.view(side, grownBy: isCut ? 2 : 1.6, in: self)
      guard let next = try look(at: [view], prompt, best.answer).first, next.expectedIoU > 0 else {
        return best
      }
      best = next
    }
    return best
  }

  /// The answer to a click on an earlier answer.
  private func corrected(
    _ look: Look, _ prompt: ObjectPrompt, _ earlier: EarlierAnswer
  ) throws -> Look {
    guard let before = earlier.scores(in: look.view), let click = prompt.points.last else {
      return look
    }
    let merged = Correction(side: side)
      .scores(look.scores, over: before, at: look.view.sample(at: SIMD2(click.x, click.y)))
    return Look(look.view, merged, width: width, height: height)
  }

  /// Answers for one prompt in several views, one batch.
  private func look(
    at views: [ImageView], _ prompt: ObjectPrompt, _ earlier: EarlierAnswer?
  ) throws -> [Look] {
    let channels = try concurrentMap(views.count) { index in
      let view = views[index]
      return prompt.seen(in: view, earlier: earlier, width: width, height: height)
        .channels(on: view.image(of: values, width: width, height: height), side: side)
    }
    let count = InteractiveChannel.allCases.count
    let scores = try model.scores(
      Tensor(channels.flatMap { $0 }, shape: [views.count, count, side, side]))
    try scores.requireNumbers()
    let found = try scores.floats()
    let area = side * side
    return views.indices.map { index in
      Look(
        views[index], Array(found[index * area..<(index + 1) * area]), width: width, height: height)
    }
  }

  private func candidate(_ look: Look) throws -> Session.Candidate {
    Session.Candidate(
      mask: look.scoresOnSlice(width: width, height: height).map { $0 > 0 ? 1 : 0 },
      predictedIoU: look.expectedIoU,
      coarse: CoarseScores(
        tensor: try Tensor(look.scores, shape: [1, 1, side, side]), view: look.view))
  }

  /// What a prompt says of an earlier answer.
  private func earlierAnswer(of prompt: ObjectPrompt) throws -> EarlierAnswer? {
    if let mask = prompt.mask {
      guard prompt.pixels == nil else {
        throw SegmentationError.unusable(
          "a prompt has one earlier mask, as pixels or as the scores of an answer, not both")
      }
      guard let view = mask.view, mask.tensor.count == view.side * view.side else {
        throw SegmentationError.unusable("the earlier scores are those of another network")
      }
      return .scores(try mask.tensor.floats(), view)
    }
    guard let pixels = prompt.pixels else { return nil }
    guard pixels.count == width * height else {
      throw SegmentationError.unusable(
        "a mask of \(pixels.count) pixels does not fill the image of \(width) × \(height)")
    }
    guard pixels.contains(where: { $0 > 0 }) else {
      throw SegmentationError.unusable("the mask is empty; it marks nothing to go on from")
    }
    return .pixels(pixels.map { $0 > 0 ? EarlierAnswer.inside : EarlierAnswer.outside })
  }
}
