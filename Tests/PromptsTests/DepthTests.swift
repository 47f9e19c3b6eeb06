// Depths and distances of pixels against the definition: clicks and strokes go by them.

import Testing

@testable import Prompts

@Suite struct DepthTests {
  @Test(arguments: Shape.many) func agreeWithTheDefinition(shape: Shape) {
    let mask = shape.mask
    let (object, outside) = (places(of: mask, value: 1), places(of: mask, value: 0))
    let distances = mask.distances
    for (pixel, depth) in mask.depths.enumerated() {
      let here = SIMD2(pixel % mask.width, pixel / mask.width)
      let isObject = mask.pixels[pixel] == 1
      let edge =
        1
        + min(
          here.x, here.y, mask.width - 1 - here.x, mask.height - 1 - here.y)
      let squared = min(nearest(outside, to: here) ?? .max, edge * edge)
      #expect(depth == (isObject ? Float(Double(squared).squareRoot()) : 0))
      let away = nearest(object, to: here).map { Float(Double($0).squareRoot()) } ?? .infinity
      #expect(distances[pixel] == away)
    }
  }

  private func places(of mask: SliceMask, value: UInt8) -> [SIMD2<Int>] {
    mask.pixels.indices.filter { mask.pixels[$0] == value }
      .map { SIMD2($0 % mask.width, $0 / mask.width) }
  }

  private func nearest(_ places: [SIMD2<Int>], to here: SIMD2<Int>) -> Int? {
    places.map { ($0 &- here) }.map { ($0 &* $0).wrappedSum() }.min()
  }
}
