// Chains of feature maps against libtorch: enlargement on the way, pooling, sums, scores, memory that is reused.

import Testing

@testable import Tensors

@Suite struct FeatureMapTests {
  static let zero = [0, 0, 0]
  static let one = [1, 1, 1]

  @Test(arguments: MapUnit.available, [[2, 2, 2], [1, 2, 2], [2, 1, 3]])
  func aTransposedConvolutionIsReadAsItIsMade(_ unit: MapUnit, _ factor: [Int]) throws {
    let generator = try RandomGenerator(seed: 2)
    let pool = PagePool()
    let low = try generator.normal([1, 24, 5, 4, 3])
    let size = zip([5, 4, 3], factor).map { $0 * $1 }
    let skip = try generator.normal([1, 8] + size)
    let up = try generator.normal([24, 8] + factor) * 0.2
    let (upBias, bias) = (try generator.normal([8]), try generator.normal([8]))
    let weight = try generator.normal([8, 16, 3, 3, 3]) * 0.1
    let raised = try low.to(.float64).convolvedTransposed(
      up.to(.float64), bias: upBias.to(.float64), stride: factor, padding: Self.zero,
      outputPadding: Self.zero)
    let exact = try Tensor.concatenate([raised, skip.to(.float64)], axis: 1).convolved(
      weight.to(.float64), bias: bias.to(.float64), stride: Self.one, padding: Self.one,
      dilation: Self.one)
    var convolution = try MapConvolution(weight: weight, bias: bias, inputs: [8, 8], unit: unit)
    let upsampler = try MapConvolution(enlarging: up, bias: upBias, unit: unit)
    for method in [MapConvolution.Method.tiles(together: 4), .rows(together: 2), .steps, .copy] {
      convolution.forced = method
      let maps = try [low, skip].map { try FeatureMap($0, unit: unit, pool: pool) }
      let found = try convolution(
        [.enlarged(maps[0], by: upsampler), .consumed(maps[1])], storage: .float32, pool: pool)
      let error = try found.tensor(unit: unit).error(to: exact)
      #expect(error < 5e-6, "\(method): \(error)")
      // Nobody reads these again.
      #expect(maps.allSatisfy { $0.planes.allSatisfy { $0 == nil } })
    }
  }

  @Test(arguments: MapUnit.available, [1, 3, 5])
  func scoresOfAnImageAreLibtorchs(_ unit: MapUnit, _ channels: Int) throws {
    let batch = channels == 3 ? 2 : 1
    let generator = try RandomGenerator(seed: 3)
    let pool = PagePool()
    for size in [[5, 7, 9], [6, 11]] {
      let kernel = size.map { _ in 3 }
      let single = size.map { _ in 1 }
      let image = try generator.normal([batch, channels] + size)
      let first = try generator.normal([12, channels] + kernel)
      let last = try generator.normal([37, 12] + single)
      let bias = try generator.normal([37])
      let exact = try image.to(.float64).convolved(
        first.to(.float64), bias: nil, stride: single, padding: single, dilation: single
      ).leakyReLU().convolved(
        last.to(.float64), bias: bias.to(.float64), stride: single,
        padding: size.map { _ in 0 }, dilation: single)
      let layer = try MapConvolution(
        weight: first, bias: nil, inputs: [channels], image: true, unit: unit)
      let classifier = try MapConvolution(weight: last, bias: bias, inputs: [12], unit: unit)
      let found = try classifier.scores(of: image, pool: pool) { image in
        let map = try layer([.kept(image)], storage: .float32, pool: pool)
        map.moments = (Array(repeating: 0, count: 12), Array(repeating: 1, count: 12))
        let ones = [Float](repeating: 1, count: 12)
        let zeros = [Float](repeating: 0, count: 12)
        try map.normalise(weight: ones, bias: zeros, epsilon: 0, slope: 0.01)
        return map
      }
      #expect(found.shape == exact.shape)
      #expect(try found.error(to: exact) < 5e-6)
    }
  }

  @Test(arguments: MapUnit.available, MapStorage.allCases)
  func sumsAndMeansAreLibtorchs(_ unit: MapUnit, _ storage: MapStorage) throws {
    let generator = try RandomGenerator(seed: 4)
    let pool = PagePool()
    let images = try (0..<2).map { _ in try generator.normal([1, 20, 4, 6, 8]) }
    let bound = storage == .float32 ? 1e-6 : 1e-3
    func map(_ index: Int) throws -> FeatureMap {
      try FeatureMap(images[index], unit: unit, pool: pool)
        .averaged(Self.one, unit: unit, pool: pool, storage: storage)
    }
    let sum = try map(0)
    sum.moments = (Array(repeating: 0.5, count: 20), Array(repeating: 2, count: 20))
    try sum.normalise(
      weight: Array(repeating: 3, count: 20), bias: Array(repeating: 1, count: 20), epsilon: 0,
      slope: 1)
    try sum.add(try map(1), slope: 0.01, unit: unit)
    let exact = try ((images[0] - 0.5) * (3 / 2.0.squareRoot()) + 1.0 + images[1]).leakyReLU()
    #expect(try sum.tensor(unit: unit).error(to: exact) < bound)
    for window in [[2, 2, 2], [1, 2, 2], [4, 3, 1]] {
      let means = try map(0).averaged(window, unit: unit, pool: pool).tensor(unit: unit)
      #expect(try means.error(to: images[0].averagePooled(window)) < bound)
    }
    #expect(throws: TensorError.self) {
      try map(0).averaged([3, 1, 1], unit: unit, pool: pool)
    }
  }

  @Test func aChainOfConvolutionsFitsIntoOneMapAndAFewPlanes() throws {
    let unit = MapUnit.fastest ?? .plainC
    let pool = PagePool()
    let weight = try RandomGenerator(seed: 5).normal([32, 32, 3, 3, 3]) * 0.05
    let convolution = try MapConvolution(weight: weight, bias: nil, inputs: [32], unit: unit)
    var map = try FeatureMap(
      depth: 72, rows: 96, columns: 96, channels: 32, unit: unit, storage: .float32, pool: pool)
    for plane in map.planes { plane?.floats.update(repeating: 0, count: map.planeBytes / 4) }
    #expect(convolution.method(for: [72, 96, 96]) == .tiles(together: 12))
    for _ in 0..<3 { map = try convolution([.consumed(map)], storage: .float32, pool: pool) }
    #expect(pool.byteCount < 72 * map.planeBytes * 7 / 4)
  }

  @Test func piecesOfAPoolDoNotOverlapAndComeBack() throws {
    let pool = PagePool()
    let first = try pool.pages(1000)
    let second = try pool.pages(1000)
    #expect(abs(first.start - second.start) >= 1000)
    #expect(Int(bitPattern: first.start) % 64 == 0 && Int(bitPattern: second.start) % 64 == 0)
    let address: UnsafeMutableRawPointer
    do {
      let third = try pool.pages(9000)
      address = third.start
    }
    #expect(try pool.pages(9000).start == address)
    #expect(try pool.pages(5000, forAWhile: true).start == address)
  }
}
