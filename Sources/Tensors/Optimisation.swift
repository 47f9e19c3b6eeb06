// Steps of optimisers on whole lists of parameters: the only operations that write into tensors.

import CTorch

/// In-place steps of training. Whoever holds a tensor that is given here sees its values change.
public enum Optimisation {
  /// A step of stochastic gradient descent with momentum, as PyTorch's `SGD` computes it.
  ///
  /// - Parameters:
  ///   - parameters: float32 tensors; changed.
  ///   - gradients: One for each parameter.
  ///   - momenta: One for each parameter, zeros before the first step; changed.
  ///   - rate: Learning rate.
  ///   - momentum: Share of the momenta that stays.
  ///   - weightDecay: Factor of the parameters that is added to the gradients.
  ///   - nesterov: Whether the step looks ahead.
  /// - Throws: ``TensorError`` when lists or shapes differ.
  public static func descend(
    _ parameters: [Tensor], gradients: [Tensor], momenta: [Tensor], rate: Double,
    momentum: Double, weightDecay: Double, nesterov: Bool
  ) throws {
    try check(parameters, gradients, momenta)
    try Engine.check(
      try Engine.api().pointee.sgd_step(
        parameters.map(\.raw), gradients.map(\.raw), momenta.map(\.raw), Int64(parameters.count),
        rate, momentum, weightDecay, nesterov), "sgd_step")
    withExtendedLifetime((parameters, gradients, momenta)) {}
  }

  /// A step of Adam with decoupled weight decay, as PyTorch's `AdamW` computes it.
  ///
  /// - Parameters:
  ///   - parameters: float32 tensors; changed.
  ///   - gradients: One for each parameter.
  ///   - means: Running means of the gradients, zeros before the first step; changed.
  ///   - squares: Running means of their squares, zeros before the first step; changed.
  ///   - step: Number of this step, from 1.
  ///   - rate: Learning rate.
  ///   - betas: Shares of the running means that stay.
  ///   - epsilon: Added to the root of the squares.
  ///   - weightDecay: Share of the parameters that goes, times the rate.
  /// - Throws: ``TensorError`` when lists or shapes differ.
  public static func adaptAndDescend(
    _ parameters: [Tensor], gradients: [Tensor], means: [Tensor], squares: [Tensor], step: Int,
    rate: Double, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8,
    weightDecay: Double
  ) throws {
    try check(parameters, gradients, means)
    try check(parameters, squares)
    try Engine.check(
      try Engine.api().pointee.adamw_step(
        parameters.map(\.raw), gradients.map(\.raw), means.map(\.raw), squares.map(\.raw),
        Int64(parameters.count), Int64(step), rate, betas.0, betas.1, epsilon, weightDecay),
      "adamw_step")
    withExtendedLifetime((parameters, gradients, means, squares)) {}
  }

  /// Scales gradients so that their common L2 norm is at most `limit`.
  ///
  /// - Parameters:
  ///   - gradients: Changed where the norm exceeds the limit.
  ///   - limit: Largest norm.
  /// - Returns: The norm before.
  /// - Throws: ``TensorError``
  public static func clip(_ gradients: [Tensor], to limit: Double) throws -> Double {
    var norm = 0.0
    try Engine.check(
      try Engine.api().pointee.clip_gradients(
        gradients.map(\.raw), Int64(gradients.count), limit, &norm), "clip_gradients")
    withExtendedLifetime(gradients) {}
    return norm
  }

  /// Moves averages a share of the way to the values: an exponential moving average.
  ///
  /// - Parameters:
  ///   - averages: Changed.
  ///   - values: One for each average.
  ///   - share: 1 − decay.
  /// - Throws: ``TensorError`` when lists or shapes differ.
  public static func approach(_ averages: [Tensor], _ values: [Tensor], share: Double) throws {
    try check(averages, values)
    try Engine.check(
      try Engine.api().pointee.approach(
        averages.map(\.raw), values.map(\.raw), Int64(averages.count), share), "approach")
    withExtendedLifetime((averages, values)) {}
  }

  private static func check(_ parameters: [Tensor], _ others: [Tensor]...) throws {
    for other in others where other.map(\.shape) != parameters.map(\.shape) {
      throw TensorError.mismatch("an optimiser was given lists of tensors of other shapes")
    }
  }
}
