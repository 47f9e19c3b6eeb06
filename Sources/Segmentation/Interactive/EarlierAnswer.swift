// What is known of an object before a prompt: an earlier answer, or a mask that somebody has drawn.

internal import Foundation

/// An earlier answer as a network that looks in views sees it.
enum EarlierAnswer: Sendable {
  /// Scores of the samples of a view.
  case scores([Float], ImageView)
  /// A mask over the slice: probabilities of its pixels, row by row.
  case pixels([Float])

  /// The probabilities of pixels of a mask: sure, but not as sure as a network can be.
  static let (inside, outside): (Float, Float) = (0.95, 0.02)

  /// The probability at each sample of another view; 0 where nothing is known.
  func probabilities(in view: ImageView, width: Int, height: Int) -> [Float] {
    switch self {
    case .pixels(let values): return view.image(of: values, width: width, height: height)
    case .scores(let scores, let own):
      return own.seen(scores.map(logistic), from: view, beyond: 0)
    }
  }

  /// The score at each sample of another view; `nil` for a mask, which has none.
  func scores(in view: ImageView) -> [Float]? {
    guard case .scores(let scores, let own) = self else { return nil }
    return own.seen(scores, from: view, beyond: Look.unseen)
  }

  /// The box of the object; `nil` where nothing was found.
  func region(width: Int, height: Int) -> Region? {
    switch self {
    case .pixels(let values): Region(where: values.map { $0 > 0.5 }, width: width)
    case .scores(let scores, let view):
      Region(where: scores.map { $0 > 0 }, width: view.side)?
        .moved(from: view, width: width, height: height)
    }
  }
}

/// 1 / (1 + e⁻ˣ)
package func logistic(_ score: Float) -> Float { 1 / (1 + exp(-score)) }

extension ImageView {
  /// Values of this view's samples, interpolated at those of another; `beyond` outside of this one.
  fileprivate func seen(_ values: [Float], from other: ImageView, beyond: Float) -> [Float] {
    if other == self { return values }
    let first = sample(at: other.origin)
    let between = ImageView(
      side: other.side, origin: first, across: sample(at: other.origin + other.across) - first,
      down: sample(at: other.origin + other.down) - first)
    var seen = between.image(of: values, width: side, height: side)
    let inside = -0.5...Double(side) - 0.5
    for y in 0..<other.side {
      for x in 0..<other.side {
        let place = between.place(ofSample: SIMD2(Double(x), Double(y)))
        if !inside.contains(place.x) || !inside.contains(place.y) {
          seen[y * other.side + x] = beyond
        }
      }
    }
    return seen
  }
}
