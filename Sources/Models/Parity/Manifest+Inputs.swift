// A manifest's inputs as tensors: images by the formula, prompts as they stand in the manifest.

import Tensors

extension Manifest.Input {
  /// Whether the values stand in the manifest.
  var isLiteral: Bool { rule?.hasPrefix("literal") ?? false }

  /// The formula's values: in [−1, 1), moved to [0, 1), or a mask of those above 0.
  fileprivate func generated(_ shape: [Int]) throws -> Tensor {
    let rule = rule ?? ""
    if ["0.5*v_i + 0.5", "(v_i + 1) * 0.5"].contains(where: rule.hasPrefix) {
      return try Formula.unitInput(name, shape: shape)
    }
    let values = try Formula.input(name, shape: shape)
    return rule.hasPrefix("0/1 mask: 1 where v_i > 0") ? try values.greater(0).to(.float32) : values
  }
}

extension Manifest {
  /// The inputs under their names; a prompt is several, called "prompt:NAME.points" and so on.
  func inputTensors() throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for input in inputs where !input.isLiteral {
      guard let shape = input.shape else { throw lacking("the shape of the input \(input.name)") }
      tensors[input.name] = try input.generated(shape)
    }
    for prompt in inputs where prompt.isLiteral {
      if let points = prompt.points ?? prompt.imagePoints?.first,
        let labels = prompt.labels ?? prompt.imageLabels?.first
      {
        tensors[prompt.name + ".points"] = try Tensor(
          points.joined().joined().map(Float.init),
          shape: [points.count, points.first?.count ?? 0, 2])
        tensors[prompt.name + ".labels"] = try Tensor(
          labels.joined().map(Int64.init), shape: [labels.count, labels.first?.count ?? 0])
      }
      if let boxes = prompt.preparedBoxes ?? prompt.boxes {
        tensors[prompt.name + ".boxes"] = try Tensor(
          boxes.joined().map(Float.init), shape: [boxes.count, 4])
      }
      if let mask = prompt.mask {
        // "generated tensor NAME"
        let name = mask.split(separator: " ").last.map(String.init) ?? mask
        guard let tensor = tensors[name] else { throw lacking("the mask \(name)") }
        tensors[prompt.name + ".mask"] = tensor
      }
    }
    return tensors
  }

  private func lacking(_ what: String) -> ModelError {
    .badManifest(path: id, reason: "\(what) is missing")
  }
}
