// Convolutions in two and three dimensions.

public import Tensors
public import Weights

/// A convolution with zero padding; as many spatial dimensions as `kernel` has.
public struct Convolution: Layer {
  public let weight: Tensor  // (out, in / groups, kernel…)
  public let bias: Tensor?  // (out)
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]
  public let groups: Int

  /// `padding` of `nil` keeps the size at stride 1 (odd kernels).
  public init(
    _ w: Weights, from input: Int, to output: Int, kernel: [Int], stride: [Int]? = nil,
    padding: [Int]? = nil, dilation: [Int]? = nil, groups: Int = 1, bias: Bool = true
  ) throws {
    let dilation = dilation ?? kernel.map { _ in 1 }
    let fanIn = kernel.reduce(input / groups, *)
    let loaded = try w(
      "weight", [output, input / groups] + kernel, initial: .uniform(fanIn: fanIn))
    // The layout of the weights decides that of the result, and one layout all through a network saves
    // oneDNN from reordering the image before and after each convolution.
    weight = kernel.count == 2 ? try loaded.channelsLast() : loaded
    self.bias = bias ? try w("bias", [output], initial: .uniform(fanIn: fanIn)) : nil
    self.stride = stride ?? kernel.map { _ in 1 }
    self.padding = padding ?? zip(kernel, dilation).map { ($0 - 1) / 2 * $1 }
    self.dilation = dilation
    self.groups = groups
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor { try self(x, padding: padding) }

  /// The same convolution with another zero padding, for callers that bring their own border.
  public func callAsFunction(_ x: Tensor, padding: [Int]) throws -> Tensor {
    try x.convolved(
      weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}

/// A transposed convolution whose kernel equals its stride unless told otherwise: upsampling.
public struct TransposedConvolution: Layer {
  public let weight: Tensor  // (in, out, kernel…)
  public let bias: Tensor?  // (out)
  public let stride: [Int]
  public let padding: [Int]

  public init(
    _ w: Weights, from input: Int, to output: Int, kernel: [Int], stride: [Int]? = nil,
    padding: [Int]? = nil, bias: Bool = true
  ) throws {
    let fanIn = kernel.reduce(output, *)
    weight = try w("weight", [input, output] + kernel, initial: .uniform(fanIn: fanIn))
    self.bias = bias ? try w("bias", [output], initial: .uniform(fanIn: fanIn)) : nil
    self.stride = stride ?? kernel
    self.padding = padding ?? kernel.map { _ in 0 }
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.convolvedTransposed(
      weight, bias: bias, stride: stride, padding: padding, outputPadding: stride.map { _ in 0 })
  }
}

/// The largest value of each window; the window moves by its own size.
public struct MaxPool: Layer {
  public let kernel: [Int]

  public init(_ kernel: [Int]) { self.kernel = kernel }

  public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.maxPooled(kernel) }
}

/// Enlarges or reduces the spatial axes by a factor.
public struct Resize: Layer {
  public let scale: [Int]
  public let interpolation: Interpolation

  public init(scale: [Int], _ interpolation: Interpolation = .linear) {
    self.scale = scale
    self.interpolation = interpolation
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let size = zip(x.shape.suffix(scale.count), scale).map { $0 * $1 }
    return try x.resized(to: size, interpolation)
  }
}
