// Streaming a volume slab by slab gives what the whole network gives.

import Models
import Tensors
import Testing
import Weights

func inferenceLogits(_ model: any DenseModel, _ shape: [Int]) throws -> [Int] {
  try inference { try model.logits(RandomGenerator(seed: 9).uniform(shape)).shape }
}

@Suite struct StreamingTests {
  /// Depths below, at and above the reach of the widest dilation; slabs that do not divide them.
  @Test(arguments: [(1, 1), (7, 3), (33, 8), (40, 64), (50, 16)])
  func slabsAddUpToTheWhole(depth: Int, planes: Int) throws {
    for configuration in [MeshNet.Configuration.tissue3, .parcellation104] {
      let model = try MeshNet(Weights(SeededInitialiser(seed: 4)), configuration)
      try inference {
        let x = try RandomGenerator(seed: 5).uniform([1, 1, depth, 12, 9])
        var slabs: [Tensor] = []
        try model.stream(x, planes: planes) { slabs.append($0) }
        let streamed = try Tensor.concatenate(slabs, axis: 2)
        let whole = try model.logits(x)
        #expect(streamed.shape == whole.shape)
        #expect(try (streamed - whole).absolute().largest().item() < 1e-5)
      }
    }
  }
}
