// What nnU-Net's networks are, and the sizes whose outputs the official code was asked for.

extension NNUNet {
  public static let card: Card = description(dimensions: 3)

  private static func description(dimensions: Int) -> Card {
    Card(
      id: "nnunet", name: "nnU-Net", branch: .taskSpecific,
      backbone: "U-Net that a plan configures",
      dimensions: dimensions, task: "whatever it is trained on", modality: "any",
      paper: "Isensee et al., Nature Methods 2021, arXiv 1809.10486",
      implementation: "github.com/MIC-DKFZ/nnUNet", codeLicence: "Apache-2.0",
      intendedUse: "Task-specific segmentation of the data that it was trained on, for research.",
      limits:
        "Without a training of its own it segments nothing. Images unlike those of the training may be "
        + "segmented wrongly without a warning. Not a medical device.")
  }

  /// The plans of the parity manifests: 14 classes, one channel.
  public static let variants = [
    Variant(
      tag: "3d", configuration: volume(.plain, blocks: [2, 2, 2, 2, 2, 2], decoder: 2),
      parameters: 31_205_254, checkpoint: nil, manifest: "nnunet-3d"),
    Variant(
      tag: "3d-aniso",
      configuration: volume(
        .plain, blocks: [2, 2, 2, 2, 2, 2], decoder: 2, thick: true),
      parameters: 30_713_158, checkpoint: nil, manifest: "nnunet-3d-aniso"),
    Variant(
      tag: "2d", configuration: slices, parameters: 46_348_834, checkpoint: nil,
      manifest: "nnunet-2d", card: description(dimensions: 2)),
    Variant(
      tag: "resenc-m", configuration: volume(.residual, blocks: [1, 3, 4, 6, 6, 6], decoder: 1),
      parameters: 102_359_430, checkpoint: nil, manifest: "nnunet-resenc-m"),
    Variant(
      tag: "resenc-l", configuration: volume(.residual, blocks: [1, 3, 4, 6, 6, 6], decoder: 1),
      parameters: 102_359_430, checkpoint: nil, manifest: "nnunet-resenc-l"),
    Variant(
      tag: "resenc-l-aniso",
      configuration: volume(
        .residual, blocks: [1, 3, 4, 6, 6, 6, 6], decoder: 1, thick: true),
      parameters: 141_411_028, checkpoint: nil, manifest: "nnunet-resenc-l-aniso"),
  ]

  /// 3-D networks; `thick` slices are first pooled in the plane alone, and at the coarsest stage again.
  private static func volume(
    _ encoder: Configuration.Encoder, blocks: [Int], decoder: Int, thick: Bool = false
  ) -> Configuration {
    let stages = blocks.count
    var kernels = Array(repeating: [3, 3, 3], count: stages)
    var strides = Array(repeating: [2, 2, 2], count: stages)
    strides[0] = [1, 1, 1]
    if thick {
      kernels[0] = [1, 3, 3]
      strides[1] = [1, 2, 2]
      strides[stages - 1] = [1, 2, 2]
    }
    return Configuration(
      encoder: encoder, inputChannels: 1, classes: 14,
      features: (0..<stages).map { min(320, 32 << $0) }, kernels: kernels, strides: strides,
      encoderBlocks: blocks, decoderConvolutions: Array(repeating: decoder, count: stages - 1))
  }

  private static let slices = Configuration(
    encoder: .plain, inputChannels: 1, classes: 14,
    features: [32, 64, 128, 256, 512, 512, 512, 512],
    kernels: Array(repeating: [3, 3], count: 8),
    strides: [[1, 1]] + Array(repeating: [2, 2], count: 7),
    encoderBlocks: Array(repeating: 2, count: 8),
    decoderConvolutions: Array(repeating: 2, count: 7))
}
