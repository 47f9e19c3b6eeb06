// The part of an image that holds anything: voxels that are zero in all channels around it are cut away.

import Foundation

/// The bounding box of the nonzero region over all channels, holes filled.
///
/// Source: nnunetv2 2.8.1, `crop_to_nonzero`. An image of zeros keeps its whole grid.
public struct Crop: Sendable, Equatable {
  /// First voxel of the box, along the axes of the array.
  public let lower: [Int]
  /// Voxels of the box.
  public let size: [Int]
  /// Voxels of the grid before cropping.
  public let shapeBefore: [Int]
  /// Which voxels of the box lie in the region, row-major over `size`; `nil` when all do.
  public let inside: [Bool]?

  /// - Parameter image: Channels of equal shape.
  public init(of image: ImageArray) {
    shapeBefore = image.shape
    let nonzero = Self.nonzero(image)
    guard let box = Self.box(nonzero, image.shape) else {
      lower = [0, 0, 0]
      size = image.shape
      inside = Array(repeating: false, count: image.count)
      return
    }
    lower = box.lower
    size = box.size
    var region = cut(nonzero, lower: box.lower, size: box.size, shape: image.shape)
    if !region.contains(0) {
      inside = nil
      return
    }
    // Beyond the box all is zero, so a hole of the region is a hole of the box.
    RegionFilling.fillHoles(&region, shape: box.size)
    inside = region.contains(0) ? region.map { $0 != 0 } : nil
  }

  /// The image inside the box.
  public func cropped(_ image: ImageArray) -> ImageArray {
    if size == shapeBefore { return image }
    let channels = image.channels.map { cut($0, lower: lower, size: size, shape: shapeBefore) }
    return ImageArray(channels: channels, shape: size, spacing: image.spacing)
  }

  /// The labels inside the box, where background outside the region becomes −1.
  public func cropped(_ labels: LabelArray) -> LabelArray {
    var result = labels
    result.shape = size
    if size != shapeBefore {
      result.labels = cut(labels.labels, lower: lower, size: size, shape: shapeBefore)
    }
    if let inside {
      for index in inside.indices where !inside[index] && result.labels[index] == 0 {
        result.labels[index] = -1
      }
    }
    return result
  }

  /// 0 inside the region and −1 outside it: the labels of an image that has none.
  var regionLabels: [Int16] {
    inside.map { $0.map { $0 ? 0 : -1 } } ?? Array(repeating: 0, count: size.reduce(1, *))
  }

  private static func nonzero(_ image: ImageArray) -> [UInt8] {
    var mask = [UInt8](repeating: 0, count: image.count)
    mask.withUnsafeMutableBufferPointer { mask in
      for channel in image.channels {
        channel.withUnsafeBufferPointer { channel in
          for index in mask.indices { mask[index] |= channel[index] != 0 ? 1 : 0 }
        }
      }
    }
    return mask
  }

  private static func box(_ mask: [UInt8], _ shape: [Int]) -> (lower: [Int], size: [Int])? {
    var low = shape
    var high = [-1, -1, -1]
    mask.withUnsafeBufferPointer { mask in
      for z in 0..<shape[0] {
        for y in 0..<shape[1] {
          let row = UnsafeBufferPointer(
            rebasing: mask[(z * shape[1] + y) * shape[2]..<(z * shape[1] + y + 1) * shape[2]])
          guard let first = row.firstIndex(of: 1), let last = row.lastIndex(of: 1) else { continue }
          low = [min(low[0], z), min(low[1], y), min(low[2], first)]
          high = [max(high[0], z), max(high[1], y), max(high[2], last)]
        }
      }
    }
    if high[0] < 0 { return nil }
    return (low, (0..<3).map { high[$0] - low[$0] + 1 })
  }
}
