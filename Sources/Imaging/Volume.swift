// An image that cannot lose its geometry.

/// A 2-D or 3-D image with its geometry; a 2-D image is a volume of one slice, RGB is three channels.
public struct Volume: Sendable {
  public var geometry: Geometry
  /// 1 for grey, 3 for RGB, 4 for RGBA; channels are interleaved.
  public var channels: Int
  public var voxels: Voxels
  /// What the file said beyond voxels and geometry; nil for an image that was made, not read.
  public var source: Source?

  /// An image from its parts; `voxels` holds `geometry.count * channels` values.
  public init(geometry: Geometry, channels: Int = 1, voxels: Voxels, source: Source? = nil) {
    self.geometry = geometry
    self.channels = channels
    self.voxels = voxels
    self.source = source
  }

  /// Key facts of the file an image came from.
  public struct Source: Sendable, Hashable, Codable {
    public var format: ImageFormat
    /// Orientation of the voxels as the file stores them.
    public var orientation: Orientation
    /// DICOM modality, such as "CT".
    public var modality: String?
    /// DICOM Series Instance UID.
    public var seriesUID: String?

    public init(
      format: ImageFormat, orientation: Orientation, modality: String? = nil,
      seriesUID: String? = nil
    ) {
      self.format = format
      self.orientation = orientation
      self.modality = modality
      self.seriesUID = seriesUID
    }
  }

  /// One channel as an image of its own.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` when there is no such channel.
  public func channel(_ index: Int) throws -> Volume {
    guard (0..<channels).contains(index) else {
      throw ImagingError.badParameter(
        "channel \(index) of an image with \(channels); count channels from 0")
    }
    var result = self
    result.channels = 1
    result.voxels = voxels.channel(index, of: channels)
    return result
  }

  /// The value at a voxel, or nil outside the grid.
  public func value(atVoxel voxel: SIMD3<Int>, channel: Int = 0) -> Double? {
    let size = geometry.size
    guard (0..<3).allSatisfy({ (0..<size[$0]).contains(voxel[$0]) }),
      (0..<channels).contains(channel)
    else { return nil }
    let place = voxel.x + size.x * (voxel.y + size.y * voxel.z)
    return voxels.value(at: place * channels + channel)
  }

  /// The same image with its axes in another order and direction; values are moved, never changed.
  public func reoriented(to orientation: Orientation) -> Volume {
    let move = AxisMove(from: geometry.orientation, to: orientation)
    if move.isIdentity { return self }
    var result = self
    result.geometry = geometry.moved(by: move)
    result.voxels = voxels.moved(
      MoveLayout(move, size: geometry.size, channels: channels))
    return result
  }

  /// Throws unless geometry, channels and number of values belong together.
  func validate() throws {
    if let defect = geometry.defect() {
      throw ImagingError.badParameter("the image has \(defect); correct its geometry")
    }
    guard channels >= 1, voxels.count == geometry.count * channels else {
      throw ImagingError.voxelCount(met: voxels.count, expected: geometry.count * channels)
    }
  }
}

/// How several channels become one grey value.
public enum ChannelChoice: Sendable, Hashable {
  /// One channel, counted from 0.
  case channel(Int)
  /// 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as PIL and OpenCV); grey images stay as they are, alpha is ignored.
  case luminance
}

extension Volume {
  /// One 32-bit floating point value per voxel, x fastest.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` when the channel does not exist, or luminance is asked of
  ///   an image with neither 1, 2 (grey and alpha), 3 nor 4 channels.
  public func floats(_ choice: ChannelChoice = .luminance) throws -> [Float] {
    switch choice {
    case .channel(let index): return try channel(index).voxels.floats
    case .luminance:
      switch channels {
      case 1: return voxels.floats
      case 2: return try channel(0).voxels.floats
      case 3, 4:
        let values = voxels.floats
        let channels = channels
        return values.withUnsafeBufferPointer { values in
          (0..<geometry.count).map { voxel in
            let base = voxel * channels
            return 0.299 * values[base] + 0.587 * values[base + 1] + 0.114 * values[base + 2]
          }
        }
      default:
        throw ImagingError.badParameter(
          "luminance of an image with \(channels) channels; choose a channel by its number")
      }
    }
  }
}
