// What a model costs by its architecture alone, counted on tensors that have a shape and no elements.

import Tensors
import Weights

extension RegisteredModel {
  /// Floating-point operations for one image.
  public struct Operations: Sendable, Codable, Equatable {
    /// For reading the image: all of a dense network, the encoder of a promptable one, all of an in-context
    /// one but its examples. 0 for networks that look anew at every prompt.
    public let image: Int
    /// For each prompt of one point; nil for networks that take none. For networks that look in views, for each
    /// view: a first click is looked at in several.
    public let prompt: Int?
    /// For each example, once for every image; nil for networks that take none.
    public var example: Int? = nil
  }

  /// Counts the operations for inputs of the given shapes, (B, C, spatial…) as the network reads them; a
  /// promptable network reads images of one size whatever is given.
  ///
  /// - Throws: `TensorError` for a network that looks at values on its way.
  public func operations(forInputs shapes: [[Int]]) throws -> Operations {
    let model = try load(Weights(ZeroSource(), device: .meta))
    func input(_ shape: [Int]) throws -> Tensor { try Tensor.full(shape, 0, device: .meta) }
    return try inference {
      if let model = model as? any PromptableModel {
        let side = model.imageSize
        let image = try OperationCount.counting {
          try model.embed(input([1, 3, side, side]))
        }
        let prompt = try OperationCount.counting {
          let point = try PromptTensors(
            points: input([1, 1, 2]),
            labels: Tensor.full([1, 1], 1, dtype: .int64, device: .meta))
          return try model.decode(image.result, model.encode(point), multimask: false)
        }
        return Operations(image: image.operations, prompt: prompt.operations)
      }
      if let model = model as? any InteractiveModel {
        let view = try OperationCount.counting {
          try model.scores(
            input([1, InteractiveChannel.allCases.count, model.viewSize, model.viewSize]))
        }
        return Operations(image: 0, prompt: view.operations)
      }
      if let model = model as? any InContextModel {
        return try Self.operations(of: model, forInputs: shapes)
      }
      guard let model = model as? any DenseModel else { return Operations(image: 0, prompt: nil) }
      var each: [[Int]: Int] = [:]
      var total = 0
      for shape in shapes {
        let known =
          try each[shape]
          ?? OperationCount.counting {
            try model.logits(input(shape))
          }.operations
        each[shape] = known
        total += known
      }
      return Operations(image: total, prompt: nil)
    }
  }

  /// From counts with one and with two examples, since the effort is a line in their number.
  private static func operations(
    of model: any InContextModel, forInputs shapes: [[Int]]
  ) throws -> Operations {
    func counted(examples: Int) throws -> Int {
      try shapes.reduce(0) { sum, shape in
        guard shape.count == 4 else { return sum }
        func input(_ shape: [Int]) throws -> Tensor { try Tensor.full(shape, 0, device: .meta) }
        let support = try SupportTensors(
          images: input([1, examples] + shape[1...]), masks: input([1, examples, 1] + shape[2...]))
        return try sum
          + OperationCount.counting { try model.logits(input(shape), support: support) }.operations
      }
    }
    let (one, two) = (try counted(examples: 1), try counted(examples: 2))
    return Operations(
      image: 2 * one - two, prompt: nil, example: shapes.isEmpty ? 0 : (two - one) / shapes.count)
  }
}
