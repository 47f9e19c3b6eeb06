// Runs a packed convolution over the planes of its inputs, a few at a time, so that what is read for the
// last time makes room for what is written.

import CKernels

extension MapConvolution {
  /// Convolves maps that lie one behind the other along the channels.
  ///
  /// - Parameters:
  ///   - inputs: as many maps as the weights were packed for, of one size.
  ///   - storage: how the result is kept.
  ///   - pool: gives the memory.
  /// - Returns: the map with its moments, for ``FeatureMap/normalise(weight:bias:epsilon:slope:)``.
  /// - Throws: ``TensorError`` when maps do not fit or memory is short.
  public func callAsFunction(
    _ inputs: [MapInput], storage: MapStorage, pool: PagePool
  ) throws -> FeatureMap {
    let run = try MapRun(self, inputs, pool: pool)
    let size = run.size
    let result = try FeatureMap(
      depth: size[0], rows: size[1], columns: size[2], channels: outputs, unit: unit,
      storage: storage)
    try run.compute(into: result)
    return result
  }

  /// Scores (B, outputs, spatial…) in float32 of an image (B, C, spatial…), sample by sample.
  ///
  /// - Parameters:
  ///   - image: two or three spatial axes.
  ///   - pool: gives the memory.
  ///   - features: makes of one sample's map the map that this convolution reads.
  /// - Returns: scores of the image's size.
  /// - Throws: ``TensorError`` when maps do not fit or memory is short, and what `features` throws.
  public func scores(
    of image: Tensor, pool: PagePool, features: (FeatureMap) throws -> FeatureMap
  ) throws -> Tensor {
    let shape = image.shape
    guard (4...5).contains(shape.count), image.count > 0 else {
      throw TensorError.mismatch("an image of shape \(shape) is neither slices nor volumes")
    }
    return try image.withFloats { floats in
      try Tensor.writing([shape[0], outputs] + shape[2...]) { scores in
        for sample in 0..<shape[0] {
          let map = try FeatureMap.image(
            floats, shape: shape, sample: sample, unit: unit, pool: pool)
          let run = try MapRun(self, [.consumed(features(map))], pool: pool)
          let count = outputs * run.size.reduce(1, *)
          guard count * shape[0] == scores.count, let start = scores.baseAddress else {
            throw TensorError.mismatch("maps of \(run.size) for an image of shape \(shape)")
          }
          try run.compute(classes: start + sample * count)
        }
      }
    }
  }

  /// Enlarges some planes of `map` into those of `result`.
  func enlarge(
    _ map: FeatureMap, planes: Range<Int>, into result: FeatureMap, pool: PagePool
  ) throws {
    let run = try MapRun(self, [.kept(map)], pool: pool)
    try run.with(outputs: result) { try run.direct($0, planes, together: 4) }
  }
}
