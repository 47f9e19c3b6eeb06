// Prompts in pixels of the image as the network's tensors.

import Models
import Tensors

extension ObjectPrompt {
  /// What must agree between objects that are decoded together.
  struct Form: Hashable {
    let points: Int
    let hasBox: Bool
    let hasMask: Bool
  }

  var form: Form { Form(points: points.count, hasBox: box != nil, hasMask: mask != nil) }
}

extension [ObjectPrompt] {
  /// Prompts of one form, moved from an image of size `size` to the part of the input it covers.
  func tensors(scaledFrom size: PixelSize, to covered: PixelSize) throws -> PromptTensors {
    let across = Double(covered.width) / Double(size.width)
    let down = Double(covered.height) / Double(size.height)
    let count = first?.points.count ?? 0
    let points = flatMap(\.points)
    let boxes = compactMap(\.box)
    let masks = compactMap(\.mask?.tensor)
    let coordinates = points.flatMap { [Float($0.x * across), Float($0.y * down)] }
    let labels: [Int64] = points.map { $0.isInside ? 1 : 0 }
    let corners = boxes.flatMap { box in
      [
        Float(box.left * across), Float(box.top * down), Float(box.right * across),
        Float(box.bottom * down),
      ]
    }
    return try PromptTensors(
      points: count == 0 ? nil : Tensor(coordinates, shape: [self.count, count, 2]),
      labels: count == 0 ? nil : Tensor(labels, shape: [self.count, count]),
      boxes: boxes.isEmpty ? nil : Tensor(corners, shape: [boxes.count, 4]),
      mask: masks.isEmpty ? nil : .concatenate(masks, axis: 0))
  }
}
