// How far each pixel of an object lies from its border: people click where that is far.

import Metrics

extension SliceMask {
  /// The distance of each object pixel's centre to the centre of the nearest pixel outside, in pixels; 0
  /// outside. Pixels beyond the edge of the image count as outside.
  var depths: [Float] {
    // A mask cannot be made that does not fill its grid; without depths nothing would be clicked.
    let depths = try? transform?.depths(in: pixels, edgeIsOutside: true)
    return depths?.map { Float($0) } ?? [Float](repeating: 0, count: pixels.count)
  }

  /// The distance of each pixel's centre to the centre of the nearest object pixel, in pixels; 0 on the
  /// object and infinite where there is none.
  var distances: [Float] {
    let distances = try? transform?.distances(to: pixels)
    return distances?.map { Float($0) } ?? [Float](repeating: .infinity, count: pixels.count)
  }

  private var transform: DistanceTransform? {
    try? DistanceTransform(size: SIMD3(width, height, 1), spacing: .one)
  }
}
