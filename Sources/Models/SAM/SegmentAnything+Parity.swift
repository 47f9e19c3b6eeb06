// SAM's outputs under the names of the parity manifests, stage by stage.

public import Tensors

extension SegmentAnything {
  /// The encoder's stages, then for every prompt its code, the masks and their predicted overlaps.
  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    var outputs: [String: Tensor] = [:]
    let image = try embed(inputs.named("image")) { outputs[$0] = $1 }
    outputs["image_embedding"] = image.features
    outputs["image_pe"] = image.positions
    for name in PromptTensors.names(in: inputs) {
      let prompts = try encode(PromptTensors(named: name, in: inputs))
      outputs["\(name).sparse_embeddings"] = prompts.sparse
      outputs["\(name).dense_embeddings"] = prompts.dense
      let several = try decode(image, prompts, multimask: true)
      outputs["\(name).multi.low_res_masks"] = several.logits
      outputs["\(name).multi.iou_predictions"] = several.predictedIoU
      let single = try decode(image, prompts, multimask: false)
      for prefix in ["\(name).single", name] {
        outputs["\(prefix).low_res_masks"] = single.logits
        outputs["\(prefix).low_res_logits"] = single.logits
        outputs["\(prefix).iou_predictions"] = single.predictedIoU
      }
      outputs.merge(try restored(single.logits, name)) { first, _ in first }
    }
    return outputs
  }

  /// A mask on the grid of an image of 480 × 640 pixels, as each official implementation restores it.
  private func restored(_ logits: Tensor, _ name: String) throws -> [String: Tensor] {
    let original = PixelSize(height: 480, width: 640)
    let covered = PromptPreparation.Fitting.padded.covered(by: original, side: imageSize)
    func restored(_ restoration: PromptPreparation.Restoration) throws -> Tensor {
      try restoration.apply(to: logits, covered: covered, side: imageSize, size: original)
    }
    let scores = try restored(.scores)
    let size = "\(covered.height)x\(covered.width)"
    return [
      "\(name).single.postprocessed (input_size \(size), original 480x640, logits)": scores,
      "\(name).probability_480x640 (crop \(size), bilinear, sigmoid)": try scores.sigmoid(),
      "\(name).probability_480x640 (sigmoid, then bilinear)":
        try restored(.probabilities),
    ]
  }
}

extension PromptTensors {
  /// Names of the prompts among a manifest's inputs, which are called "prompt:NAME.points" and so on.
  static func names(in inputs: [String: Tensor]) -> [String] {
    let names = inputs.keys.filter { $0.hasPrefix("prompt:") }.compactMap {
      $0.dropFirst("prompt:".count).split(separator: ".").first.map(String.init)
    }
    return Set(names).sorted()
  }

  /// The prompt called `name` among a manifest's inputs.
  init(named name: String, in inputs: [String: Tensor]) throws {
    let prefix = "prompt:\(name)."
    try self.init(
      points: inputs[prefix + "points"], labels: inputs[prefix + "labels"],
      boxes: inputs[prefix + "boxes"], mask: inputs[prefix + "mask"])
  }
}
