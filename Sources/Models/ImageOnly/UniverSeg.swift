// UniverSeg: a U-Net that is given its task as images with masks, and compares the image with each of them.
// Paper: Butoi et al., ICCV 2023, arXiv 2304.06131.
// Reference implementation: github.com/JJGO/UniverSeg (Apache-2.0).
// Weights: OpenRAIL++-M, research use only.

import Layers
public import Tensors
public import Weights

/// At every level the features of the target meet those of each example in one shared convolution; the mean
/// of what comes of it goes on as the target, and each by itself as the example.
///
/// A convolution of target and example side by side is the sum of one of either, and the mean of the sums is
/// the sum of the means. So the target's half is computed once whatever the number of examples, the last
/// level needs the mean of all examples alone, and a few examples at a time are enough to be held at full
/// size. This differs from the official order of operations by rounding.
///
/// Features of examples depend on the target from the first convolution on; several targets cannot share
/// them.
public struct UniverSeg: InContextModel {
  public struct Configuration: Sendable, Hashable, Codable {
    /// Channels of each level of the encoder, the finest first; the decoder goes back the same way.
    public var widths: [Int]

    public init(widths: [Int]) { self.widths = widths }

    /// The published network.
    public static let v1 = Configuration(widths: [64, 64, 64, 64])

    /// The network that ships with the product: narrow where pixels are many, and a level more.
    public static let small = Configuration(widths: [16, 32, 64, 64, 64])
  }

  let encoder: [CrossBlock]
  let decoder: [CrossBlock]
  let output: Convolution

  public init(_ w: Weights, _ c: Configuration) throws {
    guard let finest = c.widths.first, c.widths.allSatisfy({ $0 > 0 }) else {
      throw TensorError.mismatch(
        "UniverSeg has a width above 0 at each of one or more levels; these are \(c.widths)")
    }
    encoder = try c.widths.enumerated().map { level, width in
      let inputs = level == 0 ? (target: 1, support: 2) : (c.widths[level - 1], c.widths[level - 1])
      return try CrossBlock(w / "enc_blocks" / level, from: inputs, to: width)
    }
    let upward = Array(c.widths.reversed())
    decoder = try zip(upward, upward.dropFirst()).enumerated().map { step, pair in
      let input = pair.0 + pair.1
      return try CrossBlock(w / "dec_blocks" / step, from: (input, input), to: pair.1)
    }
    output = try Convolution(w / "out_conv" / "conv", from: finest, to: 1, kernel: [1, 1])
  }

  public func logits(_ target: Tensor, support: SupportTensors) throws -> Tensor {
    try requireFit(target, support, channels: 1, multiple: 1 << (encoder.count - 1))
    var target = target  // (B, C, H, W) of each level
    var examples = try Examples(support, targets: target.size(0))
    var skips: [(target: Tensor, examples: Examples)] = []
    for (level, block) in encoder.enumerated() {
      let own = try block.half(ofTarget: target)
      let isCoarsest = level == encoder.count - 1
      var (kept, reduced) = (Collected(), Collected())
      for part in examples.parts {
        let found = try block.example(own, part)
        if isCoarsest {
          try reduced.add(found)
        } else {
          // At full size the decoder wants nothing of the examples but their mean.
          try kept.add(found, keepsPart: level > 0)
          try reduced.add(found.each { try $0.maxPooled([2, 2]) })
        }
      }
      target = try block.target(own, examples.mean)
      if !isCoarsest {
        skips.append((target, try kept.examples()))
        target = try target.maxPooled([2, 2])
      }
      examples = try reduced.examples()
    }
    for (step, block) in decoder.enumerated() {
      let skip = skips.removeLast()
      let own = try block.half(ofTarget: .concatenate([target.doubled(), skip.target], axis: 1))
      let mean = try Tensor.concatenate([examples.mean.doubled(), skip.examples.mean], axis: 1)
      target = try block.target(own, mean)
      if step == decoder.count - 1 { break }
      var collected = Collected()
      for (part, other) in zip(examples.parts, skip.examples.parts) {
        let both = try Tensor.concatenate([part.each { try $0.doubled() }, other], axis: 2)
        try collected.add(block.example(own, both))
      }
      examples = try collected.examples()
    }
    return try output(target)
  }

  public func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    try inContextOutputs(for: inputs)
  }
}

extension UniverSeg {
  /// The convolution in which target and example meet, and one more for each side.
  struct CrossBlock: Sendable {
    let cross: Convolution
    let targetConvolution: Convolution
    let supportConvolution: Convolution
    /// Input channels of `cross` that read the target; the others read the example.
    let targetChannels: Int

    init(_ w: Weights, from input: (target: Int, support: Int), to output: Int) throws {
      cross = try Convolution(
        w / "cross" / "cross_conv", from: input.target + input.support, to: output, kernel: [3, 3])
      targetConvolution = try Convolution(
        w / "target" / "vmapped" / "conv", from: output, to: output, kernel: [3, 3])
      // In the last block of the network nobody reads what this one would give.
      supportConvolution = try Convolution(
        w / "support" / "vmapped" / "conv", from: output, to: output, kernel: [3, 3])
      targetChannels = input.target
    }

    /// What the target (B, C, H, W) adds to each interaction.
    func half(ofTarget x: Tensor) throws -> Tensor {
      try half(x, channels: 0..<targetChannels, bias: cross.bias)
    }

    /// The new target (B, C', H, W), from its half and the mean of all examples (B, C, H, W).
    func target(_ own: Tensor, _ mean: Tensor) throws -> Tensor {
      try targetConvolution(own + half(ofExample: mean)).leakyReLU()
    }

    /// The new examples (B, k, C', H, W), from the target's half and the examples (B, k, C, H, W).
    func example(_ own: Tensor, _ examples: Tensor) throws -> Tensor {
      let own = try own.unsqueezed(1)
      return try (examples.each(half(ofExample:)) + own)
        .each { try supportConvolution($0).leakyReLU() }
    }

    private func half(ofExample x: Tensor) throws -> Tensor {
      try half(x, channels: targetChannels..<cross.weight.size(1), bias: nil)
    }

    private func half(_ x: Tensor, channels: Range<Int>, bias: Tensor?) throws -> Tensor {
      try x.convolved(
        cross.weight.slice(channels, axis: 1), bias: bias, stride: cross.stride,
        padding: cross.padding, dilation: cross.dilation)
    }
  }

  /// The examples of one level: a few at a time, and the mean of all.
  private struct Examples {
    /// Few enough for their features to be small beside the network, many enough for the processor.
    static let atATime = 8

    let parts: [Tensor]  // each (B, k, C, H, W)
    let mean: Tensor  // (B, C, H, W)

    init(parts: [Tensor], mean: Tensor) {
      self.parts = parts
      self.mean = mean
    }

    /// Images and masks as channels, for each of `targets`.
    init(_ support: SupportTensors, targets: Int) throws {
      var joined = try Tensor.concatenate([support.images, support.masks], axis: 2)
      if joined.size(0) != targets {
        joined = try joined.expanded([targets] + joined.shape.dropFirst())
      }
      let count = joined.size(1)
      let step = max(1, Self.atATime / targets)
      parts = try stride(from: 0, to: count, by: step).map {
        try joined.slice($0..<min($0 + step, count), axis: 1)
      }
      mean = try joined.mean(1)
    }
  }

  /// Examples as they are computed, part by part.
  private struct Collected {
    private var parts: [Tensor] = []
    private var sum: Tensor?
    private var count = 0

    mutating func add(_ part: Tensor, keepsPart: Bool = true) throws {
      let ofPart = try part.sum(1)
      sum = try sum.map { try $0 + ofPart } ?? ofPart
      count += part.size(1)
      if keepsPart { parts.append(part) }
    }

    func examples() throws -> Examples {
      guard let sum else { throw TensorError.mismatch("a network was given no examples") }
      return Examples(parts: parts, mean: try sum / Double(count))
    }
  }
}

extension Tensor {
  /// Applies a function of (N, C, H, W) to each example of (B, k, C, H, W).
  fileprivate func each(_ function: (Tensor) throws -> Tensor) throws -> Tensor {
    let result = try function(flattened(from: 0, to: 1))
    return try result.reshaped(Array(shape[..<2]) + result.shape.dropFirst())
  }

  /// Twice as high and wide, the corners staying in place.
  fileprivate func doubled() throws -> Tensor {
    try resized(to: [2 * size(-2), 2 * size(-1)], .linear, alignCorners: true)
  }
}
