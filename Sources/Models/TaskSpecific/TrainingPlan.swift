// The layers of nnU-Net as training goes through them: names, channels, kernels and strides.

import Tensors

/// Convolution, instance normalisation and leaky ReLU.
struct TrainedBlock: Sendable {
  /// Such as `encoder.stages.0.0.convs.0`.
  let name: String
  /// Channels of each map that is read.
  let inputs: [Int]
  let outputs: Int
  let kernel: [Int]
  let stride: [Int]
  /// Whether the image itself is read.
  let image: Bool

  static let epsilon = 1e-5
  static let slope: Float = 0.01

  var parameters: [(name: String, shape: [Int])] {
    [
      ("\(name).conv.weight", [outputs, inputs.reduce(0, +)] + kernel),
      ("\(name).conv.bias", [outputs]),
      ("\(name).norm.weight", [outputs]),
      ("\(name).norm.bias", [outputs]),
    ]
  }
}

/// One step of the decoder: enlargement, convolutions behind the skip, scores.
struct TrainedDecoder: Sendable {
  let upsampler: String
  let from: Int
  let to: Int
  let factor: [Int]
  let blocks: [TrainedBlock]
  let classifier: String
  let classes: Int

  var parameters: [(name: String, shape: [Int])] {
    [("\(upsampler).weight", [from, to] + factor), ("\(upsampler).bias", [to])]
      + blocks.flatMap(\.parameters) + [
        ("\(classifier).weight", [classes, to] + factor.map { _ in 1 }),
        ("\(classifier).bias", [classes]),
      ]
  }
}

/// All layers of a plain network.
struct TrainingPlan: Sendable {
  let inputChannels: Int
  /// Convolutions of each stage, the finest first.
  let encoder: [[TrainedBlock]]
  /// From the coarsest stage up.
  let decoder: [TrainedDecoder]

  init(_ c: NNUNet.Configuration) throws {
    guard c.encoder == .plain else {
      throw TensorError.mismatch("a residual encoder has no gradients of our own")
    }
    let kernels = c.kernels.flatMap { $0 }
    let strides = zip(c.strides, c.kernels).dropFirst().flatMap { zip($0, $1) }
    guard kernels.allSatisfy({ $0 == 1 || $0 == 3 }),
      strides.allSatisfy({ stride, kernel in stride == 1 || stride == 2 && kernel == 3 })
    else {
      throw TensorError.mismatch(
        "kernels \(c.kernels) with strides \(c.strides) have no gradients of our own; "
          + "kernels are 1 or 3, strides 1, or 2 where the kernel is 3")
    }
    inputChannels = c.inputChannels
    encoder = c.features.indices.map { stage in
      (0..<c.encoderBlocks[stage]).map { index in
        let first = index == 0
        let input =
          !first ? c.features[stage] : stage == 0 ? c.inputChannels : c.features[stage - 1]
        return TrainedBlock(
          name: "encoder.stages.\(stage).0.convs.\(index)", inputs: [input],
          outputs: c.features[stage], kernel: c.kernels[stage],
          stride: first ? c.strides[stage] : c.kernels[stage].map { _ in 1 },
          image: first && stage == 0)
      }
    }
    decoder = (1..<c.features.count).reversed().enumerated().map { step, below in
      let width = c.features[below - 1]
      return TrainedDecoder(
        upsampler: "decoder.transpconvs.\(step)", from: c.features[below], to: width,
        factor: c.strides[below],
        blocks: (0..<c.decoderConvolutions[below - 1]).map { index in
          TrainedBlock(
            name: "decoder.stages.\(step).convs.\(index)",
            inputs: index == 0 ? [width, width] : [width], outputs: width,
            kernel: c.kernels[below - 1], stride: c.kernels[below - 1].map { _ in 1 },
            image: false)
        }, classifier: "decoder.seg_layers.\(step)", classes: c.classes)
    }
  }

  var blocks: [TrainedBlock] { encoder.flatMap { $0 } + decoder.flatMap(\.blocks) }

  var parameters: [(name: String, shape: [Int])] {
    encoder.flatMap { $0 }.flatMap(\.parameters) + decoder.flatMap(\.parameters)
  }

  func check(image: Tensor, parameters given: [String: Tensor]) throws {
    for (name, shape) in parameters {
      guard let tensor = given[name] else {
        throw TensorError.mismatch("the parameter \(name) is missing")
      }
      guard tensor.shape == shape, tensor.dtype == .float32 else {
        throw TensorError.mismatch(
          "\(name) is \(tensor.dtype) \(tensor.shape), expected float32 \(shape)")
      }
    }
    let axes = encoder[0][0].kernel.count
    guard image.rank == axes + 2, image.size(1) == inputChannels, image.count > 0 else {
      throw TensorError.mismatch(
        "an image of shape \(image.shape) for \(inputChannels) channels and \(axes) axes")
    }
    let factors = encoder.map { $0[0].stride }
      .reduce(Array(repeating: 1, count: axes)) { zip($0, $1).map(*) }
    guard zip(image.shape.dropFirst(2), factors).allSatisfy({ $0 % $1 == 0 }) else {
      throw TensorError.mismatch("an image of shape \(image.shape) cannot be reduced by \(factors)")
    }
  }
}
