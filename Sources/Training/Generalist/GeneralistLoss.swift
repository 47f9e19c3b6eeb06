// What generalists are trained to make small.

internal import Tensors

/// Dice and cross entropy of one score per pixel.
enum GeneralistLoss {
  /// - Parameters:
  ///   - scores: (B, 1, S, S) before the logistic function.
  ///   - target: (B, 1, S, S), 1 on the object.
  ///   - weight: (B, 1, S, S), how much each pixel counts in the cross entropy; 1 without it.
  /// - Returns: One value.
  /// - Throws: `TensorError` for shapes that do not fit.
  static func value(_ scores: Tensor, _ target: Tensor, weight: Tensor? = nil) throws -> Tensor {
    let probability = try scores.sigmoid()
    let shared = try (probability * target).sum(1, 2, 3)
    let both = try probability.sum(1, 2, 3) + target.sum(1, 2, 3)
    let dice = try ((shared * 2 + 1) / (both + 1)).mean() * -1 + 1
    // max(x, 0) − x t + log(1 + exp(−|x|))
    let entropy =
      try (scores.relu() - scores * target)
      + ((scores.absolute() * -1).exponential() + 1).logarithm()
    return try dice + (weight.map { try entropy * $0 } ?? entropy).mean()
  }
}
