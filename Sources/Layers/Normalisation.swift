// Batch, layer, group and instance normalisation.

public import Tensors
public import Weights

/// Normalises each channel with running statistics, or with those of the batch in training.
public struct BatchNorm: Layer {
  public let weight: Tensor  // (C)
  public let bias: Tensor  // (C)
  public let mean: Tensor  // (C)
  public let variance: Tensor  // (C)
  public let epsilon: Double

  public init(_ w: Weights, _ channels: Int, epsilon: Double = 1e-5) throws {
    weight = try w("weight", [channels], initial: .ones)
    bias = try w("bias", [channels])
    mean = try w("running_mean", [channels])
    variance = try w("running_var", [channels], initial: .ones)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.batchNormalised(
      weight: weight, bias: bias, mean: mean, variance: variance, training: Mode.isTraining,
      momentum: 0.1, epsilon: epsilon)
  }
}

/// Normalises over the innermost axis.
public struct LayerNorm: Layer {
  public let weight: Tensor  // (C)
  public let bias: Tensor  // (C)
  public let epsilon: Double

  public init(_ w: Weights, _ width: Int, epsilon: Double = 1e-5) throws {
    weight = try w("weight", [width], initial: .ones)
    bias = try w("bias", [width])
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.layerNormalised(weight.shape, weight: weight, bias: bias, epsilon: epsilon)
  }
}

/// Layer normalisation over the channels of (B, C, H, W), as SAM's neck and mask decoder use it.
public struct ChannelNorm: Layer {
  public let norm: LayerNorm

  public init(_ w: Weights, _ channels: Int, epsilon: Double = 1e-6) throws {
    norm = try LayerNorm(w, channels, epsilon: epsilon)
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try norm(x.permuted(0, 2, 3, 1)).permuted(0, 3, 1, 2)
  }
}

/// Normalises groups of channels; as many groups as channels is instance normalisation.
public struct GroupNorm: Layer {
  public let weight: Tensor  // (C)
  public let bias: Tensor  // (C)
  public let groups: Int
  public let epsilon: Double

  public init(_ w: Weights, _ channels: Int, groups: Int, epsilon: Double = 1e-5) throws {
    weight = try w("weight", [channels], initial: .ones)
    bias = try w("bias", [channels])
    self.groups = groups
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.groupNormalised(groups, weight: weight, bias: bias, epsilon: epsilon)
  }
}
