// The deterministic values that stand in for trained weights and real images in parity checks.

import Foundation
import Tensors
import Weights

/// Fills tensors by the formula of `Parity/README.md`, exactly as the official implementations were
/// filled.
enum Formula {
  /// `count` numbers in [−1, 1), exact in float32, from the SplitMix64 stream of `name`.
  static func stream(_ name: String, count: Int) -> [Float] {
    var state = name.fnv1a64
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        z ^= z >> 31
        buffer[index] = 2 * (Float(z >> 40) * 0x1p-24) - 1
      }
      initialized = count
    }
  }

  /// The value of the state dictionary's tensor called `name`.
  static func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    var values = stream(name, count: shape.reduce(1, *))
    let map: (Float) -> Float
    if name.hasSuffix("running_var") {
      map = { 1 + 0.1 * abs($0) }
    } else if shape.count >= 2 {
      let fanIn = shape.dropFirst().reduce(1, *)
      let bound = Float((3 / Double(fanIn)).squareRoot())
      map = { $0 * bound }
    } else if name.hasSuffix("weight") || name.hasSuffix("gamma") {
      map = { 1 + 0.1 * $0 }
    } else {
      map = { 0.1 * $0 }
    }
    for index in values.indices { values[index] = map(values[index]) }
    return try Tensor(values, shape: shape)
  }

  /// The input called `name`; its absolute value when the network expects [0, 1].
  static func input(_ name: String, shape: [Int], absolute: Bool = false) throws -> Tensor {
    let values = stream("input:" + name, count: shape.reduce(1, *))
    return try Tensor(absolute ? values.map(abs) : values, shape: shape)
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
