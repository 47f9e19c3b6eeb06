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
  var image = false
  var hasBias = true
  /// 1 where a sum follows.
  var slope: Float = 0.01

  static let epsilon = 1e-5

  var parameters: [(name: String, shape: [Int])] {
    [("\(name).conv.weight", [outputs, inputs.reduce(0, +)] + kernel)]
      + (hasBias ? [("\(name).conv.bias", [outputs])] : [])
      + [("\(name).norm.weight", [outputs]), ("\(name).norm.bias", [outputs])]
  }
}

/// One stage of the encoder.
enum TrainedStage: Sendable {
  case plain([TrainedBlock])
  case residual([TrainedResidualBlock])

  /// In the order of the way forwards.
  var blocks: [TrainedBlock] {
    switch self {
    case .plain(let blocks): blocks
    case .residual(let blocks): blocks.flatMap(\.blocks)
    }
  }

  var stride: [Int] { blocks[0].stride }
}

/// Two convolutions beside a shortcut, which is pooled and projected where size or width change.
struct TrainedResidualBlock: Sendable {
  let first: TrainedBlock
  let second: TrainedBlock
  let pooling: [Int]?
  let projection: TrainedBlock?

  var blocks: [TrainedBlock] { [first, second] + (projection.map { [$0] } ?? []) }

  init(_ name: String, from input: Int, to output: Int, kernel: [Int], stride: [Int]) {
    let still = kernel.map { _ in 1 }
    first = TrainedBlock(
      name: "\(name).conv1", inputs: [input], outputs: output, kernel: kernel, stride: stride)
    second = TrainedBlock(
      name: "\(name).conv2", inputs: [output], outputs: output, kernel: kernel, stride: still,
      slope: 1)
    pooling = stride == still ? nil : Array(repeating: 1, count: 3 - stride.count) + stride
    projection =
      input == output
      ? nil
      : TrainedBlock(
        // The pooling comes first in the official sequence.
        name: "\(name).skip.\(stride == still ? 0 : 1)", inputs: [input], outputs: output,
        kernel: still, stride: still, hasBias: false, slope: 1)
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

/// All layers of a network.
struct GradientPlan: Sendable {
  let inputChannels: Int
  /// What reads the image before the residual stages.
  let stem: TrainedBlock?
  /// The finest first.
  let encoder: [TrainedStage]
  /// From the coarsest stage up.
  let decoder: [TrainedDecoder]

  init(_ c: NNUNet.Configuration) throws {
    let kernels = c.kernels.flatMap { $0 }
    let strides = zip(c.strides, c.kernels).dropFirst(c.encoder == .plain ? 1 : 0).flatMap {
      zip($0, $1)
    }
    guard kernels.allSatisfy({ $0 == 1 || $0 == 3 }),
      strides.allSatisfy({ stride, kernel in stride == 1 || stride == 2 && kernel == 3 })
    else {
      throw TensorError.mismatch(
        "kernels \(c.kernels) with strides \(c.strides) have no gradients of our own; "
          + "kernels are 1 or 3, strides 1, or 2 where the kernel is 3")
    }
    inputChannels = c.inputChannels
    let residual = c.encoder == .residual
    stem =
      residual
      ? TrainedBlock(
        name: "encoder.stem.convs.0", inputs: [c.inputChannels], outputs: c.features[0],
        kernel: c.kernels[0], stride: c.kernels[0].map { _ in 1 }, image: true) : nil
    encoder = c.features.indices.map { stage in
      let previous = c.features[max(0, stage - 1)]
      guard !residual else {
        return .residual(
          (0..<c.encoderBlocks[stage]).map { index in
            TrainedResidualBlock(
              "encoder.stages.\(stage).blocks.\(index)",
              from: index == 0 ? previous : c.features[stage], to: c.features[stage],
              kernel: c.kernels[stage],
              stride: index == 0 ? c.strides[stage] : c.kernels[stage].map { _ in 1 })
          })
      }
      return .plain(
        (0..<c.encoderBlocks[stage]).map { index in
          let first = index == 0
          let input =
            !first ? c.features[stage] : stage == 0 ? c.inputChannels : c.features[stage - 1]
          return TrainedBlock(
            name: "encoder.stages.\(stage).0.convs.\(index)", inputs: [input],
            outputs: c.features[stage], kernel: c.kernels[stage],
            stride: first ? c.strides[stage] : c.kernels[stage].map { _ in 1 },
            image: first && stage == 0)
        })
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
            kernel: c.kernels[below - 1], stride: c.kernels[below - 1].map { _ in 1 })
        }, classifier: "decoder.seg_layers.\(step)", classes: c.classes)
    }
  }

  var blocks: [TrainedBlock] { encoderBlocks + decoder.flatMap(\.blocks) }

  private var encoderBlocks: [TrainedBlock] {
    (stem.map { [$0] } ?? []) + encoder.flatMap(\.blocks)
  }

  var parameters: [(name: String, shape: [Int])] {
    encoderBlocks.flatMap(\.parameters) + decoder.flatMap(\.parameters)
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
    let axes = encoder[0].stride.count
    guard image.rank == axes + 2, image.size(1) == inputChannels, image.count > 0 else {
      throw TensorError.mismatch(
        "an image of shape \(image.shape) for \(inputChannels) channels and \(axes) axes")
    }
    let factors = encoder.map(\.stride)
      .reduce(Array(repeating: 1, count: axes)) { zip($0, $1).map(*) }
    guard zip(image.shape.dropFirst(2), factors).allSatisfy({ $0 % $1 == 0 }) else {
      throw TensorError.mismatch("an image of shape \(image.shape) cannot be reduced by \(factors)")
    }
  }
}
