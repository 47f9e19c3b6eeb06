// SAM's prompt encoder: points and boxes become tokens, an earlier mask becomes a map.

import Foundation
import Layers
import Tensors
import Weights

/// Codes positions by random frequencies and adds what kind of prompt stands there.
struct PromptEncoder: Sendable {
  let code: PositionCode
  let noPoint: Tensor  // (1, C)
  /// Points beside the object and on it, then the two corners of a box.
  let kinds: [Tensor]  // (1, C) each
  let mask: Sequence
  let noMask: Tensor  // (1, C)
  let imageSize: Int
  let grid: Int
  /// Where the weights are; prompts are brought there.
  var device: Device { noMask.device }

  init(_ w: Weights, width: Int, imageSize: Int, grid: Int) throws {
    code = try PositionCode(w / "pe_layer", width: width)
    kinds = try (0..<4).map {
      try Embedding(w / "point_embeddings" / $0, count: 1, width: width).weight
    }
    noPoint = try Embedding(w / "not_a_point_embed", count: 1, width: width).weight
    let reduce = w / "mask_downscaling"
    mask = Sequence([
      try Convolution(
        reduce / 0, from: 1, to: 4, kernel: [2, 2], stride: [2, 2], padding: [0, 0]),
      try ChannelNorm(reduce / 1, 4), Activation.gelu,
      try Convolution(
        reduce / 3, from: 4, to: 16, kernel: [2, 2], stride: [2, 2], padding: [0, 0]),
      try ChannelNorm(reduce / 4, 16), Activation.gelu,
      try Convolution(reduce / 6, from: 16, to: width, kernel: [1, 1]),
    ])
    noMask = try Embedding(w / "no_mask_embed", count: 1, width: width).weight
    self.imageSize = imageSize
    self.grid = grid
  }

  func callAsFunction(_ prompts: PromptTensors) throws -> EncodedPrompts {
    let width = noMask.size(1)
    var tokens: [Tensor] = []
    if let points = prompts.points, let labels = prompts.labels {
      tokens.append(try encoded(points, labels: labels))
      // The network was trained with a token that is no point where points come without a box.
      if prompts.boxes == nil {
        tokens.append(try noPoint.expanded([prompts.count, 1, width]))
      }
    }
    if let boxes = prompts.boxes { tokens.append(try encoded(corners: boxes)) }
    let sparse =
      tokens.isEmpty
      ? try Tensor.zeros([prompts.count, 0, width]).to(device)
      : try Tensor.concatenate(tokens, axis: 1)
    return EncodedPrompts(
      sparse: sparse, dense: try dense(prompts), isDenseShared: prompts.mask == nil)
  }

  /// The code of every cell of the embedding's grid: (1, C, grid, grid).
  func positions() throws -> Tensor { try code(cellsOf: grid) }

  private func encoded(_ points: Tensor, labels: Tensor) throws -> Tensor {
    let labels = try labels.to(.int64, device: device)
    let table = try Tensor.concatenate([noPoint, kinds[0], kinds[1]], axis: 0)  // (3, C)
    let kind = try table.embedding((labels + 1).to(.int64))
    let isPoint = try labels.greater(-1).to(.float32).unsqueezed(2)  // (B, N, 1)
    return try positioned(points) * isPoint + kind  // (B, N, C)
  }

  private func encoded(corners boxes: Tensor) throws -> Tensor {
    let corners = try positioned(boxes.reshaped(boxes.size(0), 2, 2))  // (B, 2, C)
    return try corners + Tensor.concatenate([kinds[2], kinds[3]], axis: 0)
  }

  private func positioned(_ pixels: Tensor) throws -> Tensor {
    try code(pixels: pixels, of: imageSize)
  }

  private func dense(_ prompts: PromptTensors) throws -> Tensor {
    guard let earlier = prompts.mask else {
      return try noMask.reshaped(1, -1, 1, 1).expanded([prompts.count, noMask.size(1), grid, grid])
    }
    guard earlier.shape.suffix(2) == [4 * grid, 4 * grid] else {
      throw TensorError.mismatch(
        "a mask prompt is \(4 * grid) × \(4 * grid), not \(earlier.shape)")
    }
    return try mask(earlier.to(.float32, device: device))  // (B, C, grid, grid)
  }
}

/// Sines and cosines of a position's product with random frequencies, which stand in the weights.
struct PositionCode: Sendable {
  let frequencies: Tensor  // (2, C / 2)

  init(_ w: Weights, width: Int) throws {
    frequencies = try w(
      "positional_encoding_gaussian_matrix", [2, width / 2], initial: .normal(1))
  }

  /// The code (…, C) of positions x, y (…, 2) in 0 … 1.
  func callAsFunction(_ positions: Tensor) throws -> Tensor {
    let angles = try (positions * 2 - 1).matmul(frequencies) * (2 * Double.pi)
    return try .concatenate([angles.sine(), angles.cosine()], axis: -1)
  }

  /// The code (…, C) of the centres of pixels (…, 2) of a square with `side` of them.
  func callAsFunction(pixels: Tensor, of side: Int) throws -> Tensor {
    let pixels = try pixels.to(.float32, device: frequencies.device)
    return try self((pixels + 0.5) / Double(side))
  }

  /// The code of every cell of a square grid: (1, C, grid, grid).
  func callAsFunction(cellsOf grid: Int) throws -> Tensor {
    let along = (0..<grid).map { (Float($0) + 0.5) / Float(grid) }
    let centres: [Float] = along.flatMap { y in along.flatMap { x in [x, y] } }
    let cells = try Tensor(centres, shape: [1, grid, grid, 2]).to(frequencies.device)
    return try self(cells).permuted(0, 3, 1, 2)
  }
}
