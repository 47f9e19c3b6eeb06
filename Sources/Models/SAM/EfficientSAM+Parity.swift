// EfficientSAM's outputs under the names of its parity manifest, stage by stage.

public import Tensors

extension EfficientSAM {
  /// The encoder's stages, then for every prompt its code, the masks and their predicted overlaps, and
  /// the way from an unprepared image to masks on its grid.
  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    var outputs: [String: Tensor] = [:]
    let image = try embed(inputs.named("image")) { outputs[$0] = $1 }
    outputs["image_embedding"] = image.features
    outputs["image_pe"] = image.positions
    for name in PromptTensors.names(in: inputs) {
      let prompts = try encode(PromptTensors(named: name, in: inputs))
      outputs["\(name).sparse_embeddings"] = prompts.sparse
      // From the decoder itself: `decode` never shows the first mask, as the official code does not.
      for (stage, multimask) in [("multi", true), ("single", false)] {
        let found = try decoder(image, prompts, multimask: multimask)
        outputs["\(name).\(stage).low_res_masks"] = try found.logits.unsqueezed(0)
        outputs["\(name).\(stage).iou_predictions"] = try found.predictedIoU.unsqueezed(0)
      }
    }
    return outputs.merging(try endToEnd(inputs.named("image_raw"))) { first, _ in first }
  }

  /// Masks of two points in an image (1, 3, H, W) of values 0 … 1 that is not prepared.
  private func endToEnd(_ raw: Tensor) throws -> [String: Tensor] {
    let preparation = PromptPreparation.efficientSAM
    let size = PixelSize(height: raw.size(2), width: raw.size(3))
    let covered = preparation.fitting.covered(by: size, side: imageSize)
    let points: [(Float, Float)] = [(580, 350), (650, 350)]
    let coordinates = points.flatMap { x, y in
      [
        x * Float(covered.width) / Float(size.width),
        y * Float(covered.height) / Float(size.height),
      ]
    }
    let prompts = try PromptTensors(
      points: Tensor(coordinates, shape: [1, points.count, 2]),
      labels: Tensor(points.map { _ in Int64(1) }, shape: [1, points.count]))
    let image = try embed(preparation.input(raw * 255, side: imageSize))
    let found = try decode(image, encode(prompts), multimask: true)
    let masks = try preparation.restored(found.logits, to: size, side: imageSize)
    return [
      "end_to_end.masks (\(size.height)x\(size.width))": try masks.unsqueezed(0),
      "end_to_end.iou": try found.predictedIoU.unsqueezed(0),
    ]
  }
}
