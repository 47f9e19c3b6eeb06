// Values into tensors and out of them.

import CTorch

/// A Swift number that a tensor can hold.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  static var dtype: DType { get }
}

extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
extension Int64: TensorScalar { public static var dtype: DType { .int64 } }
extension Int32: TensorScalar { public static var dtype: DType { .int32 } }
extension Int16: TensorScalar { public static var dtype: DType { .int16 } }
extension Int8: TensorScalar { public static var dtype: DType { .int8 } }
extension UInt8: TensorScalar { public static var dtype: DType { .uint8 } }

extension Tensor {
  /// Copies `values` in row-major order; their number must be the product of `shape`.
  public convenience init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]) throws {
    let raw = try values.withUnsafeBytes { bytes in
      try Self.copying(bytes, shape: shape, dtype: Scalar.dtype)
    }
    try self.init(owning: raw)
  }

  /// Copies row-major `bytes` of elements of type `dtype`.
  public convenience init(_ bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) throws {
    try self.init(owning: try Self.copying(bytes, shape: shape, dtype: dtype))
  }

  private static func copying(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType
  ) throws -> OpaquePointer {
    let needed = shape.reduce(dtype.size, *)
    guard bytes.count == needed else {
      throw TensorError.mismatch(
        "\(bytes.count) bytes do not fill a tensor of shape \(shape), which needs \(needed)")
    }
    var raw: OpaquePointer?
    let api = try Engine.api()
    var nothing: UInt8 = 0
    let status = withUnsafePointer(to: &nothing) { nothing in
      api.pointee.from_bytes(
        bytes.baseAddress ?? UnsafeRawPointer(nothing), shape.wide, Int64(shape.count),
        vt_options(dtype: dtype.rawValue, device: -1), &raw)
    }
    try Engine.check(status, "from_bytes")
    guard let raw else { throw TensorError.failed(operation: "from_bytes", message: "no result") }
    return raw
  }

  /// A tensor of one value throughout.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) throws -> Tensor {
    try make { api, out in
      api.pointee.full(
        shape.wide, Int64(shape.count), value,
        vt_options(dtype: dtype.rawValue, device: device.index), out)
    }
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int], dtype: DType = .float32) throws -> Tensor {
    try full(shape, 0, dtype: dtype)
  }

  /// A tensor of ones.
  public static func ones(_ shape: [Int], dtype: DType = .float32) throws -> Tensor {
    try full(shape, 1, dtype: dtype)
  }

  /// The numbers `start`, `start + step`, … below `end`.
  public static func range(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32
  ) throws -> Tensor {
    try make { api, out in
      api.pointee.arange(start, end, step, vt_options(dtype: dtype.rawValue, device: -1), out)
    }
  }

  /// The elements in row-major order; `Scalar` must be the tensor's own element type.
  public func values<Scalar: TensorScalar>(as type: Scalar.Type = Float.self) throws -> [Scalar] {
    guard Scalar.dtype == dtype else {
      throw TensorError.mismatch("values of type \(Scalar.self) asked of a \(dtype) tensor")
    }
    let api = try Engine.api()
    var status = VT_OK
    let copied = [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress, count > 0 else { return }
      status = api.pointee.copy_bytes(raw, base, Int64(byteCount))
      initialized = status == VT_OK ? count : 0
    }
    try Engine.check(status, "copy_bytes")
    return copied
  }

  /// The elements as `Float`, converted when the tensor holds another type.
  public func floats() throws -> [Float] { try to(.float32).values() }

  /// The only element.
  public func item() throws -> Double {
    guard count == 1 else {
      throw TensorError.mismatch("one value asked of a tensor of shape \(shape)")
    }
    return try to(.float64).values(as: Double.self)[0]
  }

  /// The same values in another element type, on another device; itself when nothing changes.
  public func to(_ dtype: DType, device: Device? = nil) throws -> Tensor {
    let device = device ?? self.device
    if dtype == self.dtype && device == self.device { return self }
    return try Tensor.make { api, out in
      api.pointee.to(raw, vt_options(dtype: dtype.rawValue, device: device.index), out)
    }
  }

  /// The same values on another device.
  public func to(_ device: Device) throws -> Tensor { try to(dtype, device: device) }
}
