// How much each output of a network that is supervised at several depths counts.

/// Weights of the outputs, the finest first.
public enum DeepSupervisionWeights {
  /// nnU-Net's weights: each output counts half of the next finer one, the coarsest not at all, and they sum
  /// to 1. A single output counts fully.
  ///
  /// Source: nnunetv2 2.8.1, `nnUNetTrainer._build_loss`.
  public static func standard(outputs: Int) -> [Double] {
    guard outputs > 1 else { return Array(repeating: 1, count: max(0, outputs)) }
    var weights: [Double] = []
    var weight = 1.0
    for _ in 0..<outputs - 1 {
      weights.append(weight)
      weight /= 2
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum } + [0]
  }
}
