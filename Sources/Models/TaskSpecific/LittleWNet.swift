// Little W-Net: two small U-Nets in a row for retinal vessels.
// Paper: Galdran et al., arXiv 2009.01907, Scientific Reports 2022.
// Reference implementation: github.com/agaldran/lwnet (MIT). Weights: MIT.

import Layers
public import Tensors
public import Weights

/// The second U-Net reads the image together with the first one's unnormalised scores.
public struct LittleWNet: DenseModel {
  public struct Configuration: Sendable {
    public let channels: Int
    public let classes: Int
    public let widths: [Int]

    public static let vessel = Configuration(channels: 3, classes: 1, widths: [8, 16, 32])
  }

  let first: ShortcutUNet
  let second: ShortcutUNet

  public init(_ w: Weights, _ c: Configuration) throws {
    first = try ShortcutUNet(w / "unet1", from: c.channels, to: c.classes, widths: c.widths)
    second = try ShortcutUNet(
      w / "unet2", from: c.channels + c.classes, to: c.classes, widths: c.widths)
  }

  public func logits(_ x: Tensor) throws -> Tensor { try both(x).second }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    let (x1, x2) = try both(try inputs.named("image"))
    return ["x1": x1, "x2": x2]
  }

  private func both(_ x: Tensor) throws -> (first: Tensor, second: Tensor) {
    let x1 = try first(x)  // (B, classes, H, W)
    return (x1, try second(.concatenate([x, x1], axis: 1)))
  }
}

/// A U-Net whose blocks add a projected shortcut and normalise after the activation.
struct ShortcutUNet: Layer {
  let top: Block
  let down: [Block]
  let up: [Up]
  let final: Convolution

  init(_ w: Weights, from input: Int, to output: Int, widths: [Int]) throws {
    top = try Block(w / "first", from: input, to: widths[0])
    down = try zip(widths, widths.dropFirst()).enumerated().map { index, pair in
      try Block(w / "down_path" / index, from: pair.0, to: pair.1)
    }
    let upward = Array(widths.reversed())
    up = try zip(upward, upward.dropFirst()).enumerated().map { index, pair in
      try Up(w / "up_path" / index, from: pair.0, to: pair.1)
    }
    final = try Convolution(w / "final", from: widths[0], to: output, kernel: [1, 1])
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    var levels = [try top(x)]
    for block in down { levels.append(try block(levels[levels.count - 1].maxPooled([2, 2]))) }
    var x = levels.removeLast()
    for step in up { x = try step(x, skip: levels.removeLast()) }
    return try final(x)
  }

  /// Two convolutions, each with ReLU and then batch normalisation, plus a 1×1 shortcut.
  struct Block: Layer {
    let first: Step
    let second: Step
    let shortcut: Convolution
    let shortcutNorm: BatchNorm

    init(_ w: Weights, from input: Int, to output: Int) throws {
      shortcut = try Convolution(
        w / "shortcut" / 0, from: input, to: output, kernel: [1, 1], bias: false)
      shortcutNorm = try BatchNorm(w / "shortcut" / 1, output)
      first = try Step(w / "block", at: 0, from: input, to: output)
      second = try Step(w / "block", at: 3, from: output, to: output)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      try second(first(x)) + shortcutNorm(shortcut(x))
    }
  }

  /// Convolution, ReLU, batch normalisation: entries `at` and `at + 2` of a numbered sequence.
  struct Step: Layer {
    let convolution: Convolution
    let norm: BatchNorm

    init(_ w: Weights, at index: Int, from input: Int, to output: Int) throws {
      convolution = try Convolution(w / index, from: input, to: output, kernel: [3, 3])
      norm = try BatchNorm(w / (index + 2), output)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try norm(convolution(x).relu()) }
  }

  struct Up: Sendable {
    let enlarge: TransposedConvolution
    let bridge: Step
    let block: Block

    init(_ w: Weights, from input: Int, to output: Int) throws {
      enlarge = try TransposedConvolution(
        w / "up_layer" / "block" / 0, from: input, to: output, kernel: [2, 2])
      bridge = try Step(w / "conv_bridge_layer" / "block", at: 0, from: output, to: output)
      block = try Block(w / "conv_layer", from: 2 * output, to: output)
    }

    func callAsFunction(_ x: Tensor, skip: Tensor) throws -> Tensor {
      try block(.concatenate([enlarge(x), bridge(skip)], axis: 1))
    }
  }
}

extension LittleWNet {
  public static let card = Card(
    id: "lwnet", name: "Little W-Net", branch: .taskSpecific, backbone: "two U-Nets",
    dimensions: 2, task: "vessel segmentation", modality: "colour fundus photograph",
    paper: "Galdran et al., Scientific Reports 2022, arXiv 2009.01907",
    implementation: "github.com/agaldran/lwnet", codeLicence: "MIT",
    intendedUse: "Research on retinal vessels in colour fundus photographs.",
    limits: "Trained on 20 DRIVE images; thin vessels and pathology are often missed. "
      + "Not a medical device.")

  public static let variants = [
    Variant(
      tag: "drive", configuration: Configuration.vessel, parameters: 68_482,
      checkpoint: Checkpoint(
        file: "model_checkpoint.pth",
        url: "https://raw.githubusercontent.com/agaldran/lwnet/"
          + "ce72ddabcf5fc9af14197ac0d43bd29000b17df2/experiments/wnet_drive/model_checkpoint.pth",
        bytes: 919_662,
        sha256: "91f0cada4b26ece63464b05be60f9b3a51f1bcd1f764081d07d3a35961118de1",
        licence: "MIT", trainedOn: ["DRIVE"],
        preparation: Preparation(
          channels: .rgb, normalisation: .unitRange, sizing: .fixed(height: 512, width: 512),
          decision: .threshold(0.42)),
        labels: ["background", "vessel"]),
      manifest: "lwnet")
  ]
}
