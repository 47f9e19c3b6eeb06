// What a network saw in one view, and how far it can be believed.

/// An answer in one view.
struct Look: Sendable {
  /// An upright view.
  let view: ImageView
  /// Unnormalised scores of its samples.
  let scores: [Float]
  /// The overlap (intersection over union) with the object that the probabilities promise.
  let expectedIoU: Double
  /// The share of the view's border, as far as it lies in the slice, that the object crosses.
  let cutShare: Double

  /// The score of pixels that no view has shown.
  static let unseen: Float = -20

  var touchesEdge: Bool { cutShare > 0.02 }

  /// How convincing the answer is: what it promises, less where the object goes on beyond the view.
  var promise: Double { expectedIoU * (1 - min(1, 3 * cutShare)) }

  /// To go on from.
  var answer: EarlierAnswer { .scores(scores, view) }

  /// Nothing found anywhere in a slice.
  static func nothing(_ side: Int, width: Int, height: Int) -> Look {
    let centre = SIMD2(Double(width - 1), Double(height - 1)) / 2
    let view = ImageView(side: side, centre: centre, extent: Double(max(width, height)))
    return Look(
      view, [Float](repeating: unseen, count: side * side), width: width, height: height)
  }

  /// - Parameters:
  ///   - view: An upright view.
  ///   - scores: Of its samples.
  ///   - width: Of the slice, in pixels.
  ///   - height: Of the slice, in pixels.
  init(_ view: ImageView, _ scores: [Float], width: Int, height: Int) {
    self.view = view
    self.scores = scores
    var (shared, claimed, area) = (0.0, 0.0, 0.0)
    for score in scores {
      let probability = Double(logistic(score))
      claimed += probability
      if score > 0 {
        area += 1
        shared += probability
      }
    }
    expectedIoU = area > 0 ? shared / (area + claimed - shared) : 0
    let side = view.side
    let margin = view.step * 1.5
    let low = view.place(ofSample: .zero)
    let high = view.place(ofSample: SIMD2(repeating: Double(side - 1)))
    // Where the slice ends too, an object is not cut by the view.
    var edges: [[Int]] = []
    if low.y > margin { edges.append((0..<side).map { $0 }) }
    if high.y < Double(height - 1) - margin {
      edges.append((0..<side).map { (side - 1) * side + $0 })
    }
    if low.x > margin { edges.append((0..<side).map { $0 * side }) }
    if high.x < Double(width - 1) - margin { edges.append((0..<side).map { $0 * side + side - 1 }) }
    let border = edges.flatMap { $0 }
    cutShare =
      border.isEmpty
      ? 0 : Double(border.filter { scores[$0] > 0 }.count) / Double(border.count)
  }

  /// The box of what was found.
  func region(width: Int, height: Int) -> Region? {
    answer.region(width: width, height: height)
  }

  /// Scores on the grid of the slice, interpolated linearly between samples.
  func scoresOnSlice(width: Int, height: Int) -> [Float] {
    var restored = [Float](repeating: Self.unseen, count: width * height)
    let side = view.side
    let columns = (0..<width).map { Neighbours(view.sample(at: SIMD2(Double($0), 0)).x, side) }
    for y in 0..<height {
      guard let row = Neighbours(view.sample(at: SIMD2(0, Double(y))).y, side) else { continue }
      let (upper, lower) = (row.first * side, row.second * side)
      for x in 0..<width {
        guard let column = columns[x] else { continue }
        let (a, b) = (scores[upper + column.first], scores[upper + column.second])
        let (c, d) = (scores[lower + column.first], scores[lower + column.second])
        let above = a + (b - a) * column.share
        let below = c + (d - c) * column.share
        restored[y * width + x] = above + (below - above) * row.share
      }
    }
    return restored
  }
}

/// The samples between which a place lies along one axis; `nil` outside of the view.
private struct Neighbours {
  let first: Int
  let second: Int
  /// How far the place is from the first to the second.
  let share: Float

  init?(_ place: Double, _ side: Int) {
    guard place >= -0.5, place < Double(side) - 0.5 else { return nil }
    let inside = min(max(place, 0), Double(side - 1))
    first = min(Int(inside), side - 1)
    second = min(first + 1, side - 1)
    share = Float(inside - Double(first))
  }
}

extension ImageView {
  /// Width of the view in pixels of the slice.
  var extent: Double { step * Double(side) }
}
