// From a slice of an image to the square input of a promptable network.

import Imaging
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
    return scaled.map { $0.isNaN ? 0 : $0.rounded() }
  }
}

extension PromptPreparation {
  /// Colours 0 … 255 (1, 3, H, W) as the network's input (1, 3, side, side).
  func input(_ colours: Tensor, side: Int) throws -> Tensor {
    let covered = fitting.covered(
      by: PixelSize(height: colours.size(2), width: colours.size(3)), side: side)
    let resized = try resampling.apply(to: colours, [covered.height, covered.width])
    let (right, below) = (side - covered.width, side - covered.height)
    return try normalisation.apply(to: resized).padded([(0, right), (0, below)])
  }
}

extension PromptPreparation.Normalisation {
  fileprivate func apply(to x: Tensor) throws -> Tensor {
    switch self {
    case .standardised(let mean, let deviation):
      let mean = try Tensor(mean.map(Float.init), shape: [1, 3, 1, 1])
      return try (x - mean) / Tensor(deviation.map(Float.init), shape: [1, 3, 1, 1])
    case .minMax:
      let low = try x.smallest().item()
      let range = max(try x.largest().item() - low, 1e-8)
      return try (x - low) / range
    }
  }
}

extension PromptPreparation.Resampling {
  /// Whole numbers 0 … 255 at another size, rounded to whole numbers as 8-bit images are.
  fileprivate func apply(to x: Tensor, _ size: [Int]) throws -> Tensor {
    if Array(x.shape.suffix(2)) == size { return x }
    let resized: Tensor
    switch self {
    case .linear: resized = try x.resized(to: size, .linear, antialias: true)
    case .cubic: resized = try x.resized(to: size, .cubic, antialias: true)
    case .area where size[0] > x.size(2) || size[1] > x.size(3):
      resized = try x.resized(to: size, .linear)
    case .area:
      let rows = try Self.overlaps(from: x.size(2), to: size[0])
      let columns = try Self.overlaps(from: x.size(3), to: size[1])
      resized = try rows.matmul(x).matmul(columns.transposed(0, 1))
    }
    return try resized.clamped(to: 0...255).rounded()
  }

  /// How much each old pixel counts in each new one: (new, old), rows add up to 1.
  private static func overlaps(from old: Int, to new: Int) throws -> Tensor {
    let scale = Double(old) / Double(new)
    let values: [Float] = (0..<new).flatMap { row in
      (0..<old).map { column in
        let start = max(Double(row) * scale, Double(column))
        let end = min(Double(row + 1) * scale, Double(column + 1))
        return Float(max(0, end - start) / scale)
      }
    }
    return try Tensor(values, shape: [new, old])
  }
}
