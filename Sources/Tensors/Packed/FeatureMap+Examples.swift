// Maps whose planes are examples of one task: what they share, their mean, pooling and doubling, and the way back
// through all of it.

import CKernels

extension FeatureMap {
  /// Leaky ReLU, done where the map is read.
  ///
  /// - Parameter slope: of negative values, above 0 and at most 1.
  public func activate(slope: Float) {
    transform = Transform(
      scale: Constants(Array(repeating: 1, count: channels), paddedTo: pixel, zero: 0),
      shift: Constants(Array(repeating: 0, count: channels), paddedTo: pixel, zero: 0),
      slope: slope)
  }

  /// The sum of all planes.
  ///
  /// - Parameters:
  ///   - factor: what the sum is multiplied with.
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  /// - Returns: a map of depth 1.
  /// - Throws: ``TensorError`` when memory is short.
  public func planesSum(
    times factor: Float, unit: MapUnit, pool: PagePool
  ) throws -> FeatureMap {
    let result = try plane(unit: unit, pool: pool)
    share(nil, 0, total: result, factor, unit: unit)
    return result
  }

  /// Adds to each plane a share of a map of depth 1, and sums the planes.
  ///
  /// - Parameters:
  ///   - other: of the same rows, columns and channels.
  ///   - share: what it is multiplied with.
  ///   - factor: what the sum is multiplied with.
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  /// - Returns: `factor` times the sum of the planes as they are now, a map of depth 1.
  /// - Throws: ``TensorError`` when maps do not fit or memory is short.
  public func addToPlanes(
    _ other: FeatureMap, share: Float, sumTimes factor: Float, unit: MapUnit, pool: PagePool
  ) throws -> FeatureMap {
    try requirePlane(other)
    let result = try plane(unit: unit, pool: pool)
    self.share(other, share, total: result, factor, unit: unit)
    return result
  }

  /// Adds to each plane a share of a map of depth 1.
  ///
  /// - Parameters:
  ///   - other: of the same rows, columns and channels.
  ///   - share: what it is multiplied with.
  ///   - unit: the vectors that compute.
  /// - Throws: ``TensorError`` when maps do not fit.
  public func addToPlanes(_ other: FeatureMap, share: Float, unit: MapUnit) throws {
    try requirePlane(other)
    self.share(other, share, total: nil, 0, unit: unit)
  }

  /// The largest of each 2 × 2 pixels.
  ///
  /// - Parameters:
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  /// - Returns: half as many rows and columns, with nothing left to be done to the values.
  /// - Throws: ``TensorError`` when memory is short or rows and columns are odd.
  public func maxPooled(unit: MapUnit, pool: PagePool) throws -> FeatureMap {
    guard rows % 2 == 0, columns % 2 == 0 else {
      throw TensorError.mismatch("a map of \([depth, rows, columns]) has no halves")
    }
    let result = try FeatureMap(
      depth: depth, rows: rows / 2, columns: columns / 2, channels: channels, unit: unit,
      storage: .float32, pool: pool)
    planewise(result) { job, z in
      vk_map_largest(job.map, job.rows, job.columns, z, job.out(z), job.outRow, unit.raw)
    }
    return result
  }

  /// Adds to `gradient`, that of this map as it is read, what flows in through ``maxPooled(unit:pool:)``.
  ///
  /// - Parameters:
  ///   - pooled: the gradient of the smaller map.
  ///   - gradient: of this map's size.
  ///   - unit: the vectors that compute.
  /// - Throws: ``TensorError`` when maps do not fit.
  public func addMaxPoolGradient(
    _ pooled: FeatureMap, to gradient: FeatureMap, unit: MapUnit
  ) throws {
    guard [depth, rows, columns] == [gradient.depth, gradient.rows, gradient.columns],
      [depth, rows / 2, columns / 2] == [pooled.depth, pooled.rows, pooled.columns],
      [gradient.pixel, pooled.pixel] == [pixel, pixel], gradient.row == row
    else { throw TensorError.mismatch("gradients do not fit a map of \([depth, rows, columns])") }
    let from = PlaneAddresses(pooled)
    let pooledRow = Int64(pooled.row)
    planewise(gradient) { job, z in
      vk_map_largest_gradient(
        job.map, job.rows, job.columns, z,
        from.start[Int(z)]?.assumingMemoryBound(to: Float.self), pooledRow, job.out(z), unit.raw)
    }
  }

  /// Twice as high and wide, linearly between pixels, the corners staying in place.
  ///
  /// - Parameters:
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  /// - Returns: the larger map, with nothing left to be done to the values.
  /// - Throws: ``TensorError`` when memory is short.
  public func doubled(unit: MapUnit, pool: PagePool) throws -> FeatureMap {
    let result = try FeatureMap(
      depth: depth, rows: 2 * rows, columns: 2 * columns, channels: channels, unit: unit,
      storage: .float32, pool: pool)
    planewise(result) { job, z in
      vk_map_doubled(job.map, job.rows, job.columns, z, job.out(z), job.outRow, unit.raw)
    }
    return result
  }

  /// The gradient of a map of which this is the gradient after ``doubled(unit:pool:)``.
  ///
  /// - Parameters:
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  /// - Returns: the smaller map.
  /// - Throws: ``TensorError`` when memory is short.
  public func doubledGradient(unit: MapUnit, pool: PagePool) throws -> FeatureMap {
    let result = try FeatureMap(
      depth: depth, rows: rows / 2, columns: columns / 2, channels: channels, unit: unit,
      storage: .float32, pool: pool)
    let (rows, columns) = (Int32(result.rows), Int32(result.columns))
    planewise(result) { job, z in
      vk_map_doubled_gradient(job.map, rows, columns, z, job.out(z), job.outRow, unit.raw)
    }
    return result
  }

  /// A map of depth 1 with this one's rows, columns and channels.
  private func plane(unit: MapUnit, pool: PagePool) throws -> FeatureMap {
    try FeatureMap(
      depth: 1, rows: rows, columns: columns, channels: channels, unit: unit, storage: .float32,
      pool: pool)
  }

  private func requirePlane(_ other: FeatureMap) throws {
    guard [other.depth, other.rows, other.columns, other.pixel] == [1, rows, columns, pixel],
      other.row == row, transform == nil, other.transform == nil
    else {
      throw TensorError.mismatch(
        "a map of \([other.depth, other.rows, other.columns]) cannot be added to each plane of "
          + "\([depth, rows, columns])")
    }
  }

  private func share(
    _ other: FeatureMap?, _ share: Float, total: FeatureMap?, _ factor: Float, unit: MapUnit
  ) {
    let addresses = PlaneAddresses(self)
    let job = PlaneJob(
      addresses: addresses, raw: raw(addresses.start), rows: Int32(rows), columns: Int32(columns),
      outputs: total.map(PlaneAddresses.init), outRow: Int64(row))
    let added = other.map(PlaneAddresses.init)
    let depth = Int32(depth)
    parallel(rows, grain: 8) { range in
      job.with { job in
        for y in range {
          vk_map_shared(
            job.map, depth, Int32(y), job.columns,
            added?.start[0]?.assumingMemoryBound(to: Float.self), share, job.out(0), factor,
            unit.raw)
        }
      }
    }
  }

  private func planewise(
    _ result: FeatureMap, _ body: @Sendable (borrowing PlaneJob.View, Int32) -> Void
  ) {
    let addresses = PlaneAddresses(self)
    let job = PlaneJob(
      addresses: addresses, raw: raw(addresses.start), rows: Int32(rows), columns: Int32(columns),
      outputs: PlaneAddresses(result), outRow: Int64(result.row))
    parallel(depth, grain: 1) { range in
      job.with { view in for z in range { body(view, Int32(z)) } }
    }
  }
}

/// What threads that divide the planes or rows of a map share.
private struct PlaneJob: @unchecked Sendable {
  // Safe because threads write disjoint planes or rows.
  let addresses: PlaneAddresses
  let raw: vk_map
  let rows: Int32
  let columns: Int32
  let outputs: PlaneAddresses?
  let outRow: Int64

  struct View {
    let map: UnsafePointer<vk_map>
    let rows: Int32
    let columns: Int32
    let outputs: PlaneAddresses?
    let outRow: Int64

    func out(_ plane: Int32) -> UnsafeMutablePointer<Float>? {
      outputs?.writable[Int(plane)]?.assumingMemoryBound(to: Float.self)
    }
  }

  func with(_ body: (View) -> Void) {
    withUnsafePointer(to: raw) {
      body(View(map: $0, rows: rows, columns: columns, outputs: outputs, outRow: outRow))
    }
    withExtendedLifetime(addresses) {}
  }
}
