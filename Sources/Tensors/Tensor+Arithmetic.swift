// Elementwise arithmetic and comparison, with broadcasting as NumPy defines it.

extension Tensor {
  /// Sum of each pair of elements.
  public static func + (a: Tensor, b: Tensor) throws -> Tensor {
    try make { $0.pointee.add(a.raw, b.raw, $1) }
  }

  /// Difference of each pair of elements.
  public static func - (a: Tensor, b: Tensor) throws -> Tensor {
    try make { $0.pointee.subtract(a.raw, b.raw, $1) }
  }

  /// Product of each pair of elements.
  public static func * (a: Tensor, b: Tensor) throws -> Tensor {
    try make { $0.pointee.multiply(a.raw, b.raw, $1) }
  }

  /// Quotient of each pair of elements.
  public static func / (a: Tensor, b: Tensor) throws -> Tensor {
    try make { $0.pointee.divide(a.raw, b.raw, $1) }
  }

  /// Every element plus a number.
  public static func + (a: Tensor, b: Double) throws -> Tensor {
    try make { $0.pointee.add_scalar(a.raw, b, $1) }
  }

  /// Every element minus a number.
  public static func - (a: Tensor, b: Double) throws -> Tensor { try a + -b }

  /// Every element times a number.
  public static func * (a: Tensor, b: Double) throws -> Tensor {
    try make { $0.pointee.multiply_scalar(a.raw, b, $1) }
  }

  /// Every element divided by a number.
  public static func / (a: Tensor, b: Double) throws -> Tensor { try a * (1 / b) }

  /// Every element with the other sign.
  public static prefix func - (a: Tensor) throws -> Tensor {
    try make { $0.pointee.negative(a.raw, $1) }
  }

  /// Every element to a power.
  public func power(_ exponent: Double) throws -> Tensor {
    try Tensor.make { $0.pointee.power(raw, exponent, $1) }
  }

  /// Magnitude of every element.
  public func absolute() throws -> Tensor { try Tensor.make { $0.pointee.absolute(raw, $1) } }

  /// e to the power of every element.
  public func exponential() throws -> Tensor { try Tensor.make { $0.pointee.exponential(raw, $1) } }

  /// Natural logarithm of every element.
  public func logarithm() throws -> Tensor { try Tensor.make { $0.pointee.logarithm(raw, $1) } }

  /// Square root of every element.
  public func squareRoot() throws -> Tensor { try Tensor.make { $0.pointee.square_root(raw, $1) } }

  /// Sine of every element, in radians.
  public func sine() throws -> Tensor { try Tensor.make { $0.pointee.sine(raw, $1) } }

  /// Cosine of every element, in radians.
  public func cosine() throws -> Tensor { try Tensor.make { $0.pointee.cosine(raw, $1) } }

  /// Nearest integer, ties to even.
  public func rounded() throws -> Tensor { try Tensor.make { $0.pointee.round(raw, $1) } }

  /// Every element moved into a range.
  public func clamped(to range: ClosedRange<Double>) throws -> Tensor {
    try Tensor.make { $0.pointee.clamp(raw, range.lowerBound, range.upperBound, $1) }
  }

  /// The larger of each pair of elements.
  public func maximum(_ other: Tensor) throws -> Tensor {
    try Tensor.make { $0.pointee.maximum(raw, other.raw, $1) }
  }

  /// The smaller of each pair of elements.
  public func minimum(_ other: Tensor) throws -> Tensor {
    try Tensor.make { $0.pointee.minimum(raw, other.raw, $1) }
  }

  /// Where elements are equal, as booleans.
  public func equal(_ other: Tensor) throws -> Tensor {
    try Tensor.make { $0.pointee.equal(raw, other.raw, $1) }
  }

  /// Where elements are less than those of `other`, as booleans.
  public func less(_ other: Tensor) throws -> Tensor {
    try Tensor.make { $0.pointee.less(raw, other.raw, $1) }
  }

  /// Where elements are greater than `threshold`, as booleans.
  public func greater(_ threshold: Double) throws -> Tensor {
    try Tensor.make { $0.pointee.greater_scalar(raw, threshold, $1) }
  }

  /// Elements of `a` where this boolean tensor is true, of `b` elsewhere.
  public func choose(_ a: Tensor, else b: Tensor) throws -> Tensor {
    try Tensor.make { $0.pointee.where(raw, a.raw, b.raw, $1) }
  }
}
