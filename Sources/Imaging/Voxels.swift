// Voxel values in the type in which they are stored, and what can be done whatever that type is.

/// Voxel values in the type in which they are stored; x fastest, then y, then z; channels interleaved.
public enum Voxels: Sendable, Equatable {
  case uint8([UInt8])
  case int8([Int8])
  case uint16([UInt16])
  case int16([Int16])
  case uint32([UInt32])
  case int32([Int32])
  case float32([Float])
  case float64([Double])
}

/// The name of a voxel type, as ``Voxels`` spells it.
public enum VoxelType: String, Sendable, Hashable, Codable, CaseIterable {
  case uint8, int8, uint16, int16, uint32, int32, float32, float64

  /// Bytes per value.
  public var bytes: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .float64: 8
    }
  }

  public var isFloatingPoint: Bool { self == .float32 || self == .float64 }
}

extension Voxels {
  public var type: VoxelType {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .float64: .float64
    }
  }

  /// Values, over all voxels and channels.
  public var count: Int { array.count }

  /// All values as 32-bit floating point numbers; integers beyond 2²⁴ are rounded.
  public var floats: [Float] { array.floats() }

  /// All values as 64-bit floating point numbers, exactly.
  public var doubles: [Double] { array.doubles() }

  var array: any VoxelArray {
    switch self {
    case .uint8(let values): values
    case .int8(let values): values
    case .uint16(let values): values
    case .int16(let values): values
    case .uint32(let values): values
    case .int32(let values): values
    case .float32(let values): values
    case .float64(let values): values
    }
  }

  /// Voxels whose memory `fill` writes, so that a file is read without a copy.
  init(
    type: VoxelType, count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    func make<Scalar: VoxelScalar>(_: Scalar.Type) throws -> Voxels {
      Scalar.voxels(
        try [Scalar](unsafeUninitializedCapacity: count) { buffer, written in
          try fill(UnsafeMutableRawBufferPointer(buffer))
          written = count
        })
    }
    self = try type.open { try make($0) }
  }
}

extension VoxelType {
  /// Calls a generic function with the Swift type of this voxel type.
  fileprivate func open<Result>(_ body: (any VoxelScalar.Type) throws -> Result) rethrows -> Result
  {
    switch self {
    case .uint8: try body(UInt8.self)
    case .int8: try body(Int8.self)
    case .uint16: try body(UInt16.self)
    case .int16: try body(Int16.self)
    case .uint32: try body(UInt32.self)
    case .int32: try body(Int32.self)
    case .float32: try body(Float.self)
    case .float64: try body(Double.self)
    }
  }
}

/// A number type that voxels are stored in.
protocol VoxelScalar: Sendable, BitwiseCopyable, Comparable {
  var double: Double { get }
  var float: Float { get }
  static func voxels(_ values: [Self]) -> Voxels
}

/// What every array of voxel values can do; `Voxels.array` opens it.
protocol VoxelArray: Sendable {
  var count: Int { get }
  func floats() -> [Float]
  func doubles() -> [Double]
  func value(at place: Int) -> Double?
  func channel(_ channel: Int, of channels: Int) -> Voxels
  func moved(_ layout: MoveLayout) -> Voxels
  func nonFiniteCount() -> Int
  func moments() -> Moments
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

extension Array: VoxelArray where Element: VoxelScalar {
  func floats() -> [Float] {
    // A cast from another element type would convert one by one, after trying each.
    if Element.self == Float.self, let same = self as? [Float] { return same }
    return converted { $0.float }
  }

  func doubles() -> [Double] {
    if Element.self == Double.self, let same = self as? [Double] { return same }
    return converted { $0.double }
  }

  private func converted<Value>(_ convert: (Element) -> Value) -> [Value] {
    withUnsafeBufferPointer { source in
      [Value](unsafeUninitializedCapacity: source.count) { target, written in
        if let start = target.baseAddress {
          for place in source.indices { (start + place).initialize(to: convert(source[place])) }
        }
        written = source.count
      }
    }
  }

  func value(at place: Int) -> Double? { indices.contains(place) ? self[place].double : nil }

  func channel(_ channel: Int, of channels: Int) -> Voxels {
    if channels == 1 { return Element.voxels(self) }
    return Element.voxels(stride(from: channel, to: count, by: channels).map { self[$0] })
  }

  func nonFiniteCount() -> Int {
    guard Element.self is any BinaryFloatingPoint.Type else { return 0 }
    return withUnsafeBufferPointer { values in
      var found = 0
      for value in values where !value.float.isFinite && !value.double.isFinite { found += 1 }
      return found
    }
  }

  func moments() -> Moments {
    withUnsafeBufferPointer { values in
      var moments = Moments()
      for value in values {
        let number = value.double
        if number.isFinite { moments.add(number) }
      }
      return moments
    }
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withUnsafeBytes(body)
  }
}

extension UInt8: VoxelScalar { static func voxels(_ values: [UInt8]) -> Voxels { .uint8(values) } }
extension Int8: VoxelScalar { static func voxels(_ values: [Int8]) -> Voxels { .int8(values) } }
extension UInt16: VoxelScalar {
  static func voxels(_ values: [UInt16]) -> Voxels { .uint16(values) }
}
extension Int16: VoxelScalar { static func voxels(_ values: [Int16]) -> Voxels { .int16(values) } }
extension UInt32: VoxelScalar {
  static func voxels(_ values: [UInt32]) -> Voxels { .uint32(values) }
}
extension Int32: VoxelScalar { static func voxels(_ values: [Int32]) -> Voxels { .int32(values) } }
extension Float: VoxelScalar {
  static func voxels(_ values: [Float]) -> Voxels { .float32(values) }
  var double: Double { Double(self) }
  var float: Float { self }
}
extension Double: VoxelScalar {
  static func voxels(_ values: [Double]) -> Voxels { .float64(values) }
  var double: Double { self }
  var float: Float { Float(self) }
}
extension VoxelScalar where Self: BinaryInteger {
  var double: Double { Double(self) }
  var float: Float { Float(self) }
}
