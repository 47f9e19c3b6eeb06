// Voxel values in the type in which they are stored.

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
