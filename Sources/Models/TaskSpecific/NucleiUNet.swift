// The 2-D U-Net for nuclei that bioimage.io publishes as its example.
// Paper: Ronneberger et al., arXiv 1505.04597. Reference implementation: bioimage.io model
// "UNet 2D Nuclei Broad", github.com/bioimage-io/spec-bioimage-io (MIT). Weights: MIT.

import Layers
public import Tensors
public import Weights

/// A U-Net with one activation per block: two convolutions directly after each other, then ReLU.
public struct NucleiUNet: DenseModel {
  public struct Configuration: Sendable {
    public let channels: Int
    public let classes: Int
    /// Channels per level, the deepest last.
    public let widths: [Int]

    public static let broad = Configuration(channels: 1, classes: 1, widths: [16, 32, 64, 128])
  }

  let encoders: [Block]
  let base: Block
  let decoders: [Block]
  let upsamplers: [Convolution]
  let output: Convolution

  public init(_ w: Weights, _ c: Configuration) throws {
    let levels = c.widths.count - 1
    let inputs = [c.channels] + c.widths
    encoders = try (0..<levels).map {
      try Block(w / "encoders" / $0, from: inputs[$0], to: c.widths[$0])
    }
    base = try Block(w / "base", from: c.widths[levels - 1], to: c.widths[levels])
    let upward = Array(c.widths.reversed())
    decoders = try (0..<levels).map {
      try Block(w / "decoders" / $0, from: upward[$0], to: upward[$0 + 1])
    }
    upsamplers = try (0..<levels).map {
      try Convolution(
        w / "upsamplers" / $0 / 1, from: upward[$0], to: upward[$0 + 1], kernel: [1, 1])
    }
    output = try Convolution(w / "output", from: c.widths[0], to: c.classes, kernel: [1, 1])
  }

  public func logits(_ x: Tensor) throws -> Tensor {
    var skips: [Tensor] = []
    var x = x  // (B, C, H, W)
    for encoder in encoders {
      skips.append(try encoder(x))
      x = try skips[skips.count - 1].maxPooled([2, 2])
    }
    x = try base(x)
    for (upsampler, decoder) in zip(upsamplers, decoders) {
      let enlarged = try upsampler(Resize(scale: [2, 2])(x))
      x = try decoder(.concatenate([skips.removeLast(), enlarged], axis: 1))
    }
    return try output(x)
  }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    ["logits": try logits(inputs.named("image"))]
  }

  struct Block: Layer {
    let first: Convolution
    let second: Convolution

    init(_ w: Weights, from input: Int, to output: Int) throws {
      first = try Convolution(w / 0, from: input, to: output, kernel: [3, 3])
      second = try Convolution(w / 1, from: output, to: output, kernel: [3, 3])
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try second(first(x)).relu() }
  }
}

extension NucleiUNet {
  public static let card = Card(
    id: "unet2d-nuclei-broad", name: "U-Net for nuclei (bioimage.io)", branch: .taskSpecific,
    backbone: "U-Net", dimensions: 2, task: "nucleus segmentation",
    modality: "fluorescence and light microscopy",
    paper: "Ronneberger et al., MICCAI 2015, arXiv 1505.04597",
    implementation: "github.com/bioimage-io/spec-bioimage-io, unet2d_nuclei_broad",
    codeLicence: "MIT",
    intendedUse: "Foreground of nuclei in microscopy images, for research.",
    limits:
      "Made for bright nuclei on dark ground: images with a bright ground are inverted first. "
      + "Touching nuclei are not separated. Not a medical device.")

  public static let variants = [
    Variant(
      tag: "dsb2018", configuration: Configuration.broad, parameters: 449_489,
      checkpoint: Checkpoint(
        file: "weights.pt",
        url: "https://raw.githubusercontent.com/bioimage-io/spec-bioimage-io/"
          + "63a2ea093d29277ba168635b6f322123b1da4ada/example_descriptions/models/"
          + "unet2d_nuclei_broad/weights.pt",
        bytes: 1_871_121,
        sha256: "a4b0659a1b48454588b12179855ad0a0c9b69ccaa89b8bb06e6271e8f60b02fe",
        licence: "MIT", trainedOn: ["DSB2018 (Broad nuclei; overlap with stage1_train likely)"],
        preparation: Preparation(
          normalisation: .zeroMeanUnitVariance, sizing: .multiple(of: 8),
          invertsBrightImages: true, decision: .threshold(0.5)),
        labels: ["background", "nucleus"]),
      manifest: "unet2d-nuclei-broad")
  ]
}
