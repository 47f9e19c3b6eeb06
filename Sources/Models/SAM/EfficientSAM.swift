// EfficientSAM: SAM's decoder behind a small plain transformer that learned to see as SAM's encoder does.
// Paper: Xiong et al., CVPR 2024, arXiv 2312.00863.
// Reference implementation: github.com/yformer/EfficientSAM (Apache-2.0).
// Weights: Apache-2.0, trained on ImageNet-1k and SA-1B.

public import Tensors
public import Weights

/// An image encoder, a point encoder and a mask decoder under the names of the official weights.
public struct EfficientSAM: PromptableModel, AcceleratedModel {
  public struct Configuration: Sendable {
    let encoder: VisionTransformer.Configuration
    /// Side of the square input in pixels.
    var imageSize = 1024
    /// Values per cell of the embedding and per token.
    var width = 256
    /// Points that a prompt has room for; a box takes two.
    var capacity = 6

    public static let tiny = Configuration(encoder: .init(width: 192, depth: 12, heads: 3))
  }

  public let imageSize: Int
  let encoder: any ImageEmbedder
  let pointEncoder: PointEncoder
  let decoder: MaskDecoder

  public init(_ w: Weights, _ c: Configuration) throws {
    imageSize = c.imageSize
    encoder = try VisionTransformer(w / "image_encoder", c.encoder, to: c.width)
    pointEncoder = try PointEncoder(
      w / "prompt_encoder", width: c.width, capacity: c.capacity, imageSize: c.imageSize,
      grid: c.imageSize / c.encoder.patch)
    decoder = try MaskDecoder(w / "mask_decoder", width: c.width, style: .efficientSAM)
  }

  private init(_ model: EfficientSAM, encoder: any ImageEmbedder) {
    imageSize = model.imageSize
    self.encoder = encoder
    pointEncoder = model.pointEncoder
    decoder = model.decoder
  }

  /// The encoder alone becomes faster; the decoder normalises whole maps and stays in float32.
  public func accelerated(by unit: MatrixUnit) throws -> EfficientSAM {
    guard let encoder = encoder as? any ReferenceEmbedder else { return self }
    return EfficientSAM(self, encoder: LazyEncoder(encoder, unit: unit))
  }

  public func deviation(by unit: MatrixUnit) throws -> Double {
    try (encoder as? any ReferenceEmbedder)?.deviation(by: unit, side: min(224, imageSize)) ?? 0
  }

  public func embed(_ image: Tensor) throws -> ImageEmbedding { try embed(image) { _, _ in } }

  /// The code of each feature's position (1, C, h, w), the same for every image.
  public func positions() throws -> Tensor { try pointEncoder.code(cellsOf: pointEncoder.grid) }

  /// - Throws: `TensorError.mismatch` for more points than the network has room for and for an earlier
  ///   mask, which it cannot read.
  public var readsMasks: Bool { false }

  public func encode(_ prompts: PromptTensors) throws -> EncodedPrompts {
    try pointEncoder(prompts)
  }

  /// The official code always asks for three masks; its single answer is the one that the network
  /// expects to overlap most.
  public func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, multimask: Bool
  ) throws -> MaskCandidates {
    let three = try decoder(image, prompts, multimask: true)
    return multimask ? three : try three.best()
  }

  func embed(_ image: Tensor, _ observe: Observer) throws -> ImageEmbedding {
    try requireInput(image)
    let image = try image.to(pointEncoder.device)
    return ImageEmbedding(
      features: try encoder(image, observe),  // (1, C, grid, grid)
      positions: try positions())
  }
}
