// Layers against arithmetic done by hand, and the one complete error of mismatched weights.

import Layers
import Tensors
import Testing
import Weights

/// Tensors from a dictionary, as a file would give them.
private struct Dictionary: TensorSource {
  let tensors: [String: Tensor]
  var offered: [String]? { tensors.keys.sorted() }

  func shape(of name: String, asked: [Int]) -> [Int]? { tensors[name]?.shape }

  func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    try #require(tensors[name])
  }
}

@Suite struct LayerTests {
  @Test func aLinearLayerMultipliesAndAdds() throws {
    let source = Dictionary(tensors: [
      "fc.weight": try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]),
      "fc.bias": try Tensor([10, 20] as [Float], shape: [2]),
    ])
    let w = Weights(source)
    let layer = try Linear(w / "fc", from: 3, to: 2)
    try w.finish()
    let x = try Tensor([1, 0, -1] as [Float], shape: [1, 3])
    #expect(try layer(x).values() == [8, 18] as [Float])
  }

  @Test func batchNormUsesRunningStatistics() throws {
    let source = Dictionary(tensors: [
      "weight": try Tensor([2] as [Float], shape: [1]),
      "bias": try Tensor([1] as [Float], shape: [1]),
      "running_mean": try Tensor([3] as [Float], shape: [1]),
      "running_var": try Tensor([4] as [Float], shape: [1]),
      "num_batches_tracked": try Tensor([9] as [Int64], shape: []),
    ])
    let w = Weights(source)
    let norm = try BatchNorm(w, 1, epsilon: 0)
    try w.finish()
    let x = try Tensor([3, 5] as [Float], shape: [1, 1, 1, 2])
    #expect(try inference { try norm(x) }.values() == [1, 3] as [Float])
  }

  @Test func channelNormNormalisesChannels() throws {
    let norm = try ChannelNorm(Weights(SeededInitialiser(seed: 1)), 2, epsilon: 0)
    let x = try Tensor([1, 5, 3, 9] as [Float], shape: [1, 2, 1, 2])
    #expect(try norm(x).values() == [-1, -1, 1, 1] as [Float])
  }

  @Test func groupNormOfOneChannelIsInstanceNorm() throws {
    let norm = try GroupNorm(
      Weights(SeededInitialiser(seed: 1)), 2, groups: 2, epsilon: 0)
    let x = try Tensor([1, 3, 10, 30] as [Float], shape: [1, 2, 1, 2])
    #expect(try norm(x).floats().map { ($0 * 1000).rounded() / 1000 } == [-1, 1, -1, 1])
  }

  @Test func aTransposedConvolutionUndoesAPooledSize() throws {
    let up = try TransposedConvolution(
      Weights(SeededInitialiser(seed: 1)), from: 2, to: 3, kernel: [2, 2])
    #expect(try up(Tensor.ones([1, 2, 4, 5])).shape == [1, 3, 8, 10])
    let pooled = try MaxPool([2, 2])(Tensor.ones([1, 2, 8, 10]))
    #expect(pooled.shape == [1, 2, 4, 5])
    #expect(try Resize(scale: [2, 2])(pooled).shape == [1, 2, 8, 10])
  }

  @Test func attentionIsTheSoftmaxOfProducts() throws {
    let w = Weights(SeededInitialiser(seed: 5))
    let attention = try Attention(w, width: 8, inner: 4, heads: 2)
    let generator = try RandomGenerator(seed: 2)
    let q = try generator.normal([1, 3, 8])
    let k = try generator.normal([1, 5, 8])
    let result = try attention(q: q, k: k, v: k)

    func heads(_ x: Tensor) throws -> Tensor {
      try x.reshaped(1, x.size(1), 2, 2).transposed(1, 2)
    }
    let scores = try heads(attention.query(q)).matmul(heads(attention.key(k)).transposed(2, 3))
    let mixed = try (scores / 2.0.squareRoot()).softmax().matmul(heads(attention.value(k)))
    let expected = try attention.output(mixed.transposed(1, 2).reshaped(1, 3, 4))
    #expect(try (result - expected).absolute().largest().item() < 1e-5)
  }

  @Test func dropInActivationsMatchTheirFormulae() throws {
    let x = try Tensor([-1, 0, 2] as [Float], shape: [3])
    #expect(try Activation.relu(x).values() == [0, 0, 2] as [Float])
    #expect(try abs(Activation.elu(x).floats()[0] - (Float(-1).exponential - 1)) < 1e-6)
    #expect(try Activation.none(x).floats() == [-1, 0, 2])
  }
}

extension Float {
  fileprivate var exponential: Float { 0.36787944 }
}

@Suite struct WeightsScopeTests {
  @Test func oneErrorTellsEverything() throws {
    let source = Dictionary(tensors: [
      "a.weight": try .zeros([4, 3]), "stranger": try .zeros([1]),
      "a.num_batches_tracked": try .zeros([1]),
    ])
    let w = Weights(source)
    _ = try Linear(w / "a", from: 5, to: 4)
    _ = try Linear(w / "b", from: 1, to: 1, bias: false)
    let error = try #require(throws: WeightsMismatch.self) { try w.finish() }
    #expect(error.missing == ["a.bias", "b.weight"])
    #expect(error.misshapen == ["a.weight: [4, 3], expected [4, 5]"])
    #expect(error.unread == ["stranger"])
    #expect(!error.description.contains("\n"))
  }

  @Test func renamesLeadToTheNamesInTheFile() throws {
    let source = Dictionary(tensors: ["net.fc.weight": try .ones([2, 2])])
    let w = Weights(source, renames: [.init("head.", "net.")])
    let layer = try Linear(w / "head" / "fc", from: 2, to: 2, bias: false)
    try w.finish()
    #expect(try layer.weight.sum().item() == 4)
  }

  @Test func aSeedStartsTheSameNetwork() throws {
    func start(_ seed: UInt64) throws -> [Float] {
      let w = Weights(SeededInitialiser(seed: seed))
      return try Linear(w / "x", from: 3, to: 3).weight.floats()
    }
    #expect(try start(1) == start(1))
    #expect(try start(1) != start(2))
    #expect(try start(1).allSatisfy { abs($0) <= 1 / Float(3).squareRoot() })
  }

  @Test func zerosTellNamesAndShapes() throws {
    let w = Weights(ZeroSource())
    _ = try BatchNorm(w / "norm", 3)
    #expect(
      w.parameters.map(\.name) == [
        "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var",
      ])
    #expect(w.parameters.allSatisfy { $0.shape == [3] })
  }
}
