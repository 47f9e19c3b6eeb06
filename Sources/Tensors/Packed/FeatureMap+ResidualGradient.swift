// What training a residual block takes: the sum of two maps, and the way back through it, its leaky ReLU and the
// average pooling of the shortcut.

import CKernels

extension FeatureMap {
  /// leaky(self + other), each read with its own transform, in a map of its own.
  ///
  /// - Parameters:
  ///   - other: a map of the same size.
  ///   - slope: of negative sums.
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  /// - Returns: the sum, with nothing left to be done to its values.
  /// - Throws: ``TensorError`` when the maps differ in size or memory is short.
  public func sum(
    with other: FeatureMap, slope: Float, unit: MapUnit, pool: PagePool
  ) throws -> FeatureMap {
    let result = try averaged([1, 1, 1], unit: unit, pool: pool)
    try result.add(other, slope: slope, unit: unit)
    return result
  }

  /// The same values in memory of their own.
  public func copy(unit: MapUnit, pool: PagePool) throws -> FeatureMap {
    try averaged([1, 1, 1], unit: unit, pool: pool)
  }

  /// Takes `gradient`, that of this map, back through the leaky ReLU that made it.
  ///
  /// - Parameters:
  ///   - gradient: of the same size; it is overwritten.
  ///   - other: added to the gradient first.
  ///   - scores: what flows in through scores.
  ///   - slope: of negative values, above 0: the result has the sign of what it was made of.
  ///   - unit: the vectors that compute.
  /// - Returns: the gradient of the weights of the scores; empty where there were none.
  /// - Throws: ``TensorError`` when maps differ in size.
  @discardableResult
  public func propagateThroughLeakyReLU(
    _ gradient: FeatureMap, adding other: FeatureMap? = nil, scores: ScoreGradient? = nil,
    slope: Float, unit: MapUnit
  ) throws -> [Double] {
    let zeros = Array(repeating: 0.0, count: channels)
    moments = (zeros, zeros)
    let ones = Array(repeating: Float(1), count: channels)
    return try propagate(
      gradient, adding: other, scores: scores, slope: slope, weight: ones, epsilon: 1, unit: unit,
      centres: false
    ).scoreWeight
  }

  /// The gradient of a map of which this is the gradient after ``averaged(_:unit:pool:storage:)``.
  ///
  /// - Parameters:
  ///   - window: extents of a box.
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  /// - Returns: the larger map.
  /// - Throws: ``TensorError`` when memory is short.
  public func averageGradient(
    _ window: [Int], unit: MapUnit, pool: PagePool
  ) throws -> FeatureMap {
    let result = try FeatureMap(
      depth: depth * window[0], rows: rows * window[1], columns: columns * window[2],
      channels: channels, unit: unit, storage: .float32, pool: pool)
    let mine = planes.map { $0.map { UnsafeRawPointer($0.start) } }
    mine.withUnsafeBufferPointer { mine in
      guard let a = mine.baseAddress else { return }
      let pass = MapPass(
        a: raw(a), b: raw(a), rows: Int32(result.rows), columns: Int32(result.columns), slope: 1,
        outputs: result.planes.map { $0?.start }, half: false, unit: unit.raw)
      let row = Int64(result.row)
      let extents = window.map(Int32.init)
      parallel(result.depth, grain: 1) {
        for z in $0 { pass.averageGradient(z, extents, row: row) }
      }
    }
    return result
  }
}

extension MapPass {
  func averageGradient(_ plane: Int, _ window: [Int32], row: Int64) {
    withUnsafePointer(to: a) {
      vk_map_average_gradient(
        $0, rows, columns, window, Int32(plane),
        outputs[plane]?.assumingMemoryBound(to: Float.self), row, unit)
    }
  }
}
