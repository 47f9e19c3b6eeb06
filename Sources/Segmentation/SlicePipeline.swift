// The way of a 2-D image, or of each slice of a stack, through a 2-D network.

import Imaging
import Models
import Tensors

struct SlicePipeline {
  let model: any DenseModel
  let preparation: Preparation
  var device = Device.cpu

  func run(
    _ volume: Volume, _ stopwatch: inout Stopwatch, _ progress: (Double) -> Void
  ) throws -> Segmentation {
    let size = volume.geometry.size
    let images = try stopwatch.measure("prepare") { try tensors(volume) }
    var labels: [Int32] = []
    var probabilities: [Float] = []
    var inputs: [[Int]] = []
    labels.reserveCapacity(volume.geometry.count)
    for (index, image) in images.enumerated() {
      let scores = try stopwatch.measure("infer") {
        try inference {
          let input = try fitted(image)
          inputs.append(input.shape)
          return try restored(model.logits(input), height: size.y, width: size.x)
        }
      }
      try stopwatch.measure("decide") {
        try scores.requireNumbers()
        switch preparation.decision {
        case .threshold(let threshold):
          let values = try scores.floats()
          labels += values.map { $0 > Float(threshold) ? 1 : 0 }
          probabilities += values
        case .argmax:
          labels += try scores.argmax(axis: 1).to(.int32).values(as: Int32.self)
        }
      }
      progress(Double(index + 1) / Double(images.count))
    }
    let map = LabelMap(geometry: volume.geometry, labels: labels)
    return Segmentation(
      labels: map,
      probabilities: probabilities.isEmpty
        ? nil : Volume(geometry: volume.geometry, voxels: .float32(probabilities)),
      inputs: inputs)
  }

  /// One normalised tensor (1, C, H, W) for each slice.
  private func tensors(_ volume: Volume) throws -> [Tensor] {
    let size = volume.geometry.size
    let planes = try preparation.planes(of: volume)
    return try (0..<size.z).map { z in
      let slice = z * size.x * size.y..<(z + 1) * size.x * size.y
      let values = try planes.flatMap {
        try preparation.normalised(Array($0[slice]), of: volume.voxels.type)
      }
      return try Tensor(values, shape: [1, planes.count, size.y, size.x]).to(device)
    }
  }

  /// The image in the size that the network wants.
  private func fitted(_ x: Tensor) throws -> Tensor {
    switch preparation.sizing {
    case .any: return x
    case .fixed(let height, let width):
      return try x.resized(to: [height, width], .linear, antialias: true)
    case .multiple(let factor):
      let (down, right) = (
        Self.missing(x.size(2), toMultipleOf: factor), Self.missing(x.size(3), toMultipleOf: factor)
      )
      if down == 0 && right == 0 { return x }
      let reflects = down < x.size(2) && right < x.size(3)
      return try x.padded([(0, right), (0, down)], with: reflects ? .reflect : .replicate)
    }
  }

  /// Probabilities (or scores) on the image's own pixels.
  private func restored(_ logits: Tensor, height: Int, width: Int) throws -> Tensor {
    var scores = logits
    if case .threshold = preparation.decision { scores = try logits.sigmoid() }
    switch preparation.sizing {
    case .any: return scores
    case .fixed: return try scores.resized(to: [height, width], .linear, antialias: true)
    case .multiple:
      return try scores.slice(0..<height, axis: 2).slice(0..<width, axis: 3).contiguous()
    }
  }

  private static func missing(_ size: Int, toMultipleOf factor: Int) -> Int {
    (factor - size % factor) % factor
  }
}

extension Preparation {
  /// The channels that the network reads, each over the whole image.
  func planes(of volume: Volume) throws -> [[Float]] {
    switch channels {
    case .grey: return [try volume.floats(.luminance)]
    case .rgb:
      guard volume.channels >= 3 else {
        throw SegmentationError.needsColour(channels: volume.channels)
      }
      return try (0..<3).map { try volume.floats(.channel($0)) }
    }
  }

  /// The values of one channel of a slice, scaled.
  func normalised(_ values: [Float], of type: VoxelType) throws -> [Float] {
    var values = values
    if invertsBrightImages {
      let (low, high) = type.range ?? (values.min() ?? 0, values.max() ?? 0)
      let mean = values.reduce(0.0) { $0 + Double($1) } / Double(max(values.count, 1))
      if mean > Double(low + high) / 2 { values = values.map { low + high - $0 } }
    }
    return try normalisation.apply(to: values, of: type)
  }
}

extension VoxelType {
  /// The values that an unsigned integer type can hold; `nil` for signed and real types.
  var range: (Float, Float)? {
    switch self {
    case .uint8: (0, 255)
    case .uint16: (0, 65535)
    default: nil
    }
  }
}

extension Preparation.Normalisation {
  /// Scales the values of one image.
  func apply(to values: [Float], of type: VoxelType) throws -> [Float] {
    switch self {
    case .unitRange:
      guard let (_, high) = type.range else {
        throw SegmentationError.unknownRange(type.rawValue)
      }
      return values.map { $0 / high }
    case .zeroMeanUnitVariance: return Intensity.zeroMeanUnitVariance(values)
    case .standardised(let limit):
      let (low, high) = (Float(-limit), Float(limit))
      return Intensity.zeroMeanUnitVariance(values).map { min(max($0, low), high) }
    case .minMax: return Intensity.minMax(values)
    case .quantiles(let low, let high):
      return try Intensity.quantile(values, fractions: low...high, clipping: false)
    }
  }
}
