// How far reduced precision is from float32 with a model's own weights, found out before it is trusted.

import Foundation
public import Tensors

extension ReferenceEmbedder {
  /// The relative error (L2) of the encoder in the precision of `unit` on a picture of `side` pixels.
  func deviation(by unit: MatrixUnit, side: Int) throws -> Double {
    try inference {
      let picture = try TestPicture.tensor(side: side)
      let small = try miniature(side: side)
      let packed = try small.packed(for: unit)
      let error = try packed(picture).relativeError(to: small(picture))
      return error.isNaN ? .infinity : error
    }
  }
}

extension SegmentAnything {
  /// The larger of two errors: of the encoder on a small picture, and of the masks that the decoder makes
  /// of features by a rule.
  public func deviation(by unit: MatrixUnit) throws -> Double {
    guard let encoder = encoder as? any ReferenceEmbedder else { return 0 }
    let seen = try encoder.deviation(by: unit, side: min(224, imageSize))
    let answered = try inference { try maskDeviation(by: unit) }
    return answered.isNaN ? .infinity : max(seen, answered)
  }

  private func maskDeviation(by unit: MatrixUnit) throws -> Double {
    let positions = try promptEncoder.positions()
    let features = try RandomGenerator(seed: 1).normal(positions.shape)
    let image = ImageEmbedding(features: features, positions: positions)
    let centre = Float(imageSize / 2)
    let prompts = try encode(
      PromptTensors(
        points: Tensor([centre, centre], shape: [1, 1, 2]),
        labels: Tensor([Int64(1)], shape: [1, 1])
      ))
    let exact = try decode(image, prompts, multimask: true).logits
    return try accelerated(by: unit).decode(image, prompts, multimask: true).logits
      .relativeError(to: exact)
  }
}

/// A small picture made by a rule.
private enum TestPicture {
  /// Discs of several sizes and contrasts over a slope, with noise, scaled as an encoder expects:
  /// (1, 3, side, side).
  static func tensor(side: Int) throws -> Tensor {
    let discs: [(x: Double, y: Double, radius: Double, value: Double)] = [
      (0.25, 0.3, 0.18, 1.4), (0.7, 0.25, 0.1, -1.2), (0.6, 0.7, 0.22, 0.8), (0.2, 0.8, 0.06, 2),
      (0.66, 0.66, 0.08, -1.8),
    ]
    var state: UInt64 = 1
    let values: [Float] = (0..<3).flatMap { channel in
      (0..<side * side).map { index in
        let (x, y) = (Double(index % side) / Double(side), Double(index / side) / Double(side))
        var value = 0.8 * x - 0.6 * y
        for disc in discs where hypot(x - disc.x, y - disc.y) < disc.radius {
          value = disc.value * (1 - 0.2 * Double(channel))
        }
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(value + 0.2 * (Double(state >> 40) / Double(1 << 24) - 0.5))
      }
    }
    return try Tensor(values, shape: [1, 3, side, side])
  }
}
