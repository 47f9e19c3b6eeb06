// What training does with maps beside convolving them: images in, gradients of scores, the way back through
// normalisation and leaky ReLU.

import CKernels

extension FeatureMap {
  /// The samples of an image (B, C, H, W) or (B, C, D, H, W), copied.
  ///
  /// - Parameters:
  ///   - image: float32.
  ///   - unit: the vectors that will read the maps.
  ///   - pool: gives the memory.
  /// - Returns: a map per sample, for a convolution that was packed for an image.
  /// - Throws: ``TensorError`` for tensors of another rank or without elements.
  public static func samples(
    of image: Tensor, unit: MapUnit, pool: PagePool
  ) throws -> [FeatureMap] {
    let shape = image.shape
    guard (4...5).contains(shape.count), image.count > 0 else {
      throw TensorError.mismatch("an image of shape \(shape) is neither slices nor volumes")
    }
    return try image.withFloats { floats in
      try (0..<shape[0]).map { sample in
        let map = try FeatureMap.image(
          floats, shape: shape, sample: sample, unit: unit, pool: pool)
        guard map.channels == 1 else { return map }
        // What was borrowed must outlive the tensor.
        map.planes = try map.planes.map { plane in
          let copy = try pool.pages(map.planeBytes)
          if let plane { copy.start.copyMemory(from: plane.start, byteCount: map.planeBytes) }
          return copy
        }
        return map
      }
    }
  }

  /// A map of zeros of this one's size.
  public func zeros(unit: MapUnit, pool: PagePool) throws -> FeatureMap {
    let map = try FeatureMap(
      depth: depth, rows: rows, columns: columns, channels: channels, unit: unit,
      storage: .float32, pool: pool)
    for plane in map.planes {
      plane?.start.initializeMemory(as: UInt8.self, repeating: 0, count: map.planeBytes)
    }
    return map
  }

  /// The sum of each channel over all pixels.
  public func totals(unit: MapUnit) -> [Double] {
    let pass = GradientPass(self, unit: unit)
    let reading = pass.planes
    let (map, columns) = (SharedMap(raw: raw(reading.start)), Int32(columns))
    let sums = pass.summed(pixel) { plane, rows, sums in
      withUnsafePointer(to: map.raw) {
        vk_map_totals(
          $0, Int32(plane), Int32(rows.lowerBound), Int32(rows.upperBound), columns, sums, unit.raw)
      }
    }
    withExtendedLifetime(reading) {}
    return Array(sums[..<channels])
  }
}

extension MapConvolution {
  /// Scores of maps that are read again later.
  ///
  /// - Parameters:
  ///   - maps: one per sample, all of one size.
  ///   - axes: spatial axes of the result, 2 or 3.
  ///   - pool: gives the memory.
  /// - Returns: (B, outputs, spatial…).
  /// - Throws: ``TensorError`` when maps do not fit or memory is short.
  public func scores(of maps: [FeatureMap], axes: Int, pool: PagePool) throws -> Tensor {
    guard let first = maps.first else { throw TensorError.mismatch("no maps to make scores of") }
    let spatial = [first.depth, first.rows, first.columns]
    return try Tensor.writing([maps.count, outputs] + spatial.suffix(axes)) { scores in
      for (sample, map) in maps.enumerated() {
        let run = try MapRun(self, [.kept(map)], pool: pool)
        let count = outputs * run.size.reduce(1, *)
        guard count * maps.count == scores.count, let start = scores.baseAddress else {
          throw TensorError.mismatch("maps of \(run.size) among maps of \(spatial)")
        }
        try run.compute(classes: start + sample * count)
      }
    }
  }
}

extension Tensor {
  /// For scores (B, C, spatial…) the sum over everything but C, in an order that never changes.
  public func totalsOfChannels() throws -> [Double] {
    let (batch, channels) = (size(0), size(1))
    let pixels = count / max(1, batch * channels)
    return try withFloats { values in
      guard let start = values.baseAddress else { return Array(repeating: 0, count: channels) }
      return (0..<channels).map { channel in
        (0..<batch).reduce(0) {
          $0 + vk_total(start + ($1 * channels + channel) * pixels, Int64(pixels))
        }
      }
    }
  }
}

/// The gradient of scores that a 1×1×1 convolution made of a map: it flows into the map on the way.
public struct ScoreGradient {
  let values: Tensor
  let sample: Int
  let weight: Tensor

  /// - Parameters:
  ///   - values: (B, classes, spatial…) in float32.
  ///   - sample: which of the batch belongs to the map.
  ///   - weight: (classes, in, 1…) of the convolution.
  public init(values: Tensor, sample: Int, weight: Tensor) {
    (self.values, self.sample, self.weight) = (values, sample, weight)
  }
}

/// Gradients of what a normalisation is told, and of the weights of scores that were made of its result.
public struct NormalisationGradient: Sendable {
  public var weight: [Double]
  public var bias: [Double]
  /// (classes, in), row by row; empty where there were no scores.
  public var scoreWeight: [Double]

  public static func += (a: inout Self, b: Self) {
    a.weight = zip(a.weight, b.weight).map(+)
    a.bias = zip(a.bias, b.bias).map(+)
    a.scoreWeight = zip(a.scoreWeight, b.scoreWeight).map(+)
  }
}

extension FeatureMap {
  /// Takes `gradient`, that of this map as it is read, back to that of its values: through leaky ReLU and
  /// instance normalisation (Ioffe and Szegedy, 2015, arXiv 1502.03167, section 3, over one sample's pixels).
  ///
  /// - Parameters:
  ///   - gradient: of the same size; it is overwritten.
  ///   - other: added to the gradient first.
  ///   - scores: what flows in through scores.
  ///   - weight: factor of each channel after normalisation.
  ///   - epsilon: added to the variance.
  ///   - unit: the vectors that compute.
  /// - Returns: gradients of the normalisation's factors and addends.
  /// - Throws: ``TensorError`` when maps differ in size, or this one has no moments.
  public func propagateThroughNormalisation(
    _ gradient: FeatureMap, adding other: FeatureMap? = nil, scores: ScoreGradient? = nil,
    weight: [Float], epsilon: Double, unit: MapUnit
  ) throws -> NormalisationGradient {
    try propagate(
      gradient, adding: other, scores: scores, slope: nil, weight: weight, epsilon: epsilon,
      unit: unit, centres: true)
  }

  /// The same with another slope, or without the normalisation (`centres` of false).
  func propagate(
    _ gradient: FeatureMap, adding other: FeatureMap?, scores: ScoreGradient?, slope: Float?,
    weight: [Float], epsilon: Double, unit: MapUnit, centres: Bool
  ) throws -> NormalisationGradient {
    let all = [gradient] + (other.map { [$0] } ?? [])
    guard let moments, weight.count == channels, storage == .float32,
      all.allSatisfy({
        ($0.depth, $0.rows, $0.columns, $0.pixel) == (depth, rows, columns, pixel)
          && $0.storage == .float32
      })
    else { throw TensorError.mismatch("gradients do not fit a map of \([depth, rows, columns])") }
    let pass = GradientPass(self, unit: unit)
    let readings = ([self] + all).map { PlaneAddresses($0) }
    let mean = Constants(moments.mean.map { Float($0) }, paddedTo: pixel, zero: 0)
    var raw = vk_normalised()
    raw.map = self.raw(readings[0].start)
    if let slope { raw.map.slope = slope }
    raw.mean = mean.pointer
    raw.gradients = UnsafePointer(readings[1].writable)
    raw.others = other.map { _ in UnsafePointer(readings[2].start) }
    (raw.rows, raw.columns) = (Int32(rows), Int32(columns))
    raw.vectors = unit.raw
    let sums = try withScores(scores, raw) { raw, classes in
      let job = NormalisedJob(raw: raw)
      return pass.summed((2 + classes) * pixel) { plane, rows, sums in
        job {
          vk_normalised_sums(
            $0, Int32(plane), Int32(rows.lowerBound), Int32(rows.upperBound), sums)
        }
      }
    }
    let classes = sums.count / pixel - 2
    let scoreWeight = (0..<classes).flatMap {
      sums[(2 + $0) * pixel..<(2 + $0) * pixel + channels]
    }
    guard centres else {
      withExtendedLifetime((readings, mean)) {}
      return NormalisationGradient(weight: [], bias: [], scoreWeight: scoreWeight)
    }
    let job = NormalisedJob(raw: raw)
    let count = Double(depth * rows * columns)
    let inverse = moments.variance.map { 1 / ($0 + epsilon).squareRoot() }
    let factor = zip(weight, inverse).map { Double($0) * $1 }
    let products = (0..<channels).map { sums[pixel + $0] * inverse[$0] }
    let tables = [
      factor, (0..<channels).map { sums[$0] / count },
      (0..<channels).map { factor[$0] * inverse[$0] * products[$0] / count },
    ].map { Constants($0.map { Float($0) }, paddedTo: pixel, zero: 0) }
    pass.run { plane, rows in
      job {
        vk_normalised_gradients(
          $0, Int32(plane), Int32(rows.lowerBound), Int32(rows.upperBound), tables[0].pointer,
          tables[1].pointer, tables[2].pointer)
      }
    }
    withExtendedLifetime((readings, mean, tables)) {}
    return NormalisationGradient(
      weight: products, bias: Array(sums[..<channels]), scoreWeight: scoreWeight)
  }

  private func withScores<Result>(
    _ scores: ScoreGradient?, _ raw: vk_normalised,
    _ body: (vk_normalised, _ classes: Int) -> Result
  ) throws -> Result {
    guard let scores else { return body(raw, 0) }
    let classes = scores.weight.size(0)
    let pixels = depth * rows * columns
    guard scores.values.size(1) == classes, scores.weight.count == classes * channels,
      scores.values.count == scores.values.size(0) * classes * pixels
    else {
      throw TensorError.mismatch(
        "gradients \(scores.values.shape) of scores do not fit a map of \([depth, rows, columns])")
    }
    let weight = try scores.weight.floats()
    let padded = Constants<Float>(count: classes * pixel, zero: 0) { to in
      for (index, value) in weight.enumerated() {
        to[index / channels * pixel + index % channels] = value
      }
    }
    return try scores.values.withFloats { values in
      var raw = raw
      raw.scores = values.baseAddress.map { $0 + scores.sample * classes * pixels }
      raw.class_stride = Int64(pixels)
      raw.class_weights = padded.pointer
      raw.classes = Int32(classes)
      return withExtendedLifetime(padded) { body(raw, classes) }
    }
  }
}

/// Divides a map into pieces of some rows, by its size alone.
private struct GradientPass {
  let planes: PlaneAddresses
  private let depth: Int
  private let rows: Int
  private let together: Int

  init(_ map: FeatureMap, unit: MapUnit) {
    planes = PlaneAddresses(map)
    (depth, rows) = (map.depth, map.rows)
    together = max(1, 8192 / map.columns)
  }

  private var perPlane: Int { (rows + together - 1) / together }

  func run(_ body: @Sendable (_ plane: Int, _ rows: Range<Int>) -> Void) {
    let (perPlane, together, rows) = (perPlane, together, rows)
    parallel(depth * perPlane, grain: 1) {
      for piece in $0 {
        let first = piece % perPlane * together
        body(piece / perPlane, first..<min(first + together, rows))
      }
    }
  }

  /// What the pieces add up to, in their order.
  func summed(
    _ count: Int,
    _ body: @Sendable (_ plane: Int, _ rows: Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let (perPlane, together) = (perPlane, together)
    var sums = [Double](repeating: 0, count: depth * perPlane * count)
    sums.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let shared = SharedSums(start: start)
      run { plane, rows in
        body(plane, rows, shared.start + (plane * perPlane + rows.lowerBound / together) * count)
      }
    }
    return (0..<count).map { index in
      stride(from: index, to: sums.count, by: count).reduce(0) { $0 + sums[$1] }
    }
  }
}

/// Addresses of a map's planes, in one place while this exists.
final class PlaneAddresses: @unchecked Sendable {
  // Safe because nothing is written after initialisation.
  let start: UnsafeMutablePointer<UnsafeRawPointer?>
  let writable: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  init(_ map: FeatureMap) {
    start = .allocate(capacity: map.depth)
    writable = .allocate(capacity: map.depth)
    for z in 0..<map.depth {
      start.advanced(by: z).initialize(to: map.address(z).map { UnsafeRawPointer($0) })
      writable.advanced(by: z).initialize(to: map.address(z))
    }
  }

  deinit {
    start.deallocate()
    writable.deallocate()
  }
}

private struct SharedMap: @unchecked Sendable {
  // Safe because threads only read the map.
  let raw: vk_map
}

private struct SharedSums: @unchecked Sendable {
  // Safe because threads write disjoint parts, and read only when all are written.
  let start: UnsafeMutablePointer<Double>
}

/// A pass's addresses, shared by the threads that divide its work.
private struct NormalisedJob: @unchecked Sendable {
  // Safe because threads write disjoint rows.
  let raw: vk_normalised

  func callAsFunction(_ body: (UnsafePointer<vk_normalised>) -> Void) {
    withUnsafePointer(to: raw, body)
  }
}
