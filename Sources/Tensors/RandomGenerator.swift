// Random numbers with a seed of their own; the same seed gives the same numbers on every run.

import CTorch
import Foundation

/// A source of random numbers (Mersenne Twister, as PyTorch's CPU generator).
///
/// Numbers are made on the CPU whatever the device, so that a seed means the same everywhere.
public final class RandomGenerator: @unchecked Sendable {
  // Safe because every use of the handle holds the lock.
  private let raw: OpaquePointer
  private let lock = NSLock()

  /// Starts at a seed.
  public init(seed: UInt64) throws {
    var raw: OpaquePointer?
    try Engine.check(try Engine.api().pointee.generator(seed, &raw), "generator")
    guard let raw else { throw TensorError.failed(operation: "generator", message: "no result") }
    self.raw = raw
  }

  deinit {
    if let api = try? Engine.api() { api.pointee.generator_release(raw) }
  }

  /// Uniform in [0, 1), float32.
  public func uniform(_ shape: [Int]) throws -> Tensor {
    try withRaw { raw in
      try Tensor.make { $0.pointee.uniform(raw, shape.wide, Int64(shape.count), $1) }
    }
  }

  /// Standard normal, float32.
  public func normal(_ shape: [Int]) throws -> Tensor {
    try withRaw { raw in
      try Tensor.make { $0.pointee.normal(raw, shape.wide, Int64(shape.count), $1) }
    }
  }

  /// The numbers 0 ..< count in random order, int64.
  public func permutation(_ count: Int) throws -> Tensor {
    try withRaw { raw in try Tensor.make { $0.pointee.permutation(raw, Int64(count), $1) } }
  }

  func withRaw<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
    try lock.withLock { try body(raw) }
  }
}
