// A previous stage that overlooked an object.

internal import CKernels
public import Datasets

/// Removes one connected piece of a label of the previous stage.
///
/// Pieces are joined by faces, edges and corners; one that fills a larger share of the patch is never removed.
/// nnU-Net: by chance 0.2, each label by chance 0.5, pieces below 0.15 of the patch.
/// Source: batchgeneratorsv2 0.3.6, `RemoveRandomConnectedComponentFromOneHotEncodingTransform`.
public struct ComponentRemoval: PatchTransform {
  public var probability: Double
  public var labelProbability: Double
  /// Share of the patch below which a piece may be removed.
  public var largestShare: Double
  /// Channels of the previous stage: the last ones of the image.
  var channelCount = 0

  enum CodingKeys: CodingKey { case probability, labelProbability, largestShare }

  public init(
    probability: Double = 0.2, labelProbability: Double = 0.5, largestShare: Double = 0.15
  ) {
    self.probability = probability
    self.labelProbability = labelProbability
    self.largestShare = largestShare
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    for label in random.permutation(of: channelCount) where random.happens(labelProbability) {
      let channel = patch.channels - channelCount + label
      let count = patch.count
      let mask = patch.image[channel * count..<(channel + 1) * count].map {
        UInt8($0 != 0 ? 1 : 0)
      }
      let (pieces, sizes) = Self.pieces(of: mask, Patch.extents(patch.shape))
      let small = sizes.indices.filter { Double(sizes[$0]) < Double(count) * largestShare }
      guard let chosen = random.choice(of: small) else { continue }
      patch.withChannel(channel) { values in
        for voxel in 0..<count where Int(pieces[voxel]) == chosen + 1 { values[voxel] = 0 }
      }
    }
  }

  public func check() throws {
    try requireProbability("probability", probability)
    try requireProbability("labelProbability", labelProbability)
    try requireProbability("largestShare", largestShare)
  }

  /// The number of each voxel's piece, from 1, and the voxels of each.
  static func pieces(of mask: [UInt8], _ extents: [Int32]) -> (pieces: [Int32], sizes: [Int]) {
    var found = 0
    let pieces = [Int32](unsafeUninitializedCapacity: mask.count) { out, used in
      found = Int(vk_label_pieces(mask, extents, out.baseAddress))
      used = mask.count
    }
    var sizes = Array(repeating: 0, count: found)
    for piece in pieces where piece > 0 { sizes[Int(piece) - 1] += 1 }
    return (pieces, sizes)
  }
}
