// The person before the screen, simulated: sees the true mask of an object and clicks, frames or strokes it.
// Guide with the protocols of the field: Documentation/prompts.md

/// A user who prompts by rule, from the true mask.
///
/// The same seed, object and mask always give the same prompts, whatever else is asked in between and on
/// every machine. All masks are of one slice, row by row, and places are pixels of it with the centre of the
/// first pixel at (0, 0).
public struct SimulatedUser: Sendable, Hashable {
  /// Where the first click on an object goes.
  public enum FirstClick: String, Sendable, Hashable, Codable, CaseIterable {
    /// Farthest from the border of the largest piece; of several such pixels the first, row by row.
    case centre
    /// Anywhere on the object, all pixels alike.
    case random
  }

  /// Which error the next click corrects.
  public enum ErrorChoice: String, Sendable, Hashable, Codable, CaseIterable {
    /// The piece with the most pixels, missed or wrongly added.
    case largest
    /// The piece that is deepest, whatever its area, as RITM's clicker (Sofiiuk et al., ICIP 2022).
    case deepest
  }

  public let seed: UInt64
  public var firstClick: FirstClick
  public var errorChoice: ErrorChoice
  public var jitter: BoxJitter

  public init(
    seed: UInt64, firstClick: FirstClick = .centre, errorChoice: ErrorChoice = .largest,
    jitter: BoxJitter = .tenthOfSide
  ) {
    self.seed = seed
    self.firstClick = firstClick
    self.errorChoice = errorChoice
    self.jitter = jitter
  }

  /// What is given for an object at a level that needs no answers of a model.
  ///
  /// For ``PromptLevel/points(_:)`` that is the first click alone; the others come from
  /// ``clicks(_:on:of:predict:)``. Empty for the levels without prompts on the image.
  ///
  /// - Returns: nil when there is no object to prompt
  public func prompts(
    at level: PromptLevel, on truth: SliceMask, of object: ObjectKey
  ) -> PromptSet? {
    guard !truth.isEmpty else { return nil }
    switch level {
    case .none, .text, .support: return PromptSet()
    case .point, .points: return firstPoint(on: truth, of: object).map { PromptSet(points: [$0]) }
    case .box: return box(around: truth).map { PromptSet(box: $0) }
    case .jitteredBox: return jitteredBox(around: truth, of: object).map { PromptSet(box: $0) }
    case .scribble: return scribble(on: truth, of: object).map { PromptSet(scribbles: [$0]) }
    }
  }

  /// The tight box around everything of the mask; an extent of a single pixel is widened to that pixel's
  /// edges, half a pixel to each side. Nil when the mask is empty.
  public func box(around truth: SliceMask) -> BoxPrompt? {
    guard let extent = truth.extent else { return nil }
    let (x, y) = (interval(extent.columns), interval(extent.rows))
    return BoxPrompt(left: x.0, top: y.0, right: x.1, bottom: y.1)
  }

  /// The tight box with each edge displaced at random, clipped to the image and never empty. Nil when the
  /// mask is empty.
  public func jitteredBox(around truth: SliceMask, of object: ObjectKey) -> BoxPrompt? {
    guard let extent = truth.extent else { return nil }
    let tight = BoxPrompt(
      left: Double(extent.columns.lowerBound), top: Double(extent.rows.lowerBound),
      right: Double(extent.columns.upperBound), bottom: Double(extent.rows.upperBound))
    var random = random(object, "box")
    return jitter(tight, width: truth.width, height: truth.height, &random)
  }

  func random(_ object: ObjectKey, _ purpose: String) -> StableRandom {
    StableRandom(seed: seed, object: object, purpose: purpose)
  }

  private func interval(_ pixels: ClosedRange<Int>) -> (Double, Double) {
    let (low, high) = (Double(pixels.lowerBound), Double(pixels.upperBound))
    return low < high ? (low, high) : (low - 0.5, high + 0.5)
  }
}
