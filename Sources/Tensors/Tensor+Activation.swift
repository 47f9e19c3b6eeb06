// Activation functions.

extension Tensor {
  /// max(x, 0).
  public func relu() throws -> Tensor { try Tensor.make { $0.pointee.relu(raw, $1) } }

  /// x where positive, `slope` · x elsewhere.
  public func leakyReLU(slope: Double = 0.01) throws -> Tensor {
    try Tensor.make { $0.pointee.leaky_relu(raw, slope, $1) }
  }

  /// x where positive, `alpha` · (eˣ − 1) elsewhere.
  public func elu(alpha: Double = 1) throws -> Tensor {
    try Tensor.make { $0.pointee.elu(raw, alpha, $1) }
  }

  /// Gaussian error linear unit, exact (erf) unless the tanh approximation is asked for.
  public func gelu(tanhApproximation: Bool = false) throws -> Tensor {
    try Tensor.make { $0.pointee.gelu(raw, tanhApproximation, $1) }
  }

  /// x · σ(x).
  public func silu() throws -> Tensor { try Tensor.make { $0.pointee.silu(raw, $1) } }

  /// The logistic function σ(x) = 1 / (1 + e⁻ˣ).
  public func sigmoid() throws -> Tensor { try Tensor.make { $0.pointee.sigmoid(raw, $1) } }

  /// Hyperbolic tangent of every element.
  public func hyperbolicTangent() throws -> Tensor {
    try Tensor.make { $0.pointee.hyperbolic_tangent(raw, $1) }
  }

  /// eˣ divided by its sum along `axis`.
  public func softmax(axis: Int = -1) throws -> Tensor {
    try Tensor.make { $0.pointee.softmax(raw, Int64(axis), $1) }
  }

  /// Logarithm of `softmax`, computed without overflow.
  public func logSoftmax(axis: Int = -1) throws -> Tensor {
    try Tensor.make { $0.pointee.log_softmax(raw, Int64(axis), $1) }
  }

  /// Sets elements to zero with `probability` and scales the others by 1 / (1 − probability).
  public func dropout(_ probability: Double, using generator: RandomGenerator) throws -> Tensor {
    try generator.withRaw { generator in
      try Tensor.make { $0.pointee.dropout(raw, probability, generator, $1) }
    }
  }
}
