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

  /// Planes flow through all layers at once, each of which keeps only the planes that it still needs.
  public func stream(_ x: Tensor, planes: Int, emit: (Tensor) throws -> Void) throws {
    let scratch = ConvolutionScratch()
    var layers = try hidden.map { try StreamedConvolution($0, activation, scratch: scratch) }
    let depth = x.size(2)
    for start in stride(from: 0, to: depth, by: planes) {
      let end = min(start + planes, depth)
      var slab: Tensor? = try x.slice(start..<end, axis: 2)
      for index in layers.indices {
        slab = try layers[index].advance(slab, isLast: end == depth)
      }
      guard let slab else { continue }
      // A hundred classes of a few planes are as much memory as all channels of the slab.
      for first in stride(from: 0, to: slab.size(2), by: 4) {
        try emit(classifier(slab.slice(first..<min(first + 4, slab.size(2)), axis: 2)))
      }
    }
  }
}
