// Packs an encoder's weights when it is first asked, because a cached embedding needs no encoder.

import Foundation
import Tensors

/// A packed encoder that is made at its first use; the float32 weights are let go then.
final class LazyEncoder: ImageEmbedder, @unchecked Sendable {
  // Safe because every use of `state` holds the lock.
  private enum State {
    case waiting(any ReferenceEmbedder)
    case packed(any ImageEmbedder)
  }

  private var state: State
  private let unit: MatrixUnit
  private let lock = NSLock()

  init(_ encoder: any ReferenceEmbedder, unit: MatrixUnit) {
    state = .waiting(encoder)
    self.unit = unit
  }

  func callAsFunction(_ x: Tensor, _ observe: Observer) throws -> Tensor {
    let packed = try packed()
    return try packed(x, observe)
  }

  private func packed() throws -> any ImageEmbedder {
    try lock.withLock {
      switch state {
      case .packed(let encoder): return encoder
      case .waiting(let reference):
        let encoder = try reference.packed(for: unit)
        state = .packed(encoder)
        return encoder
      }
    }
  }
}
