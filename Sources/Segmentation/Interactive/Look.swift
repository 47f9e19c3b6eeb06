// What a network saw in one view, on the grid of the slice, and how far it can be believed.

internal import Foundation

/// An answer in one view.
struct Look: Sendable {
  let view: ImageView
  /// Unnormalised scores on the grid of the slice; far below 0 outside the view.
  let scores: [Float]
  /// The overlap (intersection over union) with the object that the probabilities promise.
  let expectedIoU: Double
  /// The share of the view's border, as far as it lies in the slice, that the object crosses.
  let cutShare: Double
  /// The box of what was found.
  let region: Region?

  /// The score of pixels that no view has shown.
  static let unseen: Float = -20

  var touchesEdge: Bool { cutShare > 0.02 }

  /// How convincing the answer is: what it promises, less where the object goes on beyond the view.
  var promise: Double { expectedIoU * (1 - min(1, 3 * cutShare)) }

  var probabilities: [Float] { scores.map { 1 / (1 + exp(-$0)) } }

  private init(
    view: ImageView, scores: [Float], expectedIoU: Double = 0, cutShare: Double = 0,
    region: Region? = nil
  ) {
    self.view = view
    self.scores = scores
    self.expectedIoU = expectedIoU
    self.cutShare = cutShare
    self.region = region
  }

  /// Nothing found anywhere.
  static func nothing(width: Int, height: Int) -> Look {
    Look(
      view: ImageView(side: 1, centre: .zero, extent: Double(max(width, height))),
      scores: [Float](repeating: unseen, count: width * height))
  }

  /// This look with other scores on the grid of the slice.
  func replacing(scores: [Float]) -> Look {
    Look(
      view: view, scores: scores, expectedIoU: expectedIoU, cutShare: cutShare, region: region)
  }

  /// - Parameters:
  ///   - view: An upright view.
  ///   - found: Scores of its samples.
  ///   - width: Of the slice, in pixels.
  ///   - height: Of the slice, in pixels.
  init(_ view: ImageView, _ found: [Float], width: Int, height: Int) {
    self.view = view
    let side = view.side
    var (shared, claimed, area) = (0.0, 0.0, 0.0)
    for score in found {
      let probability = 1 / (1 + exp(-Double(score)))
      claimed += probability
      if score > 0 {
        area += 1
        shared += probability
      }
    }
    expectedIoU = area > 0 ? shared / (area + claimed - shared) : 0
    var (border, cut) = (0, 0)
    for index in 0..<side {
      for (x, y) in [(index, 0), (index, side - 1), (0, index), (side - 1, index)] {
        let place = view.place(ofSample: SIMD2(Double(x), Double(y)))
        // Where the slice ends too, an object is not cut by the view.
        let margin = view.step * 1.5
        guard place.x > margin || x != 0, place.y > margin || y != 0,
          place.x < Double(width - 1) - margin || x != side - 1,
          place.y < Double(height - 1) - margin || y != side - 1
        else { continue }
        border += 1
        if found[y * side + x] > 0 { cut += 1 }
      }
    }
    cutShare = border > 0 ? Double(cut) / Double(border) : 0
    scores = Self.restored(found, view, width, height)
    region = Region(of: scores.map { $0 > 0 ? 1 : 0 }, width: width)
  }

  /// Scores interpolated linearly between samples.
  private static func restored(
    _ found: [Float], _ view: ImageView, _ width: Int, _ height: Int
  ) -> [Float] {
    var scores = [Float](repeating: unseen, count: width * height)
    let side = view.side
    let last = Double(side) - 0.5
    for y in 0..<height {
      let row = view.sample(at: SIMD2(0, Double(y))).y
      guard row >= -0.5, row < last else { continue }
      let (upper, down) = split(row, side)
      for x in 0..<width {
        let column = view.sample(at: SIMD2(Double(x), 0)).x
        guard column >= -0.5, column < last else { continue }
        let (left, right) = split(column, side)
        let above =
          found[upper.index * side + left.index] * (1 - left.share)
          + found[upper.index * side + right] * left.share
        let below =
          found[down * side + left.index] * (1 - left.share)
          + found[down * side + right] * left.share
        scores[y * width + x] = above * (1 - upper.share) + below * upper.share
      }
    }
    return scores
  }

  private static func split(
    _ place: Double, _ side: Int
  ) -> (lower: (index: Int, share: Float), upper: Int) {
    let inside = min(max(place, 0), Double(side - 1))
    let index = min(Int(inside), side - 1)
    return ((index, Float(inside - Double(index))), min(index + 1, side - 1))
  }
}

extension ImageView {
  /// Width of the view in pixels of the slice.
  var extent: Double { step * Double(side) }
}
