// Segment Anything (SAM): reads an image once, then answers points, boxes and masks in milliseconds.
// Paper: Kirillov et al., ICCV 2023, arXiv 2304.02643.
// Reference implementation: github.com/facebookresearch/segment-anything (Apache-2.0).
// Weights: Apache-2.0, trained on SA-1B. MedSAM's weights for ViT-B fit the same network.

public import Tensors
public import Weights

/// An image encoder, a prompt encoder and a mask decoder under the names of the official weights.
public struct SegmentAnything: PromptableModel {
  public struct Configuration: Sendable {
    enum Encoder: Sendable {
      case transformer(ImageEncoder.Configuration)
      case tiny(TinyViT.Configuration)
    }

    let encoder: Encoder
    /// Side of the square input in pixels.
    var imageSize = 1024
    /// Values per cell of the embedding and per token.
    var width = 256

    public static let vitB = Configuration(
      encoder: .transformer(
        .init(width: 768, depth: 12, heads: 12, globalBlocks: [2, 5, 8, 11])))
    public static let vitL = Configuration(
      encoder: .transformer(
        .init(width: 1024, depth: 24, heads: 16, globalBlocks: [5, 11, 17, 23])))
    public static let vitH = Configuration(
      encoder: .transformer(
        .init(width: 1280, depth: 32, heads: 16, globalBlocks: [7, 15, 23, 31])))
    /// MobileSAM.
    public static let vitT = Configuration(encoder: .tiny(.init(step: 2, hasClassifier: true)))
    /// LiteMedSAM.
    public static let lite = Configuration(
      encoder: .tiny(.init(step: 1, hasClassifier: false)), imageSize: 256)
  }

  public let imageSize: Int
  let encoder: any ImageEmbedder
  let promptEncoder: PromptEncoder
  let decoder: MaskDecoder

  public init(_ w: Weights, _ c: Configuration) throws {
    imageSize = c.imageSize
    let grid: Int
    switch c.encoder {
    case .transformer(let transformer):
      grid = c.imageSize / transformer.patch
      encoder = try ImageEncoder(w / "image_encoder", transformer, to: c.width, grid: grid)
    case .tiny(let tiny):
      grid = c.imageSize / tiny.reduction
      encoder = try TinyViT(w / "image_encoder", tiny, to: c.width)
    }
    promptEncoder = try PromptEncoder(
      w / "prompt_encoder", width: c.width, imageSize: c.imageSize, grid: grid)
    decoder = try MaskDecoder(w / "mask_decoder", width: c.width)
  }

  public func embed(_ image: Tensor) throws -> ImageEmbedding { try embed(image) { _, _ in } }

  public func positions() throws -> Tensor { try promptEncoder.positions() }

  public func encode(_ prompts: Prompts) throws -> EncodedPrompts { try promptEncoder(prompts) }

  public func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, multimask: Bool
  ) throws -> MaskCandidates {
    try decoder(image, prompts, multimask: multimask)
  }

  func embed(_ image: Tensor, _ observe: Observer) throws -> ImageEmbedding {
    guard image.shape == [1, 3, imageSize, imageSize] else {
      throw TensorError.mismatch(
        "this network reads one image (1, 3, \(imageSize), \(imageSize)), not \(image.shape)")
    }
    let image = try image.to(promptEncoder.device)
    return ImageEmbedding(
      features: try encoder(image, observe),  // (1, C, grid, grid)
      positions: try positions())
  }
}
