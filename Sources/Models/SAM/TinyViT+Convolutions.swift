// The convolutional parts of TinyViT.

import Layers
import Tensors
import Weights

/// A convolution without bias, then batch normalisation.
struct NormedConvolution: Layer {
  let convolution: Convolution
  let norm: BatchNorm

  init(
    _ w: Weights, from input: Int, to output: Int, kernel: Int, stride: Int = 1, groups: Int = 1
  ) throws {
    convolution = try Convolution(
      w / "c", from: input, to: output, kernel: [kernel, kernel], stride: [stride, stride],
      groups: groups, bias: false)
    norm = try BatchNorm(w / "bn", output)
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor { try norm(convolution(x)) }
}

/// Widens, filters each channel, narrows, and adds what came in (MBConv).
struct InvertedBottleneck: Layer {
  let parts: (NormedConvolution, NormedConvolution, NormedConvolution)

  init(_ w: Weights, width: Int) throws {
    let inner = 4 * width
    parts = (
      try NormedConvolution(w / "conv1", from: width, to: inner, kernel: 1),
      try NormedConvolution(w / "conv2", from: inner, to: inner, kernel: 3, groups: inner),
      try NormedConvolution(w / "conv3", from: inner, to: width, kernel: 1)
    )
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try (x + parts.2(parts.1(parts.0(x).gelu()).gelu())).gelu()
  }
}

/// The step from one stage to the next: another width and, with a stride of 2, half the size.
struct PatchMerger: Layer {
  let parts: (NormedConvolution, NormedConvolution, NormedConvolution)

  init(_ w: Weights, from input: Int, to output: Int, stride: Int) throws {
    parts = (
      try NormedConvolution(w / "conv1", from: input, to: output, kernel: 1),
      try NormedConvolution(
        w / "conv2", from: output, to: output, kernel: 3, stride: stride, groups: output),
      try NormedConvolution(w / "conv3", from: output, to: output, kernel: 1)
    )
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try parts.2(parts.1(parts.0(x).gelu()).gelu())
  }
}
