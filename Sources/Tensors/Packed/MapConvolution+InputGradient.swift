// The gradient of a convolution in its input, which is a convolution of the gradients with the same weights
// the other way round.

import CKernels

extension MapConvolution {
  /// Packs weights (out, in, kernel…) for the gradient in some of the inputs.
  ///
  /// - Parameters:
  ///   - weight: of the convolution, for two or three spatial axes of extents 1 or 3.
  ///   - stride: of the convolution; an axis with stride 2 has a kernel of 3, and its extent is even.
  ///   - inputs: the channels, among all of `in`, whose gradient is asked for.
  ///   - unit: the vectors to pack for.
  /// - Throws: ``TensorError`` for other kernels or strides.
  public init(
    inputGradientOf weight: Tensor, stride: [Int], inputs: Range<Int>, unit: MapUnit
  ) throws {
    let extents = Self.threeAxes(Array(weight.shape.dropFirst(2)))
    let stride = Self.threeAxes(stride)
    guard (4...5).contains(weight.rank), inputs.upperBound <= weight.size(1),
      zip(extents, stride).allSatisfy({ $0 == 3 && $1 <= 2 || $0 == 1 && $1 == 1 })
    else {
      throw TensorError.mismatch(
        "weights \(weight.shape) with stride \(stride) have no gradient kernel; "
          + "kernels are 3 with stride 1 or 2, or 1 with stride 1")
    }
    kernel = zip(extents, stride).map { $1 == 2 ? 2 : $0 }
    self.stride = [1, 1, 1]
    enlargement = stride
    outputs = inputs.count
    self.unit = unit
    pixels = [unit.padded(weight.size(0))]
    bias = nil
    let source = Self.source([weight.size(0)], pixels)
    let outputs = outputs
    let perTap = Int(vk_map_weights_count(Int32(source.count), 1, Int32(outputs), unit.raw))
    let taps = extents.reduce(1, *)
    let total = weight.size(1)
    // Every input pixel of a stride has taps of its own; together they are the taps of the kernel.
    let places = Self.places(extents, stride)
    weights = try Constants(count: perTap * taps, zero: 0) { packed in
      try weight.withFloats { from in
        guard let from = from.baseAddress else { return }
        var done = 0
        for at in places {
          vk_map_weights_pack(
            from + inputs.lowerBound * taps, Int64(taps), Int64(total * taps), at, source,
            Int32(source.count), Int32(at.count), Int32(outputs), unit.raw,
            packed + done * perTap)
          done += at.count
        }
      }
    }
    subPixel = stride != [1, 1, 1]
  }

  /// Packs weights (in, out, kernel…) of a transposed convolution whose stride is its kernel for the gradient
  /// in its input: a convolution with that kernel and stride.
  ///
  /// - Parameters:
  ///   - weight: for two or three spatial axes.
  ///   - unit: the vectors to pack for.
  /// - Throws: ``TensorError`` for weights of another rank.
  public init(inputGradientOfEnlarging weight: Tensor, unit: MapUnit) throws {
    let extents = Self.threeAxes(Array(weight.shape.dropFirst(2)))
    guard (4...5).contains(weight.rank), extents[0] * extents[1] <= 9 else {
      throw TensorError.mismatch("weights \(weight.shape) are no transposed convolution of maps")
    }
    (kernel, stride, enlargement) = (extents, extents, [1, 1, 1])
    outputs = weight.size(0)
    self.unit = unit
    pixels = [unit.padded(weight.size(1))]
    bias = nil
    let source = Self.source([weight.size(1)], pixels)
    weights = try Self.packed(weight, source, taps: extents.reduce(1, *), unit)
  }

  /// What the convolution that was packed for a gradient makes of a map of gradients.
  ///
  /// - Parameters:
  ///   - gradient: of the result of the convolution that is trained.
  ///   - pool: gives the memory.
  /// - Returns: the gradient of its input.
  /// - Throws: ``TensorError`` when maps do not fit or memory is short.
  public func inputGradient(_ gradient: FeatureMap, pool: PagePool) throws -> FeatureMap {
    guard subPixel else { return try self([.kept(gradient)], storage: .float32, pool: pool) }
    return try enlarged(gradient, pool: pool)
  }

  /// The whole enlarged map of a transposed convolution, which training reads again.
  ///
  /// - Parameters:
  ///   - map: what is enlarged.
  ///   - pool: gives the memory.
  /// - Returns: a map with as many pixels for each as the enlargement says.
  /// - Throws: ``TensorError`` when maps do not fit or memory is short.
  public func enlarged(_ map: FeatureMap, pool: PagePool) throws -> FeatureMap {
    let run = try MapRun(self, [.kept(map)], pool: pool)
    let result = try FeatureMap(
      depth: map.depth * enlargement[0], rows: map.rows * enlargement[1],
      columns: map.columns * enlargement[2], channels: outputs, unit: unit, storage: .float32,
      pool: pool)
    try run.compute(enlarged: result)
    return result
  }

  /// For each input pixel of a stride the taps that it reaches, in the order of the pixels they lead to.
  private static func places(_ extents: [Int], _ stride: [Int]) -> [[Int32]] {
    func taps(_ axis: Int, _ place: Int) -> [Int] {
      if stride[axis] == 1 { return Array((0..<extents[axis]).reversed()) }
      return place == 0 ? [1] : [2, 0]
    }
    var places: [[Int32]] = []
    for z in 0..<stride[0] {
      for y in 0..<stride[1] {
        for x in 0..<stride[2] {
          places.append(
            taps(0, z).flatMap { kz in
              taps(1, y).flatMap { ky in
                taps(2, x).map { Int32((kz * extents[1] + ky) * extents[2] + $0) }
              }
            })
        }
      }
    }
    return places
  }
}
