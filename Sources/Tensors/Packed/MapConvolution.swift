// A convolution of feature maps whose weights are packed once, with everything around it in the same pass:
// normalisation and activation of its inputs, their concatenation, bias, and the moments of its result.

import CKernels

/// A map that a convolution reads.
public enum MapInput {
  /// A map that others read later.
  case kept(FeatureMap)
  /// A map that is read for the last time: each plane's memory is free once it has been read.
  case consumed(FeatureMap)
  /// What a transposed convolution makes of a map that is read for the last time; it exists only in the
  /// planes that are being read.
  case enlarged(FeatureMap, by: MapConvolution)
}

/// A convolution with stride in float32, by Winograd's minimal filtering where that is faster.
///
/// Results differ from libtorch's by rounding alone: relative L2 error below 10⁻⁵ per layer (about
/// 2 · 10⁻⁶ where filtering is used along three axes), and do not depend on the number of threads.
public struct MapConvolution: Sendable {
  public let unit: MapUnit
  public let outputs: Int
  let kernel: [Int]
  let stride: [Int]
  /// Pixels along each axis that one pixel becomes (transposed convolution).
  let enlargement: [Int]
  /// Channels of each input as the map holds them.
  let pixels: [Int]
  let weights: Constants<Float>
  let bias: Constants<Float>?
  /// Whether this is the gradient of a convolution with stride in its input.
  var subPixel = false
  /// Tests try every kernel on maps for which another one is faster.
  var forced: Method?

  /// Packs weights (out, in, kernel…) of a convolution that keeps the size at stride 1.
  ///
  /// - Parameters:
  ///   - weight: for two or three spatial axes of extents 1 or 3.
  ///   - bias: (out).
  ///   - stride: per spatial axis; 1 where nothing is said.
  ///   - inputs: channels of each map that is read, in order; their sum is `in`.
  ///   - image: whether the only input is the image itself.
  ///   - unit: the vectors to pack for.
  /// - Throws: ``TensorError`` for other kernels, or when channels do not fit.
  public init(
    weight: Tensor, bias: Tensor?, stride: [Int]? = nil, inputs: [Int], image: Bool = false,
    unit: MapUnit
  ) throws {
    let spatial = Self.threeAxes(Array(weight.shape.dropFirst(2)))
    guard (4...5).contains(weight.rank), spatial.allSatisfy({ $0 == 1 || $0 == 3 }),
      (1...2).contains(inputs.count), inputs.reduce(0, +) == weight.size(1),
      inputs.count == 1 || !image
    else {
      throw TensorError.mismatch(
        "weights \(weight.shape) are no convolution of maps with \(inputs) channels")
    }
    kernel = spatial
    self.stride = Self.threeAxes(stride ?? [])
    enlargement = [1, 1, 1]
    outputs = weight.size(0)
    self.unit = unit
    pixels = inputs.map { image ? FeatureMap.imagePixel($0, unit: unit) : unit.padded($0) }
    let source = Self.source(inputs, pixels)
    weights = try Self.packed(weight, source, taps: kernel.reduce(1, *), unit)
    self.bias = try Self.padded(bias, unit)
  }

  /// Packs weights (in, out, kernel…) of a transposed convolution whose stride is its kernel.
  ///
  /// - Parameters:
  ///   - weight: for two or three spatial axes.
  ///   - bias: (out).
  ///   - unit: the vectors to pack for.
  /// - Throws: ``TensorError`` for weights of another rank.
  public init(enlarging weight: Tensor, bias: Tensor?, unit: MapUnit) throws {
    guard (4...5).contains(weight.rank) else {
      throw TensorError.mismatch("weights \(weight.shape) are no transposed convolution of maps")
    }
    (kernel, stride) = ([1, 1, 1], [1, 1, 1])
    enlargement = Self.threeAxes(Array(weight.shape.dropFirst(2)))
    outputs = weight.size(1)
    self.unit = unit
    pixels = [unit.padded(weight.size(0))]
    let source = Self.source([weight.size(0)], pixels)
    let places = enlargement.reduce(1, *)
    let outputs = outputs
    let block = Int(vk_map_weights_count(Int32(source.count), 1, Int32(outputs), unit.raw))
    weights = try Constants(count: block * places, zero: 0) { packed in
      try weight.withFloats { from in
        guard let from = from.baseAddress else { return }
        for place in 0..<places {
          vk_map_weights_pack(
            from + place, Int64(places), Int64(outputs * places), nil, source,
            Int32(source.count), 1, Int32(outputs), unit.raw, packed + place * block)
        }
      }
    }
    self.bias = try Self.padded(bias, unit)
  }

  /// Weights (out, in, kernel…) as the kernels read them; `source` names the input of each padded channel.
  static func packed(
    _ weight: Tensor, _ source: [Int32], taps: Int, _ unit: MapUnit
  ) throws -> Constants<Float> {
    let (outputs, inputs) = (weight.size(0), weight.size(1))
    return try Constants(
      count: Int(
        vk_map_weights_count(Int32(source.count), Int32(taps), Int32(outputs), unit.raw)), zero: 0
    ) { packed in
      try weight.withFloats { from in
        vk_map_weights_pack(
          from.baseAddress, Int64(inputs * taps), Int64(taps), nil, source, Int32(source.count),
          Int32(taps), Int32(outputs), unit.raw, packed)
      }
    }
  }

  /// Depth, rows and columns; slices have one plane.
  static func threeAxes(_ axes: [Int]) -> [Int] {
    Array(repeating: 1, count: max(0, 3 - axes.count)) + axes
  }

  /// For each padded input the channel of the weights, or −1.
  static func source(_ inputs: [Int], _ pixels: [Int]) -> [Int32] {
    var first = 0
    return zip(inputs, pixels).flatMap { count, pixel in
      defer { first += count }
      return (0..<pixel).map { $0 < count ? Int32(first + $0) : -1 }
    }
  }

  private static func padded(_ bias: Tensor?, _ unit: MapUnit) throws -> Constants<Float>? {
    try bias.map {
      // Vectors read a bias to the end of the last block.
      Constants(try $0.floats(), paddedTo: ($0.count + 31) / 32 * 32, zero: 0)
    }
  }
}
