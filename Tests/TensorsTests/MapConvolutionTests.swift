// Packed convolutions of feature maps against libtorch in float64: every kernel, odd sizes, few channels.

import Testing

@testable import Tensors

@Suite(.serialized) struct MapConvolutionTests {
  /// A layer and the size of what it reads.
  struct Case: Sendable, CustomTestStringConvertible {
    var inputs: [Int]
    var outputs: Int
    var size: [Int]
    var kernel = [3, 3, 3]
    var stride = [1, 1, 1]
    var method: MapConvolution.Method?
    var testDescription: String {
      "\(inputs) → \(outputs), \(size), kernel \(kernel), stride \(stride), "
        + (method.map { "\($0)" } ?? "as chosen")
    }
  }

  static let filtered: [Case] = [
    Case(inputs: [3], outputs: 5, size: [5, 9, 14], method: .tiles(together: 5)),
    Case(inputs: [8], outputs: 32, size: [1, 7, 6], method: .tiles(together: 12)),
    Case(inputs: [5], outputs: 8, size: [2, 5, 17], method: .steps),
    Case(inputs: [40, 5], outputs: 24, size: [6, 10, 13], method: .tiles(together: 3)),
    Case(inputs: [32], outputs: 40, size: [8, 4, 4], method: .steps),
    Case(inputs: [1], outputs: 1, size: [3, 1, 2], method: .tiles(together: 12)),
    Case(inputs: [8], outputs: 40, size: [3, 10, 11], kernel: [1, 3, 3], method: .steps),
    Case(
      inputs: [5], outputs: 3, size: [2, 8, 9], kernel: [1, 3, 3], method: .tiles(together: 12)),
  ]

  static let direct: [Case] = [
    Case(inputs: [3], outputs: 5, size: [5, 9, 14], method: .rows(together: 4)),
    Case(inputs: [40, 8], outputs: 32, size: [3, 6, 5], method: .copy),
    Case(inputs: [8], outputs: 40, size: [5, 9, 7], stride: [2, 2, 2], method: .copy),
    Case(
      inputs: [32], outputs: 8, size: [6, 8, 10], stride: [1, 2, 2], method: .rows(together: 3)),
    Case(inputs: [8], outputs: 3, size: [1, 3, 3], stride: [2, 2, 2], method: .rows(together: 1)),
    Case(
      inputs: [5], outputs: 32, size: [2, 5, 7], kernel: [1, 1, 1], method: .rows(together: 2)),
    Case(inputs: [32], outputs: 5, size: [4, 9, 3], kernel: [3, 1, 1], method: .copy),
    Case(
      inputs: [8], outputs: 8, size: [2, 6, 6], kernel: [1, 3, 3], stride: [1, 2, 2],
      method: .rows(together: 2)),
  ]

  static let chosen: [Case] = [
    Case(inputs: [32], outputs: 32, size: [9, 18, 21]),
    Case(inputs: [64], outputs: 96, size: [4, 4, 4]),
    Case(inputs: [128], outputs: 160, size: [8, 8, 8]),
    Case(inputs: [40, 8], outputs: 8, size: [5, 6, 7]),
  ]

  /// What a case computes with, and what libtorch finds in float64.
  struct Material {
    let maps: [FeatureMap]
    let convolution: MapConvolution
    let expected: Tensor
    let pool = PagePool()

    init(_ c: Case, unit: MapUnit, seed: UInt64 = 1, offset: Double = 0) throws {
      let generator = try RandomGenerator(seed: seed)
      let images = try c.inputs.map { try generator.normal([1, $0] + c.size) }
      let all = c.inputs.reduce(0, +)
      let weight = try generator.normal([c.outputs, all] + c.kernel) * 0.1
      let bias = try generator.normal([c.outputs]) + offset
      var convolution = try MapConvolution(
        weight: weight, bias: bias, stride: c.stride, inputs: c.inputs, unit: unit)
      convolution.forced = c.method
      self.convolution = convolution
      let pool = pool
      maps = try images.map { try FeatureMap($0, unit: unit, pool: pool) }
      // Each map is read through a normalisation and a leaky ReLU, which must leave the border zero.
      var read: [Tensor] = []
      for (image, map) in zip(images, maps) {
        let channels = image.size(1)
        map.moments = (
          (0..<channels).map { Double($0) * 0.1 }, (0..<channels).map { 1 + Double($0) * 0.3 }
        )
        let (gain, shift) = (
          try generator.normal([channels]).floats(), try generator.normal([channels]).floats()
        )
        try map.normalise(weight: gain, bias: shift, epsilon: 1e-5, slope: 0.01)
        let inverse = try map.moments.map { $0.variance.map { 1 / ($0 + 1e-5).squareRoot() } } ?? []
        let scale = zip(gain, inverse).map { Double($0) * $1 }
        let addend = zip(zip(shift, scale), map.moments?.mean ?? []).map {
          Double($0.0) - $0.1 * $1
        }
        let axes = [1, channels, 1, 1, 1]
        let y =
          try image.to(.float64) * Tensor(scale, shape: axes) + Tensor(addend, shape: axes)
        read.append(try y.leakyReLU())
      }
      expected = try Tensor.concatenate(read, axis: 1).convolved(
        weight.to(.float64), bias: bias.to(.float64), stride: c.stride,
        padding: c.kernel.map { ($0 - 1) / 2 }, dilation: [1, 1, 1])
    }

    func result(_ storage: MapStorage = .float32) throws -> FeatureMap {
      try convolution(maps.map { .kept($0) }, storage: storage, pool: pool)
    }
  }

  @Test(arguments: MapUnit.available, filtered)
  func filteringAgreesWithFloat64(_ unit: MapUnit, _ c: Case) throws {
    let material = try Material(c, unit: unit)
    let error = try material.result().tensor(unit: unit).error(to: material.expected)
    #expect(error < 5e-6, "\(error)")
  }

  @Test(arguments: MapUnit.available, direct)
  func directConvolutionAgreesWithFloat64(_ unit: MapUnit, _ c: Case) throws {
    let material = try Material(c, unit: unit)
    let found = try material.result().tensor(unit: unit)
    #expect(found.shape == material.expected.shape)
    let error = try found.error(to: material.expected)
    #expect(error < 1e-6, "\(error)")
  }

  @Test(arguments: MapUnit.available, chosen)
  func whateverIsChosenAgreesWithFloat64(_ unit: MapUnit, _ c: Case) throws {
    let material = try Material(c, unit: unit)
    let error = try material.result().tensor(unit: unit).error(to: material.expected)
    #expect(error < 5e-6, "\(error)")
  }

  @Test(arguments: MapUnit.available, filtered + direct)
  func momentsKeepTheirDigitsBesideALargeMean(_ unit: MapUnit, _ c: Case) throws {
    let material = try Material(c, unit: unit, offset: 1000)
    let moments = try #require(try material.result().moments)
    let pixels = try material.expected.reshaped([c.outputs, -1])
    let mean = try pixels.mean(1).values(as: Double.self)
    let variance = try pixels.variance(1).values(as: Double.self)
    for channel in 0..<c.outputs {
      #expect(abs(moments.mean[channel] / mean[channel] - 1) < 1e-6)
      // A float32 near 1000 ends 6e-5 behind the point.
      let bound = 3e-4 * variance[channel] + 1e-7
      #expect(abs(moments.variance[channel] - variance[channel]) < bound)
    }
  }

  @Test(arguments: MapUnit.available, [filtered[0], filtered[2], direct[0], direct[1]])
  func resultsDoNotDependOnTheNumberOfThreads(_ unit: MapUnit, _ c: Case) throws {
    let before = try Engine.threads
    defer { try? Engine.setThreads(before) }
    let found = try [1, 2, 3].map { threads in
      try Engine.setThreads(threads)
      let map = try Material(c, unit: unit).result()
      return (try map.tensor(unit: unit).floats(), map.moments?.variance)
    }
    #expect(found[0].0 == found[1].0 && found[0].0 == found[2].0)
    #expect(found[0].1 == found[1].1 && found[0].1 == found[2].1)
  }

  @Test(arguments: MapUnit.available, [filtered[3], direct[0]])
  func halfPrecisionRoundsToElevenBits(_ unit: MapUnit, _ c: Case) throws {
    let material = try Material(c, unit: unit)
    let map = try material.result(.float16)
    let error = try map.tensor(unit: unit).error(to: material.expected)
    #expect(error > 1e-5 && error < 4e-4, "\(error)")
  }

  /// Filtering adds what it later subtracts: values of very different size are its hard case.
  @Test(arguments: MapUnit.available, [1e-3, 1e3, 1e6])
  func filteringBearsLargeDynamicRanges(_ unit: MapUnit, _ range: Double) throws {
    let generator = try RandomGenerator(seed: 4)
    let factors = try Tensor((0..<16).map { $0 % 2 == 0 ? 1 : range }, shape: [1, 16, 1, 1, 1])
    let image = try (generator.normal([1, 16, 9, 12, 12]) * factors.to(.float32)).relu()
    let weight = try generator.normal([16, 16, 3, 3, 3])
    var convolution = try MapConvolution(weight: weight, bias: nil, inputs: [16], unit: unit)
    convolution.forced = .tiles(together: 12)
    let pool = PagePool()
    let map = try FeatureMap(image, unit: unit, pool: pool)
    let found = try convolution([.kept(map)], storage: .float32, pool: pool).tensor(unit: unit)
    let exact = try image.to(.float64).convolved(
      weight.to(.float64), bias: nil, stride: [1, 1, 1], padding: [1, 1, 1], dilation: [1, 1, 1])
    #expect(try found.error(to: exact) < 5e-6)
  }

  @Test(arguments: MapUnit.available)
  func brokenValuesShowThrough(_ unit: MapUnit) throws {
    for c in [Self.filtered[0], Self.direct[0]] {
      let material = try Material(c, unit: unit)
      let plane = try #require(material.maps[0].planes[2]?.floats)
      plane[0] = .nan
      let found = try material.result().tensor(unit: unit).floats()
      #expect(found[2 * 9 * 14].isNaN)
      #expect(found[4 * 9 * 14 + 8 * 14 + 13].isFinite)
    }
  }

  @Test func mapsThatDoNotFitAreRefused() throws {
    let unit = MapUnit.plainC
    let pool = PagePool()
    let weight = try Tensor.zeros([4, 8, 3, 3, 3])
    #expect(throws: TensorError.self) {
      try MapConvolution(weight: weight, bias: nil, inputs: [7], unit: unit)
    }
    #expect(throws: TensorError.self) {
      try MapConvolution(weight: .zeros([4, 8, 5, 5]), bias: nil, inputs: [8], unit: unit)
    }
    let convolution = try MapConvolution(weight: weight, bias: nil, inputs: [8], unit: unit)
    let map = try FeatureMap(.zeros([1, 40, 2, 2, 2]), unit: unit, pool: pool)
    #expect(throws: TensorError.self) {
      try convolution([.kept(map)], storage: .float32, pool: pool)
    }
  }
}

extension FeatureMap {
  /// A map of the elements of a tensor (1, C, D, H, W).
  convenience init(_ tensor: Tensor, unit: MapUnit, pool: PagePool) throws {
    let shape = tensor.shape
    try self.init(
      depth: shape[2], rows: shape[3], columns: shape[4], channels: shape[1], unit: unit,
      storage: .float32, pool: pool)
    let values = try tensor.floats()
    for z in 0..<depth {
      guard let plane = planes[z]?.floats else { continue }
      plane.update(repeating: 0, count: rows * row)
      for c in 0..<channels {
        for y in 0..<rows {
          for x in 0..<columns {
            plane[y * row + x * pixel + c] = values[((c * depth + z) * rows + y) * columns + x]
          }
        }
      }
    }
  }
}

extension Tensor {
  /// ‖self − exact‖ / ‖exact‖.
  func error(to exact: Tensor) throws -> Double {
    let (exact, found) = (try exact.to(.float64), try to(.float64))
    let difference = try found - exact
    let all = try (exact * exact).sum().item()
    return try ((difference * difference).sum().item() / max(all, 1e-300)).squareRoot()
  }
}
