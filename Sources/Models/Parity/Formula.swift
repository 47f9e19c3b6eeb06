// The deterministic values that stand in for trained weights and real images in parity checks.

import CKernels
public import Tensors
public import Weights

/// Fills tensors by the formula of `Parity/README.md`, exactly as the official implementations were
/// filled.
enum Formula {
  /// offset + scale · v for the numbers v in [−1, 1) of the SplitMix64 stream of `name`, or for their
  /// magnitudes.
  static func tensor(
    stream name: String, shape: [Int], scale: Float = 1, offset: Float = 0, magnitude: Bool = false
  ) throws -> Tensor {
    let count = shape.reduce(1, *)
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      // In C, because a debug build would take minutes for the hundred million values of SAM.
      vk_formula(
        name.fnv1a64, Int64(count), scale, offset, magnitude, buffer.baseAddress)
      initialized = count
    }
    return try Tensor(values, shape: shape)
  }

  /// The value of the state dictionary's tensor called `name`.
  static func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    if name.hasSuffix("running_var") {
      return try tensor(stream: name, shape: shape, scale: 0.1, offset: 1, magnitude: true)
    }
    if shape.count >= 2 {
      let fanIn = shape.dropFirst().reduce(1, *)
      return try tensor(
        stream: name, shape: shape, scale: Float((3 / Double(fanIn)).squareRoot()))
    }
    let isScale = name.hasSuffix("weight") || name.hasSuffix("gamma")
    return try tensor(stream: name, shape: shape, scale: 0.1, offset: isScale ? 1 : 0)
  }

  /// The input called `name`; its absolute value when the network expects [0, 1].
  static func input(_ name: String, shape: [Int], absolute: Bool = false) throws -> Tensor {
    try tensor(stream: "input:" + name, shape: shape, magnitude: absolute)
  }

  /// The input called `name`, moved to [0, 1].
  static func unitInput(_ name: String, shape: [Int]) throws -> Tensor {
    try tensor(stream: "input:" + name, shape: shape, scale: 0.5, offset: 0.5)
  }
}

/// The formula's values for whatever a model asks for: a network that has learnt nothing, the same on every
/// machine, with which the way of data through a study can be tried and costs can be measured.
public struct UntrainedSource: TensorSource {
  public var offered: [String]? { nil }

  public init() {}

  public func shape(of name: String, asked: [Int]) -> [Int]? { asked }

  public func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    try Formula.tensor(name, shape: shape)
  }
}

/// A manifest's tensors, filled by the formula.
struct FormulaSource: TensorSource {
  let shapes: [String: [Int]]
  let offered: [String]?

  init(_ manifest: Manifest) {
    let generated = manifest.tensors.filter { $0.generated && $0.aliasOf == nil }
    shapes = Dictionary(
      generated.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    offered = generated.map(\.name)
  }

  func shape(of name: String, asked: [Int]) -> [Int]? { shapes[name] }

  func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    try Formula.tensor(name, shape: shape)
  }
}
