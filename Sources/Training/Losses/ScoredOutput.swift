// Scores of one output with all spatial axes joined, and the probabilities that they stand for.

internal import Tensors

/// Scores of (B, C, N).
struct ScoredOutput {
  let scores: Tensor
  /// Logarithms of the probabilities of classes; `nil` for regions.
  let logarithms: Tensor?

  init(_ scores: Tensor, _ scheme: LabelScheme) throws {
    // Sums over a patch need more digits than half precision has.
    let wide = scores.dtype == .float64 ? scores : try scores.to(.float32)
    self.scores = try wide.reshaped(scores.shape[0], scores.shape[1], -1)
    switch scheme.channels {
    case .classes: logarithms = try self.scores.logSoftmax(axis: 1)
    case .regions: logarithms = nil
    }
  }

  /// (B, K, N) probabilities of all channels but the background's.
  func foreground() throws -> Tensor {
    guard let logarithms else { return try scores.sigmoid() }
    return try logarithms.slice(1..<scores.shape[1], axis: 1).exponential()
  }

  /// The same values in the scores' element type, where the scores lie.
  func matching(_ tensor: Tensor) throws -> Tensor {
    try tensor.to(scores.dtype, device: scores.device)
  }
}
