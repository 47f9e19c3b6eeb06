// Where the mask decoders of SAM and EfficientSAM differ, so that they can share all the rest.

import Layers
import Tensors
import Weights

/// A training code's habits: what it computes differently, and what it calls its layers.
enum DecoderStyle: Sendable {
  case segmentAnything
  case efficientSAM

  /// Between the linear layers of transformer blocks and heads.
  var activation: Activation { self == .segmentAnything ? .relu : .gelu }

  /// The two layers of a transformer block's perceptron.
  var feedForwardNames: (String, String) {
    self == .segmentAnything ? ("lin1", "lin2") : ("layers.0.0", "fc")
  }

  /// Two steps from the embedding (B, C, h, w) to a map with four times its rows and columns
  /// (B, C / 8, S, S), and the normalisation between them.
  func enlargement(_ w: Weights, width: Int) throws -> (
    TransposedConvolution, any Layer, TransposedConvolution
  ) {
    let (middle, last) = (width / 4, width / 8)
    func step(_ w: Weights, _ input: Int, _ output: Int) throws -> TransposedConvolution {
      try TransposedConvolution(w, from: input, to: output, kernel: [2, 2])
    }
    switch self {
    case .segmentAnything:
      let up = w / "output_upscaling"
      let norm = try ChannelNorm(up / 1, middle)
      return (try step(up / 0, width, middle), norm, try step(up / 3, middle, last))
    case .efficientSAM:
      let up = w / "final_output_upscaling_layers"
      // One group: the mean is that of the whole map, where SAM's is that of a pixel's channels.
      let norm = try GroupNorm(up / 0 / 1, middle, groups: 1)
      return (try step(up / 0 / 0, width, middle), norm, try step(up / 1 / 0, middle, last))
    }
  }

  /// From a token to the weights of its mask, or to the expected overlaps.
  func head(_ w: Weights, widths: [Int]) throws -> MultilayerPerceptron {
    let hidden = (0..<widths.count - 2).map { "layers.\($0).0" }
    return try MultilayerPerceptron(
      w, widths: widths, activation: activation,
      names: self == .segmentAnything ? nil : hidden + ["fc"])
  }
}
