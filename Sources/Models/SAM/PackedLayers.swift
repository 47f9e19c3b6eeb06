// Layers of the readable networks as packed ones, and the parts that packed encoders share.

import Layers
import Tensors

/// Normalisation, two linear layers with GELU between them, and the way back into the rows.
struct PackedFeedForward: Sendable {
  let norm: RowTransform
  let expand: PackedLinear
  let reduce: PackedLinear

  init(_ mlp: FeedForward, norm: LayerNorm, unit: MatrixUnit) throws {
    self.norm = try RowTransform(norm)
    expand = try PackedLinear(mlp.expand, unit: unit)
    reduce = try PackedLinear(mlp.reduce, unit: unit)
  }

  /// Adds its result to the `rows` that it is computed from.
  func add(to x: Rows, _ rows: Range<Int>, _ scratch: Scratch) {
    let hidden = scratch.rows(.hidden, count: rows.count, width: expand.outputs)
    expand(x, rows, transformed: norm, into: hidden, at: 0, scratch: scratch)
    reduce(
      hidden, 0..<rows.count, transformed: .gelu, into: x, at: rows.lowerBound, adding: true,
      scratch: scratch)
  }
}

/// The two convolutions behind the encoder, with the normalisation of channels behind each.
struct PackedNeck: Sendable {
  let narrow: PackedImageConvolution
  let norm1: RowTransform
  let mix: PackedImageConvolution
  let norm2: RowTransform
  let unit: MatrixUnit

  init(_ neck: ImageEncoder.Neck, unit: MatrixUnit) throws {
    narrow = try PackedImageConvolution(neck.narrow, unit: unit)
    norm1 = try RowTransform(neck.norm1.norm)
    mix = try PackedImageConvolution(neck.mix, unit: unit)
    norm2 = try RowTransform(neck.norm2.norm)
    self.unit = unit
  }

  func callAsFunction(_ x: RowMap) throws -> Tensor {
    let (narrowed, mixed) = (narrow.empty(for: x), mix.empty(for: x))
    Rows.inBlocks(x.rows.count, of: unit.rowsTogether) { rows, scratch in
      narrow(x, rows, into: narrowed, scratch: scratch)
      norm1.apply(to: narrowed.rows, rows, unit: unit)
    }
    Rows.inBlocks(x.rows.count, of: unit.rowsTogether) { rows, scratch in
      mix(narrowed, rows, into: mixed, scratch: scratch)
      norm2.apply(to: mixed.rows, rows, unit: unit)
    }
    return try mixed.tensor()
  }
}

extension PackedLinear {
  init(_ linear: Linear, unit: MatrixUnit) throws {
    try self.init(weight: linear.weight, bias: linear.bias, unit: unit)
  }
}

extension RowTransform {
  init(_ norm: LayerNorm, then activation: Activation = .none) throws {
    try self.init(
      weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon, then: activation)
  }
}

extension PackedImageConvolution {
  init(_ convolution: Convolution, unit: MatrixUnit) throws {
    try self.init(
      weight: convolution.weight, bias: convolution.bias?.floats(),
      stride: convolution.stride[0], padding: convolution.padding[0], unit: unit)
  }

  /// A convolution and the batch normalisation behind it.
  init(_ part: NormedConvolution, unit: MatrixUnit) throws {
    let (factors, bias) = try part.norm.folded()
    try self.init(
      weight: part.convolution.weight, bias: bias, factors: factors,
      stride: part.convolution.stride[0], padding: part.convolution.padding[0], unit: unit)
  }
}

extension PackedDepthwiseConvolution {
  init(_ part: NormedConvolution) throws {
    let (factors, bias) = try part.norm.folded()
    try self.init(
      weight: part.convolution.weight, bias: bias, factors: factors,
      stride: part.convolution.stride[0])
  }
}

extension BatchNorm {
  /// The factor and the summand of every channel.
  fileprivate func folded() throws -> (factors: [Float], summands: [Float]) {
    let factors = try weight / (variance + epsilon).squareRoot()
    return (try factors.floats(), try (bias - mean * factors).floats())
  }
}
