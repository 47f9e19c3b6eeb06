// An image that cannot lose its geometry.

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

/// A 2-D or 3-D image with its geometry; a 2-D image is a volume of one slice, RGB is three channels.
public struct Volume: Sendable {
  public var geometry: Geometry
  /// 1 for grey, 3 for RGB, 4 for RGBA; channels are interleaved.
  public var channels: Int
  public var voxels: Voxels

  public init(geometry: Geometry, channels: Int = 1, voxels: Voxels) {
    self.geometry = geometry
    self.channels = channels
    self.voxels = voxels
  }
}

/// Integer labels on a voxel grid; 0 is background.
public struct LabelMap: Sendable, Equatable {
  public var geometry: Geometry
  /// One label per voxel, x fastest.
  public var labels: [Int32]

  public init(geometry: Geometry, labels: [Int32]) {
    self.geometry = geometry
    self.labels = labels
  }
}
