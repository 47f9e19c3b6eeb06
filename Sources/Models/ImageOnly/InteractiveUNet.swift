// A small U-Net that is led by clicks, strokes, boxes and earlier masks.
// Prompts as channels: Wong et al., ScribblePrompt, ECCV 2024, arXiv 2312.07381. Exponential geodesic distances:
// Luo et al., MIDeepSeg, Medical Image Analysis 2021, arXiv 2104.12166. Views that follow the object: Sofiiuk et
// al., RITM, arXiv 2102.06583. Blocks: nnU-Net, arXiv 1809.10486. Architecture's combination and weights: ours.

public import Tensors
public import Weights

/// nnU-Net's plain network on seven channels with one score.
public struct InteractiveUNet: InteractiveModel, PackableModel {
  public struct Configuration: Sendable, Hashable, Codable {
    /// Channels of each stage, the finest first; each further stage halves the resolution.
    public var features: [Int]
    /// Side of the views, in pixels; a multiple of 2 to the number of halvings.
    public var viewSize: Int

    public init(features: [Int], viewSize: Int) {
      self.features = features
      self.viewSize = viewSize
    }

    /// The network that ships with the product.
    public static let shipped = Configuration(features: [16, 32, 64, 128, 128, 128], viewSize: 128)

    /// The U-Net inside: two convolutions of 3 × 3 at each stage, down and up.
    public var network: NNUNet.Configuration {
      NNUNet.Configuration(
        encoder: .plain, inputChannels: InteractiveChannel.allCases.count, classes: 1,
        features: features, kernels: features.map { _ in [3, 3] },
        strides: features.indices.map { $0 == 0 ? [1, 1] : [2, 2] },
        encoderBlocks: features.map { _ in 2 },
        decoderConvolutions: features.dropLast().map { _ in 2 })
    }
  }

  public let viewSize: Int
  /// libtorch's network, or the same on kernels of our own.
  private let network: any DenseModel

  public init(_ w: Weights, _ c: Configuration) throws {
    let multiple = 1 << max(c.features.count - 1, 0)
    guard !c.features.isEmpty, c.viewSize > 0, c.viewSize % multiple == 0 else {
      throw TensorError.mismatch(
        "views of a network with \(c.features.count) stages have a side that \(multiple) divides, "
          + "not \(c.viewSize)")
    }
    self.init(try NNUNet(w, c.network), viewSize: c.viewSize)
  }

  private init(_ network: any DenseModel, viewSize: Int) {
    self.network = network
    self.viewSize = viewSize
  }

  public func packed(for unit: MapUnit) throws -> (any Model)? {
    guard let plain = network as? NNUNet,
      let packed = try plain.packed(for: unit) as? any DenseModel
    else { return nil }
    return InteractiveUNet(packed, viewSize: viewSize)
  }

  public func scores(_ views: Tensor) throws -> Tensor {
    let channels = InteractiveChannel.allCases.count
    guard views.rank == 4, Array(views.shape[1...]) == [channels, viewSize, viewSize] else {
      throw TensorError.mismatch(
        "this network reads views (B, \(channels), \(viewSize), \(viewSize)), not \(views.shape)")
    }
    return try network.logits(views)
  }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    ["scores": try scores(inputs.named("views"))]
  }
}
