// Segment Anything (SAM): reads an image once, then answers points, boxes and masks in milliseconds.
// Paper: Kirillov et al., ICCV 2023, arXiv 2304.02643.
// Reference implementation: github.com/facebookresearch/segment-anything (Apache-2.0).
// Weights: Apache-2.0, trained on SA-1B. MedSAM's weights for ViT-B fit the same network.

public import Tensors
public import Weights

/// An image encoder, a prompt encoder and a mask decoder under the names of the official weights.
public struct SegmentAnything: PromptableModel, AcceleratedModel {
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
  /// The decoder's fast path, where there is one.
  let packedDecoder: PackedMaskDecoder?

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
    packedDecoder = nil
  }

  private init(_ model: SegmentAnything, encoder: any ImageEmbedder, unit: MatrixUnit) throws {
    imageSize = model.imageSize
    self.encoder = encoder
    promptEncoder = model.promptEncoder
    decoder = model.decoder
    packedDecoder = try inference {
      try PackedMaskDecoder(
        model.decoder, positions: model.promptEncoder.positions(), unit: unit)
    }
  }

  public func accelerated(by unit: MatrixUnit) throws -> SegmentAnything {
    guard let encoder = encoder as? any ReferenceEmbedder else { return self }
    return try SegmentAnything(self, encoder: LazyEncoder(encoder, unit: unit), unit: unit)
  }

  public func embed(_ image: Tensor) throws -> ImageEmbedding { try embed(image) { _, _ in } }

  public func positions() throws -> Tensor { try promptEncoder.positions() }

  public func encode(_ prompts: PromptTensors) throws -> EncodedPrompts {
    try promptEncoder(prompts)
  }

  public func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, multimask: Bool
  ) throws -> MaskCandidates {
    guard let packedDecoder else { return try decoder(image, prompts, multimask: multimask) }
    let masks = multimask ? 1..<decoder.heads.count : 0..<1
    let answers = try packedDecoder(image, prompts, masks: masks) { Array($0.indices) }
    return MaskCandidates(
      logits: try .concatenate(answers.map(\.logits), axis: 0),
      predictedIoU: try Tensor(
        answers.flatMap(\.overlaps), shape: [answers.count, masks.count]))
  }

  public func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, predictedIoUAbove threshold: Double
  ) throws -> SelectedMasks {
    guard let packedDecoder else {
      return try selected(
        from: decoder(image, prompts, multimask: true), predictedIoUAbove: threshold)
    }
    // What is not wanted is not even enlarged.
    let answers = try packedDecoder(image, prompts, masks: 1..<decoder.heads.count) { overlaps in
      overlaps.indices.filter { overlaps[$0] > Float(threshold) }
    }
    let side = 4 * image.features.size(2)
    let logits = try answers.filter { !$0.chosen.isEmpty }.map {
      try $0.logits.flattened(from: 0, to: 1)
    }
    return SelectedMasks(
      objects: answers.enumerated().flatMap { object, answer in answer.chosen.map { _ in object } },
      candidates: answers.flatMap(\.chosen),
      predictedIoU: answers.flatMap { answer in answer.chosen.map { Double(answer.overlaps[$0]) } },
      logits: logits.isEmpty
        ? try .zeros([0, side, side]) : try .concatenate(logits, axis: 0))
  }

  func embed(_ image: Tensor, _ observe: Observer) throws -> ImageEmbedding {
    try requireInput(image)
    let image = try image.to(promptEncoder.device)
    return ImageEmbedding(
      features: try encoder(image, observe),  // (1, C, grid, grid)
      positions: try positions())
  }
}
