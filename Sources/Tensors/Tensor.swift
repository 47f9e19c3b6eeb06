// The tensor: one owned handle of libtorch with its shape, element type and device.

import CTorch

/// A dense array of numbers in row-major order.
///
/// Operations are never in place, but for those of ``Optimisation``, so a tensor can be shared between threads.
/// Each operation throws `TensorError` when shapes do not fit or memory runs out.
public final class Tensor: @unchecked Sendable {
  // Safe because the handle is immutable, freed once in deinit, and only `Optimisation` writes into it.
  let raw: OpaquePointer
  /// Extent along each axis, outermost first.
  public let shape: [Int]
  /// Element type.
  public let dtype: DType
  /// Where the elements lie.
  public let device: Device

  /// Takes ownership of a handle that the bridge has just made.
  init(owning raw: OpaquePointer) throws {
    do {
      let api = try Engine.api().pointee
      var rank: Int64 = 0
      try Engine.check(api.rank(raw, &rank), "rank")
      var sizes = [Int64](repeating: 0, count: Int(rank))
      try Engine.check(api.shape(raw, &sizes), "shape")
      var options = vt_options()
      try Engine.check(api.options(raw, &options), "options")
      guard let dtype = DType(rawValue: options.dtype) else {
        throw TensorError.mismatch("libtorch returned an element type that Vesalius does not use")
      }
      self.raw = raw
      self.dtype = dtype
      shape = sizes.map(Int.init)
      device = Device(index: options.device)
    } catch {
      try Engine.api().pointee.release(raw)
      throw error
    }
  }

  deinit {
    if let api = try? Engine.api() { api.pointee.release(raw) }
  }

  /// Number of axes.
  public var rank: Int { shape.count }
  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// Bytes of the elements.
  public var byteCount: Int { count * dtype.size }

  /// Extent along an axis; negative axes count from the innermost.
  public func size(_ axis: Int) -> Int { shape[axis < 0 ? axis + rank : axis] }

  /// Calls one operation of the table and owns what it returns.
  static func make(
    _ operation: String = #function,
    _ call: (UnsafePointer<vt_api>, vt_out) -> vt_status
  ) throws -> Tensor {
    let api = try Engine.api()
    var raw: OpaquePointer?
    try Engine.check(call(api, &raw), operation)
    guard let raw else { throw TensorError.failed(operation: operation, message: "no result") }
    return try Tensor(owning: raw)
  }
}

/// Where a tensor's elements lie.
public enum Device: Sendable, Hashable, CustomStringConvertible {
  case cpu
  case cuda(Int)
  /// Nowhere: shapes go through a network without elements, so that its work can be counted.
  case meta

  init(index: Int32) {
    self = index == VT_META ? .meta : index < 0 ? .cpu : .cuda(Int(index))
  }

  var index: Int32 {
    switch self {
    case .cpu: -1
    case .cuda(let number): Int32(clamping: number)
    case .meta: VT_META
    }
  }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let number): "cuda:\(number)"
    case .meta: "meta"
    }
  }

  /// Reads "cpu", "cuda" or "cuda:1"; `nil` for anything else.
  public init?(_ name: String) {
    switch name {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      guard name.hasPrefix("cuda:"), let number = Int(name.dropFirst(5)), number >= 0 else {
        return nil
      }
      self = .cuda(number)
    }
  }
}

extension [Int] {
  /// The same numbers as the C line wants them.
  var wide: [Int64] { map(Int64.init) }
}
