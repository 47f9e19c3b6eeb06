// From a slice of an image to the square input of a promptable network.

public import Imaging
import Models
import Tensors

/// A display window in the image's own unit (Hounsfield units for CT).
public struct DisplayWindow: Sendable, Hashable {
  public let centre: Float
  public let width: Float

  /// The window for soft tissue in CT that MedSAM's authors use.
  public static let softTissue = DisplayWindow(centre: 40, width: 400)

  public init(centre: Float, width: Float) {
    self.centre = centre
    self.width = width
  }
}

extension Volume {
  /// One slice as red, green and blue in whole numbers 0 … 255: (1, 3, H, W).
  ///
  /// 8-bit images stay as they are. Others are windowed: by `window`, else CT by soft tissue, else from
  /// the 0.5th to the 99.5th percentile of the volume's positive values, as MedSAM's authors do.
  func colours(ofSlice slice: Int, window: DisplayWindow?) throws -> Tensor {
    let size = geometry.size
    if window == nil, case .uint8(let bytes) = voxels, channels == 1 || channels == 3 {
      // Shown as it is, so that the other slices need not be looked at.
      let area = size.x * size.y
      let first = slice * area * channels
      let values = (0..<channels).flatMap { channel in
        (0..<area).map { Float(bytes[first + $0 * channels + channel]) }
      }
      return try Tensor(values, shape: [1, channels, size.y, size.x])
        .expanded([1, 3, size.y, size.x])
    }
    let choices: [ChannelChoice] =
      channels >= 3 ? [.channel(0), .channel(1), .channel(2)] : [.luminance]
    let planes = try choices.map { try floats($0) }
    let shown = try displayed(Array(planes.joined()), window: window)
    let area = size.x * size.y
    let values = planes.indices.flatMap { plane in
      let start = plane * geometry.count + slice * area
      return shown[start..<start + area]
    }
    return try Tensor(Array(values), shape: [1, planes.count, size.y, size.x])
      .expanded([1, 3, size.y, size.x])
  }

  /// The intensities of an image of one slice in shades of grey, row by row, in its own unit: through `window`,
  /// CT through that of soft tissue, others as they are.
  func grey(window: DisplayWindow?) throws -> [Float] {
    let values = try floats(.luminance)
    guard let window = window ?? (source?.modality == "CT" ? .softTissue : nil) else {
      return values
    }
    return try Intensity.window(values, centre: window.centre, width: window.width)
  }

  /// The volume as promptable networks see it: one channel or three, in whole numbers 0 … 255, so that its
  /// slices can be read one by one without looking at all of it each time.
  public func shown(window: DisplayWindow? = nil) throws -> Volume {
    let choices: [ChannelChoice] =
      channels >= 3 ? [.channel(0), .channel(1), .channel(2)] : [.luminance]
    let planes = try choices.map { try floats($0) }
    let values = try displayed(Array(planes.joined()), window: window)
    let count = geometry.count
    let bytes = [UInt8](unsafeUninitializedCapacity: values.count) { buffer, initialised in
      for voxel in 0..<count {
        for plane in planes.indices {
          buffer[voxel * planes.count + plane] = UInt8(
            min(max(values[plane * count + voxel], 0), 255))
        }
      }
      initialised = values.count
    }
    return Volume(
      geometry: geometry, channels: planes.count, voxels: .uint8(bytes), source: source)
  }

  private func displayed(_ values: [Float], window: DisplayWindow?) throws -> [Float] {
    if window == nil, voxels.type == .uint8 { return values }
    let scaled: [Float]
    if let window = window ?? (source?.modality == "CT" ? .softTissue : nil) {
      scaled = try Intensity.window(
        values, centre: window.centre, width: window.width, to: 0...255)
    } else {
      // NaN stands for background here: it does not count towards the percentiles.
      let hasForeground = values.contains { $0 > 0 }
      scaled = try Intensity.quantile(
        hasForeground ? values.map { $0 > 0 ? $0 : .nan } : values, to: 0...255)
    }
    return scaled.map { $0.isNaN ? 0 : $0.rounded(.down) }
  }
}
