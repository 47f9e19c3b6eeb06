// The mark for "outside" becomes a label that the loss knows.

public import Datasets

/// Gives voxels outside the image or its nonzero region, −1, another label.
///
/// nnU-Net: 0, always; the number of the ignore label leaves them out of the loss instead.
/// Source: batchgeneratorsv2 0.3.6, `RemoveLabelTransform`.
public struct LabelReplacement: PatchTransform {
  public var probability: Double { 1 }
  public var replacement: Int16

  public init(replacement: Int16 = 0) { self.replacement = replacement }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    let count = patch.count
    patch.labels.withUnsafeMutableBufferPointer { labels in
      for voxel in labels.indices where labels[voxel] == -1 {
        // A previous stage knows no ignore label.
        labels[voxel] = voxel < count ? replacement : 0
      }
    }
  }

  public func check() throws {
    try require("replacement", replacement, replacement >= 0, "a label from 0 on")
  }
}
