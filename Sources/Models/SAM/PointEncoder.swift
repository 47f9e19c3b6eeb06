// EfficientSAM's prompt encoder: points and corners of boxes become a fixed number of tokens.

import Layers
import Tensors
import Weights

/// Codes positions by random frequencies and adds what kind of point stands there.
struct PointEncoder: Sendable {
  let code: PositionCode
  let noPoint: Tensor  // (1, C)
  let point: Tensor  // (1, C)
  /// The top left and the bottom right corner of a box.
  let corners: [Tensor]  // (1, C) each
  /// Points that the network was trained with; missing ones are tokens too.
  let capacity: Int
  let imageSize: Int
  let grid: Int
  /// Where the weights are; prompts are brought there.
  var device: Device { noPoint.device }

  init(_ w: Weights, width: Int, capacity: Int, imageSize: Int, grid: Int) throws {
    func embedding(_ name: String) throws -> Tensor {
      try Embedding(w / name, count: 1, width: width).weight
    }
    code = try PositionCode(w / "pe_layer", width: width)
    noPoint = try embedding("invalid_points")
    point = try embedding("point_embeddings")
    corners = [
      try embedding("bbox_top_left_embeddings"), try embedding("bbox_bottom_right_embeddings"),
    ]
    self.capacity = capacity
    self.imageSize = imageSize
    self.grid = grid
  }

  func callAsFunction(_ prompts: PromptTensors) throws -> EncodedPrompts {
    guard prompts.mask == nil else {
      throw TensorError.mismatch(
        "EfficientSAM reads points and boxes, not earlier masks; prompt it without the mask")
    }
    var points: [Tensor] = []  // (B, N, 2)
    var labels: [Tensor] = []  // (B, N)
    if let given = prompts.points, let kinds = prompts.labels {
      points.append(try given.to(.float32, device: device))
      labels.append(try kinds.to(.int64, device: device))
    }
    if let boxes = prompts.boxes {
      points.append(try boxes.to(.float32, device: device).reshaped(-1, 2, 2))
      labels.append(
        try Tensor([Int64(2), 3], shape: [1, 2]).to(device).expanded([prompts.count, 2]))
    }
    let count = points.reduce(0) { $0 + $1.size(1) }
    guard count <= capacity else {
      throw TensorError.mismatch(
        "EfficientSAM reads at most \(capacity) points for an object, of which a box takes two; "
          + "these are \(count)")
    }
    let missing = [prompts.count, capacity - count]
    points.append(try .full(missing + [2], -1, device: device))
    labels.append(try .full(missing, -1, dtype: .int64, device: device))
    let sparse = try encoded(.concatenate(points, axis: 1), .concatenate(labels, axis: 1))
    // Nothing is known of the image's features: a sum with zeros leaves them as they are.
    let dense = try Tensor.full([1, 1, 1, 1], 0, device: device)
      .expanded([prompts.count, noPoint.size(1), grid, grid])
    return EncodedPrompts(sparse: sparse, dense: dense)
  }

  private func encoded(_ points: Tensor, _ labels: Tensor) throws -> Tensor {
    // A point that is none lies at −1, −1, and so does every coordinate outside the image.
    let nowhere = try Tensor.full([1], -1, device: device)
    let named = try labels.greater(-1).unsqueezed(2).choose(points, else: nowhere)
    let placed = try (-named).greater(0).choose(nowhere, else: named)
    // Points beside the object have a position only: nothing was learned for their kind.
    let beside = try Tensor.full(noPoint.shape, 0, device: device)
    let kinds = try Tensor.concatenate([noPoint, beside, point] + corners, axis: 0)  // (5, C)
    return try code(pixels: placed, of: imageSize) + kinds.embedding((labels + 1).to(.int64))
  }
}
