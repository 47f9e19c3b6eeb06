// A checkpoint's table of tensors, as a model asks for them.

public import Tensors

extension StateDict: TensorSource {
  public var offered: [String]? { names }

  public func shape(of name: String, asked: [Int]) -> [Int]? { tensors[name]?.shape }

  /// Copies the elements of one tensor out of the file.
  public func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    guard let stored = tensors[name] else {
      throw TensorError.mismatch("the weights have no tensor called \(name)")
    }
    let dtype = try stored.dtype
    return try stored.withContiguousBytes { try Tensor($0, shape: shape, dtype: dtype) }
  }
}
