// How nnU-Net's networks start.

public import Tensors
public import Weights

/// Convolutions from He's normal distribution for leaky ReLU of slope 0.01, their biases at zero.
///
/// The same seed and name give the same values whatever the order.
/// Source: He et al., ICCV 2015, arXiv 1502.01852; dynamic-network-architectures, `InitWeights_He`.
public struct HeInitialiser: TensorSource {
  public let seed: UInt64
  public var offered: [String]? { nil }

  public init(seed: UInt64) { self.seed = seed }

  public func shape(of name: String, asked: [Int]) -> [Int]? { asked }

  public func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    guard case .uniform(let fanIn) = initial else {
      return try SeededInitialiser(seed: seed).tensor(name, shape: shape, initial: initial)
    }
    guard shape.count > 1 else { return try .zeros(shape) }
    let deviation = (2 / (1 + 0.01 * 0.01) / Double(max(fanIn, 1))).squareRoot()
    return try SeededInitialiser(seed: seed).tensor(name, shape: shape, initial: .normal(deviation))
  }
}
