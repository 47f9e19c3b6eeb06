// The fast convolution against libtorch's, over odd sizes, dilations, channels, threads and vectors.

import Layers
import Tensors
import Testing
import Weights

@Suite(.serialized) struct StreamedConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let from: Int
    let to: Int
    let dilation: Int
    let size: [Int]
    let activation: Activation
    var testDescription: String { "\(from)→\(to), d=\(dilation), \(size), \(activation)" }
  }

  /// Blocks of every width, rows narrower and wider than a tile, depths below and above the reach.
  static let cases = [
    Case(from: 1, to: 1, dilation: 1, size: [1, 1, 1], activation: .none),
    Case(from: 1, to: 5, dilation: 1, size: [4, 3, 7], activation: .relu),
    Case(from: 5, to: 5, dilation: 4, size: [9, 5, 16], activation: .relu),
    Case(from: 3, to: 8, dilation: 2, size: [5, 6, 17], activation: .elu),
    Case(from: 7, to: 9, dilation: 8, size: [6, 4, 33], activation: .elu),
    Case(from: 21, to: 21, dilation: 16, size: [20, 3, 47], activation: .elu),
    Case(from: 2, to: 30, dilation: 1, size: [3, 4, 48], activation: .none),
    Case(from: 4, to: 6, dilation: 2, size: [7, 3, 49], activation: .relu),
    Case(from: 6, to: 4, dilation: 3, size: [4, 5, 100], activation: .elu),
  ]

  /// Rounding alone: 27 · channels products of numbers near 1, summed in another order.
  @Test(arguments: cases, Processor.Vectors.allCases)
  func theKernelComputesWhatLibtorchComputes(_ c: Case, _ vectors: Processor.Vectors) throws {
    guard Processor.current.has(vectors) else { return }
    let generator = try RandomGenerator(seed: 8)
    let x = try generator.normal([1, c.from] + c.size)
    let convolution = try Convolution(
      Weights(SeededInitialiser(seed: 3)), from: c.from, to: c.to, kernel: [3, 3, 3],
      dilation: [c.dilation, c.dilation, c.dilation])
    let expected = try inference { try c.activation(convolution(x)) }
    for threads in [1, 2, 3] {
      let before = try Engine.threads
      try Engine.setThreads(threads)
      defer { try? Engine.setThreads(before) }
      for planes in [1, 3, 64] {
        let streamed = try stream(x, convolution, c.activation, planes: planes, vectors)
        #expect(streamed.shape == expected.shape)
        let error = try (streamed - expected).absolute().largest().item()
        #expect(error < 1e-5, "planes \(planes), threads \(threads)")
      }
    }
  }

  @Test func withoutVectorsLibtorchStreamsTheSame() throws {
    let x = try RandomGenerator(seed: 1).normal([1, 2, 11, 5, 6])
    let convolution = try Convolution(
      Weights(SeededInitialiser(seed: 3)), from: 2, to: 3, kernel: [3, 3, 3], dilation: [4, 4, 4])
    let expected = try Activation.relu(convolution(x))
    let streamed = try stream(x, convolution, .relu, planes: 2, nil)
    #expect(try (streamed - expected).absolute().largest().item() < 1e-5)
  }

  private func stream(
    _ x: Tensor, _ convolution: Convolution, _ activation: Activation, planes: Int,
    _ vectors: Processor.Vectors?
  ) throws -> Tensor {
    try inference {
      var layer = try StreamedConvolution(
        convolution, activation, scratch: ConvolutionScratch(), vectors: vectors)
      var slabs: [Tensor] = []
      let depth = x.size(2)
      for start in stride(from: 0, to: depth, by: planes) {
        let end = min(start + planes, depth)
        let slab = try layer.advance(x.slice(start..<end, axis: 2), isLast: end == depth)
        if let slab { slabs.append(slab) }
      }
      return try Tensor.concatenate(slabs, axis: 2)
    }
  }
}

@Suite struct BrokenValueTests {
  @Test(arguments: [Activation.none, .relu, .elu], Processor.Vectors.allCases)
  func valuesThatAreNotNumbersShow(_ activation: Activation, _ vectors: Processor.Vectors) throws {
    guard Processor.current.has(vectors) else { return }
    let convolution = try Convolution(
      Weights(SeededInitialiser(seed: 3)), from: 1, to: 2, kernel: [3, 3, 3])
    var layer = try StreamedConvolution(
      convolution, activation, scratch: ConvolutionScratch(), vectors: vectors)
    let broken = try Tensor.full([1, 1, 2, 3, 4], .nan)
    let result = try #require(try layer.advance(broken, isLast: true))
    #expect(try result.floats().allSatisfy(\.isNaN))
  }
}
