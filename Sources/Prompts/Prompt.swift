// What a person gives for one object: points, a box, strokes.

/// A click, in pixels of the slice as it is stored, the centre of the first pixel at (0, 0).
public struct PointPrompt: Sendable, Hashable, Codable {
  public let x: Double
  public let y: Double
  /// Whether the point lies on the object or beside it.
  public let isInside: Bool

  public init(x: Double, y: Double, isInside: Bool = true) {
    self.x = x
    self.y = y
    self.isInside = isInside
  }
}

/// A box around an object, in pixels of the slice, the centre of the first pixel at (0, 0).
///
/// The edges are the centres of the outermost pixels of the object: a tight box around columns 3 to 7 has
/// `left` 3 and `right` 7, as the boxes that Segment Anything makes of masks and that MedSAM was trained
/// with. Tools that count `right` as the first column behind the object say 8.
public struct BoxPrompt: Sendable, Hashable, Codable {
  public let left: Double
  public let top: Double
  public let right: Double
  public let bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// Whether a place lies in the box or on its edge.
  public func contains(x: Double, y: Double) -> Bool {
    left <= x && x <= right && top <= y && y <= bottom
  }
}

/// A stroke on an object or beside it: a polyline in pixels of the slice, the centre of the first pixel at
/// (0, 0). One corner is a dot.
public struct ScribblePrompt: Sendable, Hashable {
  public let path: [SIMD2<Double>]
  /// Whether the stroke lies on the object or beside it.
  public let isInside: Bool

  public init(path: [SIMD2<Double>], isInside: Bool = true) {
    self.path = path
    self.isInside = isInside
  }
}

/// Everything that was given for one object.
public struct PromptSet: Sendable, Hashable {
  public var points: [PointPrompt]
  public var box: BoxPrompt?
  public var scribbles: [ScribblePrompt]

  public init(
    points: [PointPrompt] = [], box: BoxPrompt? = nil, scribbles: [ScribblePrompt] = []
  ) {
    self.points = points
    self.box = box
    self.scribbles = scribbles
  }

  public var isEmpty: Bool { points.isEmpty && box == nil && scribbles.isEmpty }
}
