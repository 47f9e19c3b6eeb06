// The operations that networks are made of; shapes are (B, C, spatial…) as in PyTorch.

import CTorch

/// How `resized` interpolates.
public enum Interpolation: Int32, Sendable {
  case nearest = 0
  /// Bilinear for images, trilinear for volumes.
  case linear = 1
  case cubic = 2
}

extension Tensor {
  /// Matrix product over the last two axes, broadcast over the others.
  public func matmul(_ other: Tensor) throws -> Tensor {
    let product = try Tensor.make { $0.pointee.matmul(raw, other.raw, $1) }
    OperationCount.add(2 * product.count * size(-1))
    return product
  }

  /// x · weightᵀ + bias with weight (out, in).
  public func linear(_ weight: Tensor, bias: Tensor?) throws -> Tensor {
    OperationCount.add(2 * count * weight.size(0))
    return try Tensor.make { $0.pointee.linear(raw, weight.raw, bias?.raw, $1) }
  }

  /// softmax(q · kᵀ · scale + mask) · v with q, k, v (B, heads, N, d).
  public static func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, scale: Double
  ) throws -> Tensor {
    // q · kᵀ and its product with v.
    OperationCount.add(2 * q.count * k.size(2) + 2 * q.count / q.size(3) * k.size(2) * v.size(3))
    return try make { $0.pointee.attention(q.raw, k.raw, v.raw, mask?.raw, scale, $1) }
  }

  /// Convolution in as many dimensions as `stride` has; weight (out, in / groups, kernel…).
  public func convolved(
    _ weight: Tensor, bias: Tensor?, stride: [Int], padding: [Int], dilation: [Int], groups: Int = 1
  ) throws -> Tensor {
    let result = try Tensor.make {
      $0.pointee.convolution(
        raw, weight.raw, bias?.raw, stride.wide, padding.wide, dilation.wide, Int64(stride.count),
        Int64(groups), $1)
    }
    OperationCount.add(2 * result.count * (weight.count / weight.size(0)))
    return result
  }

  /// Transposed convolution; weight (in, out / groups, kernel…).
  public func convolvedTransposed(
    _ weight: Tensor, bias: Tensor?, stride: [Int], padding: [Int], outputPadding: [Int],
    groups: Int = 1
  ) throws -> Tensor {
    OperationCount.add(2 * count * (weight.count / weight.size(0)))
    return try Tensor.make {
      $0.pointee.transposed_convolution(
        raw, weight.raw, bias?.raw, stride.wide, padding.wide, outputPadding.wide,
        Int64(stride.count), Int64(groups), $1)
    }
  }

  /// Largest element of each window; windows move by their own size unless told otherwise.
  public func maxPooled(_ kernel: [Int], stride: [Int]? = nil, padding: [Int]? = nil) throws
    -> Tensor
  {
    let padding = padding ?? kernel.map { _ in 0 }
    return try Tensor.make {
      $0.pointee.max_pool(
        raw, kernel.wide, (stride ?? kernel).wide, padding.wide, Int64(kernel.count), $1)
    }
  }

  /// Mean of each window; windows move by their own size unless told otherwise.
  public func averagePooled(
    _ kernel: [Int], stride: [Int]? = nil, padding: [Int]? = nil
  ) throws -> Tensor {
    let padding = padding ?? kernel.map { _ in 0 }
    return try Tensor.make {
      $0.pointee.average_pool(
        raw, kernel.wide, (stride ?? kernel).wide, padding.wide, Int64(kernel.count), $1)
    }
  }

  /// Batch normalisation with the given running statistics; in training they are those of the batch,
  /// and `mean` and `variance` are updated.
  public func batchNormalised(
    weight: Tensor?, bias: Tensor?, mean: Tensor, variance: Tensor, training: Bool,
    momentum: Double, epsilon: Double
  ) throws -> Tensor {
    try Tensor.make {
      $0.pointee.batch_norm(
        raw, weight?.raw, bias?.raw, mean.raw, variance.raw, training, momentum, epsilon, $1)
    }
  }

  /// Normalises over the innermost axes of extents `shape`.
  public func layerNormalised(
    _ shape: [Int], weight: Tensor?, bias: Tensor?, epsilon: Double
  ) throws -> Tensor {
    try Tensor.make {
      $0.pointee.layer_norm(
        raw, shape.wide, Int64(shape.count), weight?.raw, bias?.raw, epsilon, $1)
    }
  }

  /// Normalises each of `groups` of channels; as many groups as channels is instance normalisation.
  public func groupNormalised(
    _ groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double
  ) throws -> Tensor {
    try Tensor.make {
      $0.pointee.group_norm(raw, Int64(groups), weight?.raw, bias?.raw, epsilon, $1)
    }
  }

  /// Resamples the spatial axes of (B, C, H, W) or (B, C, D, H, W) to `size`. With `antialias` a
  /// reduction averages over the pixels that it merges, as Pillow does.
  public func resized(
    to size: [Int], _ interpolation: Interpolation, alignCorners: Bool = false,
    antialias: Bool = false
  ) throws -> Tensor {
    try Tensor.make {
      $0.pointee.resize(
        raw, size.wide, Int64(size.count), interpolation.rawValue, alignCorners, antialias, $1)
    }
  }

  /// Rows of this table (n, d) at int64 `indices`.
  public func embedding(_ indices: Tensor) throws -> Tensor {
    try Tensor.make { $0.pointee.embedding(raw, indices.raw, $1) }
  }
}
