// Half precision as bits: Swift's own type is missing on Intel Macs.

/// The bits of an IEEE half-precision number, as ``Tensor/values(as:)`` hands them out.
public struct Half: TensorScalar, Equatable {
  public static var dtype: DType { .float16 }
  public let bits: UInt16

  public init(bits: UInt16) { self.bits = bits }

  public var isFinite: Bool { bits & 0x7C00 != 0x7C00 }
}
