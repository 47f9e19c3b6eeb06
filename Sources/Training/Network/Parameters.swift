// The tensors that a training changes, by name.

internal import Foundation
public import Tensors
public import Weights

/// Learnt values in the order in which the network asked for them.
public struct Parameters: Sendable {
  public let names: [String]
  public let tensors: [Tensor]

  /// Learnt values in all.
  public var count: Int { tensors.reduce(0) { $0 + $1.count } }

  /// By name.
  public var table: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: zip(names, tensors))
  }

  /// Builds a network on values that can be trained.
  ///
  /// - Parameters:
  ///   - source: Where the values start: an initialiser or a file.
  ///   - recordsGradients: Whether libtorch is to record operations on them.
  ///   - build: Makes the network from weights; all that it asks for becomes a parameter.
  /// - Returns: The network and its parameters.
  /// - Throws: What `build` throws, `WeightsMismatch` for a file of another network.
  public static func building<Network>(
    from source: any TensorSource, recordsGradients: Bool,
    _ build: (Weights) throws -> Network
  ) throws -> (network: Network, parameters: Parameters) {
    let recorder = RecordingSource(source, recordsGradients: recordsGradients)
    let weights = Weights(recorder)
    let network = try build(weights)
    try weights.finish()
    return (network, recorder.parameters)
  }

  /// Overwrites all values.
  ///
  /// - Parameter values: One tensor per parameter, of its shape.
  /// - Throws: `TensorError`.
  public func assign(_ values: [Tensor]) throws {
    try Optimisation.approach(tensors, values, share: 1)
  }

  /// What a file keeps of them, with a prefix before each name; `Half` instead of `Float` keeps half of the bytes.
  public static func records<Scalar: TensorScalar>(
    _ names: [String], _ tensors: [Tensor], prefix: String = "", as type: Scalar.Type = Float.self
  ) -> [TensorRecord] {
    zip(names, tensors).map { name, tensor in
      TensorRecord(name: prefix + name, dtype: Scalar.dtype, shape: tensor.shape) {
        try tensor.detached().contiguous().to(Scalar.dtype).values(as: Scalar.self)
          .withUnsafeBytes { Array($0) }
      }
    }
  }
}

extension Parameters: TensorSource {
  public var offered: [String]? { names }

  public func shape(of name: String, asked: [Int]) -> [Int]? {
    names.firstIndex(of: name).map { tensors[$0].shape }
  }

  public func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    guard let index = names.firstIndex(of: name) else {
      throw TensorError.mismatch("there is no parameter '\(name)'")
    }
    return tensors[index]
  }
}

/// Hands out tensors that can be trained and remembers them.
private final class RecordingSource: TensorSource, @unchecked Sendable {
  // Safe because every access to the list holds the lock.
  private let lock = NSLock()
  private var recorded: [(name: String, tensor: Tensor)] = []
  private let source: any TensorSource
  private let recordsGradients: Bool

  init(_ source: any TensorSource, recordsGradients: Bool) {
    self.source = source
    self.recordsGradients = recordsGradients
  }

  var offered: [String]? { source.offered }

  var parameters: Parameters {
    lock.withLock { Parameters(names: recorded.map(\.name), tensors: recorded.map(\.tensor)) }
  }

  func shape(of name: String, asked: [Int]) -> [Int]? { source.shape(of: name, asked: asked) }

  func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    // A file may keep them in half precision; steps are smaller than that.
    var value = try source.tensor(name, shape: shape, initial: initial).to(.float32)
    if recordsGradients {
      // Convolutions of images lay their weights out so; a copy would not be what is trained.
      if value.rank == 4 { value = try value.channelsLast() }
      value = try value.requiringGrad()
    } else {
      value = try value.contiguous() * 1
    }
    lock.withLock { recorded.append((name, value)) }
    return value
  }
}
