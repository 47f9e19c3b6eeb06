// The fast distance transform against the definition, pixel by pixel.

import Testing

@testable import Prompts

@Suite struct DistanceMapTests {
  @Test(arguments: Shape.many, [true, false])
  func agreesWithTheDefinition(shape: Shape, edgeIsOutside: Bool) {
    let mask = shape.mask
    for spacing in [SIMD2<Double>(1, 1), SIMD2(0.7, 2.5)] {
      let found = DistanceMap.inside(
        mask.pixels, width: mask.width, height: mask.height, spacing: spacing,
        edgeIsOutside: edgeIsOutside)
      let expected = bruteForce(mask, spacing, edgeIsOutside)
      for (a, b) in zip(found, expected) { #expect(a == b || abs(a - b) <= 1e-5 * b) }
    }
  }

  @Test func edgeOfTheImageCounts() throws {
    let full = try Shape("all", 9, 5) { _, _ in true }.mask
    let depths = DistanceMap.inside(full.pixels, width: 9, height: 5)
    #expect(depths[0] == 1)
    #expect(depths[2 * 9 + 4] == 3)
  }

  private func bruteForce(
    _ mask: SliceMask, _ spacing: SIMD2<Double>, _ edgeIsOutside: Bool
  ) -> [Float] {
    var outside: [SIMD2<Double>] = []
    for y in -1...mask.height {
      for x in -1...mask.width {
        let isBeyond = !(0..<mask.width).contains(x) || !(0..<mask.height).contains(y)
        if isBeyond ? edgeIsOutside : mask.pixels[y * mask.width + x] == 0 {
          outside.append(SIMD2(Double(x), Double(y)))
        }
      }
    }
    return mask.pixels.enumerated().map { place, value in
      guard value == 1 else { return 0 }
      let pixel = SIMD2(Double(place % mask.width), Double(place / mask.width))
      var best = Double.infinity
      for other in outside {
        let step = (pixel - other) * spacing
        best = min(best, (step * step).sum())
      }
      return Float(best.squareRoot())
    }
  }
}
