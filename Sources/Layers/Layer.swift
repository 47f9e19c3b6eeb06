// What every layer is: a value that was built from weights and maps a tensor to a tensor.

public import Tensors

/// A part of a network. Constructing it loads it; calling it runs it.
public protocol Layer: Sendable {
  func callAsFunction(_ x: Tensor) throws -> Tensor
}

/// Layers one after the other.
public struct Sequence: Layer {
  public let layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try layers.reduce(x) { try $1($0) }
  }
}

/// Activation functions by name, for configurations.
public enum Activation: String, Layer, Codable {
  case none, relu, leakyReLU, elu, gelu, silu, sigmoid

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .none: x
    case .relu: try x.relu()
    case .leakyReLU: try x.leakyReLU()
    case .elu: try x.elu()
    case .gelu: try x.gelu()
    case .silu: try x.silu()
    case .sigmoid: try x.sigmoid()
    }
  }
}
