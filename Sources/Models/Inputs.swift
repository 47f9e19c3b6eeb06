// Named tensors, as parity manifests hand them to models.

import Tensors

extension [String: Tensor] {
  /// The tensor called `name`; an error that names it when there is none.
  func named(_ name: String) throws -> Tensor {
    guard let tensor = self[name] else {
      throw TensorError.mismatch("the model needs an input called \(name)")
    }
    return tensor
  }
}
