// A box of pixels that a view is laid around.

internal import Prompts

/// A rectangle over a slice, in pixels with the centre of the first at (0, 0); its edges are centres of pixels.
struct Region: Equatable {
  var low: SIMD2<Double>
  var high: SIMD2<Double>

  init(_ place: SIMD2<Double>) { (low, high) = (place, place) }

  init(box: BoxPrompt) {
    low = SIMD2(box.left, box.top)
    high = SIMD2(box.right, box.bottom)
  }

  /// Around all places of a grid that are marked; `nil` without any.
  init?(where isMarked: [Bool], width: Int) {
    var (left, right, top, bottom) = (width, -1, Int.max, -1)
    for (place, isMarked) in isMarked.enumerated() where isMarked {
      let (x, y) = (place % width, place / width)
      (left, right) = (min(left, x), max(right, x))
      (top, bottom) = (min(top, y), max(bottom, y))
    }
    guard right >= 0 else { return nil }
    low = SIMD2(Double(left), Double(top))
    high = SIMD2(Double(right), Double(bottom))
  }

  /// This box of samples of an upright view, in pixels of the slice and no larger than it.
  func moved(from view: ImageView, width: Int, height: Int) -> Region {
    var result = self
    let last = SIMD2(Double(width - 1), Double(height - 1))
    result.low = view.place(ofSample: low).clamped(lowerBound: .zero, upperBound: last)
    result.high = view.place(ofSample: high).clamped(lowerBound: .zero, upperBound: last)
    return result
  }

  func union(_ places: [SIMD2<Double>]) -> Region {
    var result = self
    for place in places {
      result.low = pointwiseMin(result.low, place)
      result.high = pointwiseMax(result.high, place)
    }
    return result
  }

  /// The longer side, in pixels.
  var extent: Double { (high - low).max() + 1 }

  /// A view so many times as wide as the region.
  func view(_ side: Int, grownBy factor: Double, in session: InteractiveSession) -> ImageView {
    view(side, extent: max(extent * factor, 20), in: session)
  }

  /// A view of a given width around the region, moved inward where it would reach beyond the slice.
  func view(_ side: Int, extent: Double, in session: InteractiveSession) -> ImageView {
    let size = SIMD2(Double(session.width), Double(session.height))
    var centre = (low + high) / 2
    for axis in 0..<2 {
      let (first, last) = (extent / 2 - 0.5, size[axis] - extent / 2 - 0.5)
      centre[axis] =
        first <= last ? min(max(centre[axis], first), last) : (size[axis] - 1) / 2
    }
    return ImageView(side: side, centre: centre, extent: extent)
  }
}

extension ObjectPrompt {
  /// Places that were marked as the object, or as its surroundings.
  func marks(inside: Bool) -> [SIMD2<Double>] {
    points.filter { $0.isInside == inside }.map { SIMD2($0.x, $0.y) }
      + scribbles.filter { $0.isInside == inside }.flatMap(\.path)
  }

  /// This prompt in the samples of a view.
  func seen(
    in view: ImageView, earlier: EarlierAnswer?, width: Int, height: Int
  ) -> ViewPrompts {
    ViewPrompts(
      points: points.map {
        let sample = view.sample(at: SIMD2($0.x, $0.y))
        return PointPrompt(x: sample.x, y: sample.y, isInside: $0.isInside)
      },
      box: box.map {
        // The outer edges of its pixels, as samples.
        let low = view.sample(at: SIMD2($0.left - 0.5, $0.top - 0.5)) + 0.5
        let high = view.sample(at: SIMD2($0.right + 0.5, $0.bottom + 0.5)) - 0.5
        return BoxPrompt(left: low.x, top: low.y, right: high.x, bottom: high.y)
      },
      scribbles: scribbles.map { scribble in
        ScribblePrompt(
          path: scribble.path.map(view.sample(at:)), isInside: scribble.isInside)
      },
      earlier: earlier?.probabilities(in: view, width: width, height: height) ?? [])
  }
}
