// Where a model's tensors come from: a file, an initialiser, or zeros.

import Foundation
public import Tensors

/// How a parameter starts when it is not read from a file.
public enum Initial: Sendable, Hashable {
  case zeros
  case ones
  /// Uniform in ±1/√fanIn, as PyTorch's linear and convolution layers start.
  case uniform(fanIn: Int)
  /// Normal with the given standard deviation.
  case normal(Double)
}

/// Anything that can be asked for a tensor by name.
public protocol TensorSource: Sendable {
  /// Every name on offer; `nil` when the source makes whatever it is asked for.
  var offered: [String]? { get }
  /// The shape of the tensor called `name`, or `nil` when there is none.
  func shape(of name: String, asked: [Int]) -> [Int]?
  /// The tensor called `name`; called only for names whose shape was found to fit.
  func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor
}

/// Starts every parameter from a seed; the same seed and name give the same values whatever the order.
public struct SeededInitialiser: TensorSource {
  public let seed: UInt64
  public var offered: [String]? { nil }

  public init(seed: UInt64) { self.seed = seed }

  public func shape(of name: String, asked: [Int]) -> [Int]? { asked }

  public func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    let generator = try RandomGenerator(seed: seed ^ name.fnv1a64)
    switch initial {
    case .zeros: return try .zeros(shape)
    case .ones: return try .ones(shape)
    case .uniform(let fanIn):
      let bound = 1 / Double(max(fanIn, 1)).squareRoot()
      return try (generator.uniform(shape) * (2 * bound)) - bound
    case .normal(let deviation): return try generator.normal(shape) * deviation
    }
  }
}

/// Gives zeros for every name: enough to learn a model's names, shapes and parameter count.
public struct ZeroSource: TensorSource {
  public var offered: [String]? { nil }

  public init() {}

  public func shape(of name: String, asked: [Int]) -> [Int]? { asked }

  /// One zero seen through every index, so that the largest model costs no memory.
  public func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    try Tensor.zeros(shape.map { _ in 1 }).expanded(shape)
  }
}

extension String {
  /// The 64-bit FNV-1a hash of the UTF-8 bytes.
  public var fnv1a64: UInt64 {
    utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
