// 2-D convolutions over maps in channels-last layout, as matrix products of gathered neighbourhoods.

import CKernels

/// A map of pixels whose channels are the rows: pixel (x, y) is row y · width + x.
public struct RowMap: Sendable {
  public let rows: Rows
  public let height: Int
  public let width: Int

  /// A map whose values are not yet set.
  public init(height: Int, width: Int, channels: Int) {
    self.init(Rows(count: height * width, width: channels), height: height, width: width)
  }

  /// Rows seen as a map of `height` × `width` pixels.
  public init(_ rows: Rows, height: Int, width: Int) {
    (self.rows, self.height, self.width) = (rows, height, width)
  }

  /// The map of a tensor (1, C, H, W).
  public init(_ tensor: Tensor) throws {
    let rows = try Rows(tensor.permuted(0, 2, 3, 1), width: tensor.size(1))
    self.init(rows, height: tensor.size(2), width: tensor.size(3))
  }

  /// (1, C, H, W).
  public func tensor() throws -> Tensor {
    try rows.tensor([1, height, width, rows.width]).permuted(0, 3, 1, 2).contiguous()
  }
}

/// A convolution with zero padding whose weights are packed for a matrix unit.
public struct PackedImageConvolution: Sendable {
  private let linear: PackedLinear
  private let kernel: Int
  private let stride: Int
  private let padding: Int
  private let channels: Int

  public var outputs: Int { linear.outputs }

  /// Packs a weight (out, in, k, k), each output times its `factor` where factors are given.
  public init(
    weight: Tensor, bias: [Float]?, factors: [Float]? = nil, stride: Int, padding: Int,
    unit: MatrixUnit
  ) throws {
    let outputs = weight.size(0)
    var values = try weight.permuted(0, 2, 3, 1).contiguous().floats()  // (out, k, k, in)
    if let factors {
      let size = values.count / outputs
      for index in values.indices { values[index] *= factors[index / size] }
    }
    linear = try PackedLinear(weight: values, outputs: outputs, bias: bias, unit: unit)
    kernel = weight.size(2)
    channels = weight.size(1)
    self.stride = stride
    self.padding = padding
  }

  /// The map that this convolution makes of `x`, its values not yet set.
  public func empty(for x: RowMap) -> RowMap {
    RowMap(
      height: (x.height + 2 * padding - kernel) / stride + 1,
      width: (x.width + 2 * padding - kernel) / stride + 1, channels: outputs)
  }

  /// Computes `rows` of `y`; with `adding` the result is added to what is there.
  public func callAsFunction(
    _ x: RowMap, _ rows: Range<Int>, into y: RowMap, adding: Bool = false, scratch: Scratch
  ) {
    if kernel == 1 && stride == 1 {
      return linear(x.rows, rows, into: y.rows, adding: adding, scratch: scratch)
    }
    let gathered = scratch.rows(.gathered, count: rows.count, width: linear.inputs)
    for (index, row) in rows.enumerated() {
      gather(x, around: (row % y.width, row / y.width), into: gathered.row(index))
    }
    linear(
      gathered, 0..<rows.count, into: y.rows, at: rows.lowerBound, adding: adding,
      scratch: scratch)
  }

  private func gather(
    _ x: RowMap, around centre: (x: Int, y: Int), into target: UnsafeMutablePointer<Float>
  ) {
    let (left, top) = (centre.x * stride - padding, centre.y * stride - padding)
    let inside = max(0, -left)..<max(max(0, -left), min(kernel, x.width - left))
    for line in 0..<kernel {
      let to = target + line * kernel * channels
      guard (0..<x.height).contains(top + line), !inside.isEmpty else {
        to.update(repeating: 0, count: kernel * channels)
        continue
      }
      to.update(repeating: 0, count: inside.lowerBound * channels)
      (to + inside.lowerBound * channels).update(
        from: x.rows.row((top + line) * x.width + left + inside.lowerBound),
        count: inside.count * channels)
      (to + inside.upperBound * channels).update(
        repeating: 0, count: (kernel - inside.upperBound) * channels)
    }
  }
}

/// A 3×3 convolution of each channel by itself, in float32.
public struct PackedDepthwiseConvolution: Sendable {
  private let weights: Constants<Float>  // (3, 3, C)
  private let bias: Constants<Float>
  private let stride: Int
  private let channels: Int

  /// Takes a weight (C, 1, 3, 3), each channel times its factor, and a bias for each.
  public init(weight: Tensor, bias: [Float], factors: [Float], stride: Int) throws {
    channels = weight.size(0)
    let values = try weight.reshaped(channels, 9).transposed(0, 1).contiguous().floats()
    weights = Constants(
      values.enumerated().map { $1 * factors[$0 % factors.count] }, zero: 0)
    self.bias = Constants(bias, zero: 0)
    self.stride = stride
  }

  public func empty(for x: RowMap) -> RowMap {
    RowMap(
      height: (x.height - 1) / stride + 1, width: (x.width - 1) / stride + 1, channels: channels)
  }

  /// Computes `rows` of `y`, then applies `activation` to them.
  public func callAsFunction(
    _ x: RowMap, _ rows: Range<Int>, into y: RowMap, then activation: RowTransform.Activation,
    unit: MatrixUnit
  ) {
    var job = vk_depthwise(
      input: x.rows.start, height: Int32(x.height), width: Int32(x.width),
      channels: Int32(channels), stride: Int32(stride), weights: weights.pointer,
      bias: bias.pointer, activation: activation.raw, output: y.rows.start,
      output_width: Int32(y.width))
    vk_depthwise_run(unit.raw, &job, Int64(rows.lowerBound), Int64(rows.upperBound))
  }
}
