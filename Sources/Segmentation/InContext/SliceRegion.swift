// The part of a slice around an object, to be looked at more closely.

import Imaging

/// A rectangle of pixels.
struct SliceRegion: Hashable {
  let x: Range<Int>
  let y: Range<Int>

  /// Ground on each side of an object, in longer sides of its box: what the network needs to see of the
  /// surroundings, and what a first look may have missed.
  static let margin = 0.5

  /// The square around all pixels where `isInside`, with the margin, as far as it lies in the slice; a
  /// square that reaches over an edge is moved inward. `nil` when there are no such pixels.
  init?(around isInside: [Bool], width: Int, height: Int) {
    var (left, right, top, bottom) = (width, -1, height, -1)
    for y in 0..<height {
      for x in 0..<width where isInside[y * width + x] {
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
      }
    }
    guard right >= left else { return nil }
    let longer = Double(max(right - left, bottom - top) + 1)
    let side = Int((longer * (1 + 2 * Self.margin)).rounded(.up))
    x = Self.span(side, around: left + right, in: width)
    y = Self.span(side, around: top + bottom, in: height)
  }

  private static func span(_ side: Int, around twiceTheCentre: Int, in extent: Int) -> Range<Int> {
    let side = min(side, extent)
    let start = min(max((twiceTheCentre + 1 - side) / 2, 0), extent - side)
    return start..<start + side
  }

  /// Whether a network of `side` pixels sees more in this part than in the slice of `width` × `height`
  /// that it has seen whole: the slice was reduced, and the part is clearly smaller.
  func showsMore(thanSliceOf width: Int, _ height: Int, side: (height: Int, width: Int)) -> Bool {
    (width > side.width || height > side.height) && 4 * x.count <= 3 * width
      && 4 * y.count <= 3 * height
  }

  /// The pixels of this part of a slice, row by row.
  func cut<Value>(from values: [Value], width: Int) -> [Value] {
    y.flatMap { values[$0 * width + x.lowerBound..<$0 * width + x.upperBound] }
  }
}
