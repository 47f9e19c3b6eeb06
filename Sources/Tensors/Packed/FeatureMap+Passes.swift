// Passes over whole maps: from and to tensors, sums of residual blocks, average pooling.

import CKernels

extension FeatureMap {
  /// One sample of an image tensor (B, C, H, W) or (B, C, D, H, W), whose `floats` outlive the map.
  static func image(
    _ floats: UnsafeBufferPointer<Float>, shape: [Int], sample: Int, unit: MapUnit,
    pool: PagePool
  ) throws -> FeatureMap {
    let channels = shape[1]
    let columns = shape[shape.count - 1]
    let rows = shape[shape.count - 2]
    let depth = shape.count == 5 ? shape[2] : 1
    guard let start = floats.baseAddress else {
      throw TensorError.mismatch("an image of shape \(shape) has no elements")
    }
    let image = start + sample * channels * depth * rows * columns
    let plane = rows * columns
    let pixel = imagePixel(channels, unit: unit)
    let planes: [Pages] = try (0..<depth).map { z in
      if channels == 1 { return Pages(borrowing: image + z * plane) }
      let pages = try pool.pages(plane * pixel * 4)
      vk_map_interleave(
        image + z * plane, Int64(depth * plane), Int32(channels), Int64(plane), Int32(pixel),
        pages.floats)
      return pages
    }
    return FeatureMap(
      depth: depth, rows: rows, columns: columns, channels: channels, pixel: pixel,
      row: columns * pixel, storage: .float32, planes: planes)
  }

  /// Few channels are not padded: the first convolution would mostly multiply zeros.
  static func imagePixel(_ channels: Int, unit: MapUnit) -> Int {
    channels <= 4 ? channels : unit.padded(channels)
  }

  /// The map as a tensor (1, channels, D, H, W), with what happens when it is read.
  func tensor(unit: MapUnit) throws -> Tensor {
    let plain = try averaged([1, 1, 1], unit: unit, pool: PagePool(), storage: .float32)
    let pixels = rows * columns
    return try Tensor.writing([1, channels, depth, rows, columns]) { to in
      for z in 0..<depth {
        guard let from = plain.planes[z]?.floats else { continue }
        for c in 0..<channels {
          for pixel in 0..<pixels {
            let at = pixel / columns * plain.row + pixel % columns * plain.pixel + c
            to[(c * depth + z) * pixels + pixel] = from[at]
          }
        }
      }
    }
  }

  /// self = leaky(self + other), each read with its own transform; the planes are overwritten.
  ///
  /// - Parameters:
  ///   - other: a map of the same size.
  ///   - slope: of negative sums.
  ///   - unit: the vectors that compute.
  /// - Throws: ``TensorError`` when the maps differ in size.
  public func add(_ other: FeatureMap, slope: Float, unit: MapUnit) throws {
    guard
      (depth, rows, columns, pixel) == (other.depth, other.rows, other.columns, other.pixel),
      planes.allSatisfy({ $0 != nil }), other.planes.allSatisfy({ $0 != nil }),
      storage == other.storage
    else { throw TensorError.mismatch("maps of different size or storage cannot be added") }
    let mine = planes.map { $0.map { UnsafeRawPointer($0.start) } }
    let others = other.planes.map { $0.map { UnsafeRawPointer($0.start) } }
    mine.withUnsafeBufferPointer { mine in
      others.withUnsafeBufferPointer { others in
        guard let a = mine.baseAddress, let b = others.baseAddress else { return }
        let pass = MapPass(
          a: raw(a), b: other.raw(b), rows: Int32(rows), columns: Int32(columns), slope: slope,
          outputs: planes.map { $0?.start }, half: storage == .float16, unit: unit.raw)
        parallel(depth, grain: 1) { for plane in $0 { pass.sum(plane) } }
      }
    }
    forgetTransform()
  }

  /// Means of boxes of `window` (depth, rows, columns) pixels, which must divide the map.
  ///
  /// - Parameters:
  ///   - window: extents of a box.
  ///   - unit: the vectors that compute.
  ///   - pool: gives the memory.
  ///   - kept: how the means are kept; like the map where nothing is said.
  /// - Returns: the smaller map, with nothing left to be done to its values.
  /// - Throws: ``TensorError`` when memory is short or the window does not divide the map.
  public func averaged(
    _ window: [Int], unit: MapUnit, pool: PagePool, storage kept: MapStorage? = nil
  ) throws -> FeatureMap {
    guard window.count == 3, depth % window[0] == 0, rows % window[1] == 0,
      columns % window[2] == 0
    else { throw TensorError.mismatch("a window of \(window) does not divide the map") }
    let result = try FeatureMap(
      depth: depth / window[0], rows: rows / window[1], columns: columns / window[2],
      channels: channels, unit: unit, storage: kept ?? storage, pool: pool)
    let mine = planes.map { $0.map { UnsafeRawPointer($0.start) } }
    mine.withUnsafeBufferPointer { mine in
      guard let a = mine.baseAddress else { return }
      let pass = MapPass(
        a: raw(a), b: raw(a), rows: Int32(rows), columns: Int32(columns), slope: 1,
        outputs: result.planes.map { $0?.start }, half: result.storage == .float16, unit: unit.raw)
      let row = Int64(result.row)
      let extents = window.map(Int32.init)
      parallel(result.depth, grain: 1) { for z in $0 { pass.average(z, extents, row: row) } }
    }
    return result
  }
}

/// What threads that divide the planes of a pass share.
struct MapPass: @unchecked Sendable {
  // Safe because threads read the maps and write disjoint planes.
  let a: vk_map
  let b: vk_map
  let rows: Int32
  let columns: Int32
  let slope: Float
  let outputs: [UnsafeMutableRawPointer?]
  let half: Bool
  let unit: vk_vectors

  func sum(_ plane: Int) {
    withUnsafePointer(to: a) { a in
      withUnsafePointer(to: b) { b in
        vk_map_sum(a, b, Int32(plane), rows, columns, slope, outputs[plane], half, unit)
      }
    }
  }

  func average(_ plane: Int, _ window: [Int32], row: Int64) {
    withUnsafePointer(to: a) {
      vk_map_average($0, rows, columns, window, Int32(plane), outputs[plane], row, half, unit)
    }
  }
}
