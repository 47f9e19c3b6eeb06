// Fully connected layers.

public import Tensors
public import Weights

/// y = x · Wᵀ + b over the innermost axis.
public struct Linear: Layer {
  public let weight: Tensor  // (out, in)
  public let bias: Tensor?  // (out)

  public init(_ w: Weights, from input: Int, to output: Int, bias: Bool = true) throws {
    weight = try w("weight", [output, input], initial: .uniform(fanIn: input))
    self.bias = bias ? try w("bias", [output], initial: .uniform(fanIn: input)) : nil
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.linear(weight, bias: bias) }
}

/// Linear layers with an activation between them, as SAM's heads have.
public struct MultilayerPerceptron: Layer {
  public let layers: [Linear]
  public let activation: Activation

  /// Layers `layers.0`, `layers.1`, … or called `names`, through the widths given.
  public init(
    _ w: Weights, widths: [Int], activation: Activation = .relu, names: [String]? = nil
  ) throws {
    let names = names ?? widths.dropFirst().indices.map { "layers.\($0 - 1)" }
    layers = try zip(names, zip(widths, widths.dropFirst())).map { name, pair in
      try Linear(w / name, from: pair.0, to: pair.1)
    }
    self.activation = activation
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try layers.enumerated().reduce(x) { x, layer in
      let y = try layer.element(x)
      return layer.offset + 1 < layers.count ? try activation(y) : y
    }
  }
}

/// A table of learned vectors.
public struct Embedding: Sendable {
  public let weight: Tensor  // (count, width)

  public init(_ w: Weights, count: Int, width: Int) throws {
    weight = try w("weight", [count, width], initial: .normal(1))
  }

  /// Rows at int64 `indices`.
  public func callAsFunction(_ indices: Tensor) throws -> Tensor { try weight.embedding(indices) }
}

/// Two linear layers with an activation between them, as transformer blocks have.
public struct FeedForward: Layer {
  public let expand: Linear
  public let reduce: Linear
  public let activation: Activation

  /// Layers called `names` from `width` to `inner` values and back.
  public init(
    _ w: Weights, width: Int, inner: Int, activation: Activation,
    names: (String, String) = ("lin1", "lin2")
  ) throws {
    expand = try Linear(w / names.0, from: width, to: inner)
    reduce = try Linear(w / names.1, from: inner, to: width)
    self.activation = activation
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor { try reduce(activation(expand(x))) }
}
