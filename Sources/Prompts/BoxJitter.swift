// How much the edges of a drawn box miss the object.

/// A random displacement of each edge of a box on its own, uniform up to an amount.
public struct BoxJitter: Sendable, Hashable, Codable {
  /// The farthest that an edge may be displaced.
  public enum Amount: Sendable, Hashable, Codable {
    case pixels(Double)
    /// A share of the box's own width (left and right edge) or height (top and bottom edge).
    case ofSide(Double)
    /// A share of the longer side of the image.
    case ofImage(Double)
  }

  public enum Direction: String, Sendable, Hashable, Codable {
    /// Edges only move away from the object.
    case outward
    /// Edges move away from the object or into it.
    case either
  }

  public var amount: Amount
  public var direction: Direction

  public init(_ amount: Amount, _ direction: Direction = .either) {
    self.amount = amount
    self.direction = direction
  }

  /// Up to a tenth of the box's own sides, outward or inward. SAM was trained with normal noise whose
  /// standard deviation was a tenth of the side, up to 20 pixels.
  public static let tenthOfSide = BoxJitter(.ofSide(0.1))

  /// Outward by up to 20 pixels of an image whose longer side is 1024, as MedSAM was trained.
  public static let medSAM = BoxJitter(.ofImage(20.0 / 1024), .outward)

  /// The displaced box: clipped to the outer border of the image (−0.5 … width − 0.5) and never narrower
  /// than one pixel.
  func callAsFunction(
    _ box: BoxPrompt, width: Int, height: Int, _ random: inout StableRandom
  ) -> BoxPrompt {
    let longest = Double(max(width, height))
    let across = reach(side: box.right - box.left + 1, longest)
    let down = reach(side: box.bottom - box.top + 1, longest)
    let left = box.left - displacement(across, &random)
    let top = box.top - displacement(down, &random)
    let right = box.right + displacement(across, &random)
    let bottom = box.bottom + displacement(down, &random)
    let (x, y) = (clipped(left, right, to: width), clipped(top, bottom, to: height))
    return BoxPrompt(left: x.0, top: y.0, right: x.1, bottom: y.1)
  }

  private func reach(side: Double, _ longest: Double) -> Double {
    let reach =
      switch amount {
      case .pixels(let pixels): pixels
      case .ofSide(let share): share * side
      case .ofImage(let share): share * longest
      }
    return reach.isFinite ? max(reach, 0) : 0
  }

  private func displacement(_ reach: Double, _ random: inout StableRandom) -> Double {
    let unit = random.unit()
    return direction == .outward ? reach * unit : reach * (2 * unit - 1)
  }

  private func clipped(_ low: Double, _ high: Double, to count: Int) -> (Double, Double) {
    let bounds = -0.5...Double(count) - 0.5
    var low = min(max(low, bounds.lowerBound), bounds.upperBound)
    var high = min(max(high, bounds.lowerBound), bounds.upperBound)
    if high - low < 1 {
      // The nearest interval of one pixel that still lies in the image.
      let middle = (low + high) / 2
      low = min(max(middle - 0.5, bounds.lowerBound), bounds.upperBound - 1)
      high = low + 1
    }
    return (low, high)
  }
}
