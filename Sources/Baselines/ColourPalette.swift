// A slice in 8 bits and three channels, as programs for photographs take it.

import Prompts

/// The colours that occur in a slice, each once, and where: what is computed per colour need not be computed
/// per pixel, and a grey slice has 256 at most.
struct ColourPalette {
  let width: Int
  let height: Int
  /// Red, green and blue, whole numbers 0…255, in the order of their first pixels; grey three times the same.
  let colours: [SIMD3<Double>]
  /// The place in `colours` of each pixel, row by row.
  let indices: [Int32]

  /// Whole numbers 0…255 stay as they are; other values are scaled from the 0.5th to the 99.5th percentile
  /// of the slice to 0…255 and rounded.
  init(_ image: BaselineImage) {
    width = image.width
    height = image.height
    let source = image.colours ?? image.grey
    let isShown = source.allSatisfy { $0 >= 0 && $0 <= 255 && $0 == $0.rounded() }
    let values =
      isShown ? source : WalkerBlocks.scaled(source).map { ($0 * 255).rounded() }
    let isColour = image.colours != nil
    var colours: [SIMD3<Double>] = []
    var known: [UInt32: Int32] = [:]
    indices = (0..<width * height).map { pixel in
      let colour =
        isColour
        ? SIMD3(values[3 * pixel], values[3 * pixel + 1], values[3 * pixel + 2])
        : SIMD3(repeating: values[pixel])
      let code = UInt32(colour.x) << 16 | UInt32(colour.y) << 8 | UInt32(colour.z)
      if let index = known[code] { return index }
      let index = Int32(colours.count)
      known[code] = index
      colours.append(SIMD3<Double>(colour))
      return index
    }
    self.colours = colours
  }

  func colour(_ x: Int, _ y: Int) -> SIMD3<Double> { colours[Int(indices[y * width + x])] }

  /// What tells an edge from noise: 1 over twice the mean squared difference of neighbours, horizontal,
  /// vertical and diagonal; 0 for a slice of a single colour.
  var beta: Double {
    var sum = 0.0
    for y in 0..<height {
      for x in 0..<width {
        let own = colour(x, y)
        if x > 0 { sum += own.squaredDistance(to: colour(x - 1, y)) }
        if y > 0 { sum += own.squaredDistance(to: colour(x, y - 1)) }
        if x > 0, y > 0 { sum += own.squaredDistance(to: colour(x - 1, y - 1)) }
        if x + 1 < width, y > 0 { sum += own.squaredDistance(to: colour(x + 1, y - 1)) }
      }
    }
    let pairs = 4 * width * height - 3 * (width + height) + 2
    return sum > 0 ? Double(pairs) / (2 * sum) : 0
  }
}

extension SIMD3<Double> {
  func squaredDistance(to other: Self) -> Double {
    let difference = self - other
    return (difference * difference).sum()
  }
}
