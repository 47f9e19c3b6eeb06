// MeshNet: ten dilated 3-D convolutions that parcellate a brain with under a megabyte of weights.
// Paper: Fedorov et al., arXiv 1612.00940; Masoud et al., brainchop, JOSS 2023.
// Reference implementation: github.com/neuroneural/brainchop (MIT). Weights: MIT.

public import Layers
public import Tensors
public import Weights

/// Convolutions at full resolution, so that the field of view grows by dilation alone.
public struct MeshNet: StreamingModel {
  public struct Configuration: Sendable {
    public let channels: Int
    public let classes: Int
    /// Dilation (and zero padding) of each 3×3×3 convolution; a 1×1×1 one to the classes follows.
    public let dilations: [Int]
    public let activation: Activation

    static let pyramid = [1, 2, 4, 8, 16, 8, 4, 2, 1]

    public static let tissue3 = Configuration(
      channels: 5, classes: 3, dilations: pyramid, activation: .relu)
    public static let subcortical18 = Configuration(
      channels: 21, classes: 18, dilations: pyramid, activation: .elu)
    public static let parcellation50 = Configuration(
      channels: 30, classes: 50, dilations: pyramid, activation: .elu)
    public static let parcellation104 = Configuration(
      channels: 21, classes: 104, dilations: [1, 2, 2, 4, 4, 8, 8, 16], activation: .relu)
  }

  let hidden: [Convolution]
  let classifier: Convolution
  let activation: Activation

  public init(_ w: Weights, _ c: Configuration) throws {
    // Convolutions and activations alternate in the official sequence: even numbers are convolutions.
    hidden = try c.dilations.enumerated().map { index, dilation in
      try Convolution(
        w / "model" / (2 * index), from: index == 0 ? 1 : c.channels, to: c.channels,
        kernel: [3, 3, 3], dilation: [dilation, dilation, dilation])
    }
    classifier = try Convolution(
      w / "model" / (2 * c.dilations.count), from: c.channels, to: c.classes, kernel: [1, 1, 1])
    activation = c.activation
  }

  public func logits(_ x: Tensor) throws -> Tensor {
    try classifier(hidden.reduce(x) { try activation($1($0)) })
  }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    ["logits": try logits(inputs.named("volume"))]
  }

  /// Planes flow through all layers at once: each layer keeps the last 2 × dilation planes it was
  /// given, which is all it needs to go on. Nothing is computed twice.
  public func stream(_ x: Tensor, planes: Int, emit: (Tensor) throws -> Void) throws {
    var layers = hidden.map { StreamedConvolution(convolution: $0) }
    let depth = x.size(2)
    for start in stride(from: 0, to: depth, by: planes) {
      let end = min(start + planes, depth)
      var slab: Tensor? = try x.slice(start..<end, axis: 2)
      for index in layers.indices {
        slab = try layers[index].advance(slab, isLast: end == depth).map { try activation($0) }
      }
      if let slab { try emit(classifier(slab)) }
    }
  }
}

/// A 3×3×3 convolution that is given a volume in slabs and returns what becomes complete.
private struct StreamedConvolution {
  let convolution: Convolution
  /// The planes that the next slab needs in front of it; `nil` before the first.
  var tail: Tensor?

  /// Takes the next planes (1, C, planes, H, W); the last call also takes the border behind them.
  mutating func advance(_ slab: Tensor?, isLast: Bool) throws -> Tensor? {
    guard slab != nil || isLast, let some = slab ?? tail else { return nil }
    let reach = convolution.dilation[0]
    var border = some.shape
    border[2] = reach
    var parts = [try tail ?? Tensor.zeros(border), slab].compactMap(\.self)
    if isLast { parts.append(try .zeros(border)) }
    let window = try Tensor.concatenate(parts, axis: 2)
    let depth = window.size(2)
    guard depth > 2 * reach else {
      tail = window
      return nil
    }
    tail = isLast ? nil : try window.slice(depth - 2 * reach..<depth, axis: 2).contiguous()
    return try convolution(window, padding: [0, reach, reach])
  }
}
