// Gradients of nnU-Net by hand, on the kernels that PackedNNUNet infers with: what training spends its time
// on. libtorch's autograd, which NNUNet itself has, is the reference.

import Layers
public import Tensors

/// The loss of an ``NNUNet`` and the gradients of all its parameters, in float32.
///
/// Gradients differ from libtorch's by rounding (relative L2 error about 10⁻⁵ per parameter in tests) and are the
/// same for any number of threads. Biases of convolutions get exact zeros: the instance normalisation
/// behind them takes any constant away.
///
/// One step at a time: what a step keeps between forward and backward is memory of this object.
public final class NNUNetGradients {
  let plan: GradientPlan
  let unit: MapUnit
  private let pool = PagePool()

  /// - Parameters:
  ///   - configuration: plain or residual, two- or three-dimensional.
  ///   - unit: the vectors to compute in.
  /// - Throws: ``TensorError/mismatch(_:)`` for layers without a kernel.
  public init(_ configuration: NNUNet.Configuration, unit: MapUnit) throws {
    plan = try GradientPlan(configuration)
    self.unit = unit
  }

  /// Bytes that steps so far have asked of the system for maps and what kernels need.
  public var byteCount: Int { pool.byteCount }

  /// Names and shapes of the parameters, in the order of the network.
  public var parameters: [(name: String, shape: [Int])] { plan.parameters }

  /// Runs the network forwards and backwards.
  ///
  /// - Parameters:
  ///   - image: (B, C, spatial…) in float32.
  ///   - parameters: float32 tensors by the names that ``NNUNet`` asks for.
  ///   - loss: makes one value of the scores (B, classes, spatial…) of every resolution, the finest first,
  ///     as ``NNUNet/logitsAtAllScales(_:)`` gives them; they require gradients.
  /// - Returns: what `loss` made, and contiguous float32 gradients by the same names.
  /// - Throws: ``TensorError`` when shapes do not fit or memory is short, and what `loss` throws.
  public func gradients(
    image: Tensor, parameters: [String: Tensor], loss: ([Tensor]) throws -> Tensor
  ) throws -> (loss: Tensor, gradients: [String: Tensor]) {
    try plan.check(image: image, parameters: parameters)
    let step = GradientStep(try PackedGradientPlan(plan, parameters, unit: unit), pool: pool)
    let scores = try inference { try step.forward(image) }
    let (value, derivatives) = try training {
      let leaves = try scores.map { try $0.requiringGrad() }
      let value = try loss(leaves)
      try value.backward()
      // Scores that the loss leaves out have zeros.
      return (try value.detached(), try leaves.map { try $0.takeGradient() })
    }
    return (value, try inference { try step.backward(derivatives) })
  }
}
