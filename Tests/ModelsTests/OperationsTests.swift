// Operations counted by hooks against figures that are known by hand and from elsewhere.

import Models
import Tensors
import Testing

@Suite struct OperationsTests {
  @Test func productsAreCountedTwice() throws {
    let a = try Tensor.zeros([3, 4, 5])
    let counted = try OperationCount.counting { try a.matmul(.zeros([5, 6])) }
    #expect(counted.operations == 2 * 3 * 4 * 5 * 6)
    #expect(counted.result.shape == [3, 4, 6])
  }

  @Test func convolutionsFollowFromShapes() throws {
    let x = try Tensor.full([2, 8, 9, 7], 0, device: .meta)
    let weight = try Tensor.full([12, 4, 3, 3], 0, device: .meta)
    let strided = try OperationCount.counting {
      try x.convolved(
        weight, bias: nil, stride: [2, 2], padding: [1, 1], dilation: [1, 1], groups: 2)
    }
    #expect(strided.result.shape == [2, 12, 5, 4])
    #expect(strided.operations == 2 * (2 * 12 * 5 * 4) * (4 * 3 * 3))
  }

  @Test func nothingIsCountedOutside() throws {
    let x = try Tensor.zeros([4, 4])
    let (_, operations) = try OperationCount.counting { 1 }
    _ = try x.matmul(x)
    #expect(operations == 0)
  }

  /// What PyTorch's own counter (torch.utils.flop_counter, torch 2.13) says of the vision encoder of
  /// transformers' SamModel at 1024 × 1024; ours computes the code of the features' positions as well.
  @Test func segmentAnythingAgreesWithPyTorchsCounter() throws {
    let positions = 2 * 64 * 64 * 2 * 128
    let counted = try Registry.model("sam-vit-b").operations(forInputs: [])
    #expect(counted.image == 972_077_334_528 + positions)
  }

  @Test(arguments: Registry.models.map(\.id)) func everyModelCanBeCounted(id: String) throws {
    let entry = try Registry.model(id)
    let shape =
      entry.card.dimensions == 3
      ? [1, 1, 32, 64, 64]
      : entry.checkpoint?.preparation?.channels == .rgb ? [1, 3, 128, 128] : [1, 1, 128, 128]
    let counted = try entry.operations(forInputs: [shape, shape])
    #expect(counted.image + (counted.prompt ?? 0) > 0)
    #expect((counted.prompt != nil) == entry.takesPrompts)
    #expect((counted.example != nil) == entry.takesExamples)
  }
}
