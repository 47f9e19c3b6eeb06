// How much a U-Net keeps in memory while it learns, counted in values of its feature maps.

/// Counts the outputs of all convolutions for one patch, which is what nnU-Net measures memory by.
///
/// A training step keeps roughly this many values per sample, with a factor that depends on library and
/// precision; nnU-Net's planner compares the count with that of a network known to fit.
public enum MemoryEstimate {
  /// Values of all convolutions' outputs for one sample.
  ///
  /// - Parameters:
  ///   - architecture: the U-Net
  ///   - patchSize: voxels along each axis
  ///   - classes: outputs of the last convolution; those of deep supervision are not counted
  /// - Returns: the number of values
  public static func featureValues(
    _ architecture: PlannedArchitecture, patchSize: [Int], classes: Int
  ) -> Int {
    var sizes: [[Int]] = []
    var size = patchSize
    for stride in architecture.strides {
      size = zip(size, stride).map { $0 / $1 }
      sizes.append(size)
    }
    let voxels = sizes.map { $0.reduce(1, *) }
    let features = architecture.features
    var values = 0
    for stage in features.indices {
      values += encoder(architecture, stage) * features[stage] * voxels[stage]
    }
    if architecture.kind == .residualEncoder, let width = features.first {
      values += width * patchSize.reduce(1, *)  // The stem.
    }
    // Each level of the decoder has one transposed convolution beside its others.
    let levels = features.indices.dropLast().reversed()
    for (level, convolutions) in zip(levels, architecture.decoderConvolutions) {
      values += (convolutions + 1) * features[level] * voxels[level]
    }
    return values + classes * (voxels.first ?? 0)
  }

  /// Convolutions of an encoder stage.
  private static func encoder(_ architecture: PlannedArchitecture, _ stage: Int) -> Int {
    let blocks = architecture.encoderBlocks[stage]
    guard architecture.kind == .residualEncoder else { return blocks }
    let isNarrower = stage > 0 && architecture.features[stage] != architecture.features[stage - 1]
    let isStrided = architecture.strides[stage].contains { $0 != 1 }
    // The first block's shortcut keeps values of its own where it pools or changes the channels.
    return 2 * blocks + (isNarrower || isStrided ? 1 : 0)
  }
}
