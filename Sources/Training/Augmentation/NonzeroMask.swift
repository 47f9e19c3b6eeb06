// Channels that were normalised inside the nonzero region alone stay zero outside it.

public import Datasets

/// Sets the given channels to zero wherever the label is negative, so outside the nonzero region.
///
/// nnU-Net: always, for channels with `use_mask_for_norm`.
/// Source: batchgeneratorsv2 0.3.6, `MaskImageTransform`.
public struct NonzeroMask: PatchTransform {
  public var probability: Double { 1 }
  public var channels: [Int]

  public init(channels: [Int]) { self.channels = channels }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    let count = patch.count
    let present = channels.filter { $0 < patch.channels }
    patch.labels.withUnsafeBufferPointer { labels in
      patch.image.withUnsafeMutableBufferPointer { image in
        for channel in present {
          for voxel in 0..<count where labels[voxel] < 0 { image[channel * count + voxel] = 0 }
        }
      }
    }
  }

  public func check() throws {
    try require("channels", channels, channels.allSatisfy { $0 >= 0 }, "numbers from 0 on")
  }
}
