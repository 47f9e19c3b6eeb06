// The planes of a convolution's input, which are made before they are read and dropped behind it.

import CKernels

/// One input of a convolution that goes through its planes in order.
final class MapSource {
  let map: FeatureMap
  private let consumes: Bool
  private let enlarging: MapConvolution?
  private let lower: FeatureMap?
  private let pool: PagePool
  /// Planes of the lower map that have been enlarged.
  private var enlarged = 0
  private var released = 0

  init(_ input: MapInput, pool: PagePool) throws {
    self.pool = pool
    switch input {
    case .kept(let map):
      (self.map, consumes, enlarging, lower) = (map, false, nil, nil)
    case .consumed(let map):
      (self.map, consumes, enlarging, lower) = (map, true, nil, nil)
    case .enlarged(let small, let convolution):
      let e = convolution.enlargement
      map = try FeatureMap(
        depth: small.depth * e[0], rows: small.rows * e[1], columns: small.columns * e[2],
        channels: convolution.outputs, unit: convolution.unit, storage: small.storage)
      (consumes, enlarging, lower) = (true, convolution, small)
    }
  }

  /// Sees to it that planes below `end` are there.
  func prepare(below end: Int) throws {
    guard let enlarging, let lower else { return }
    let factor = enlarging.enlargement[0]
    let last = min((end + factor - 1) / factor, lower.depth)
    guard last > enlarged else { return }
    for z in enlarged * factor..<last * factor { map.planes[z] = try pool.pages(map.planeBytes) }
    try enlarging.enlarge(lower, planes: enlarged..<last, into: map, pool: pool)
    for z in enlarged..<last { lower.planes[z] = nil }
    enlarged = last
  }

  /// Planes below `end` are not read again.
  func release(below end: Int) {
    guard consumes else { return }
    while released < min(end, map.depth) {
      map.planes[released] = nil
      released += 1
    }
  }
}
