// The pieces that a mask falls into, since a person corrects one piece at a time.

/// Pieces of a mask whose pixels touch over edges or corners (8-connected).
struct Components {
  /// Number of the piece of each pixel, from 0; −1 outside of the mask.
  let labels: [Int32]
  /// Pixels of each piece; pieces are numbered in the order of their first pixels, row by row.
  let areas: [Int]

  init(_ mask: SliceMask) {
    let (width, height) = (mask.width, mask.height)
    var labels = [Int32](repeating: -1, count: mask.pixels.count)
    var areas: [Int] = []
    var open: [Int] = []
    for start in mask.pixels.indices where mask.pixels[start] == 1 && labels[start] < 0 {
      let label = Int32(areas.count)
      labels[start] = label
      open.append(start)
      var area = 0
      while let pixel = open.popLast() {
        area += 1
        let (x, y) = (pixel % width, pixel / width)
        for row in max(y - 1, 0)...min(y + 1, height - 1) {
          for place in row * width + max(x - 1, 0)...row * width + min(x + 1, width - 1)
          where mask.pixels[place] == 1 && labels[place] < 0 {
            labels[place] = label
            open.append(place)
          }
        }
      }
      areas.append(area)
    }
    self.labels = labels
    self.areas = areas
  }

  /// Numbers of the pieces from the largest to the smallest; of equal ones the first comes first.
  var bySize: [Int] {
    areas.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }
  }

  /// One piece as a mask of its own.
  func mask(of piece: Int, like mask: SliceMask) -> SliceMask {
    SliceMask(
      width: mask.width, height: mask.height, pixels: labels.map { $0 == Int32(piece) ? 1 : 0 })
  }
}

extension SliceMask {
  /// The piece with the most pixels, touching over edges or corners; nil when the mask is empty.
  var largestPiece: SliceMask? {
    let components = Components(self)
    guard let largest = components.bySize.first else { return nil }
    return components.areas.count == 1 ? self : components.mask(of: largest, like: self)
  }
}
