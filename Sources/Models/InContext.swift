// Models that learn a task from examples while they segment: image and mask pairs instead of training.

public import Tensors

/// A network that segments in an image what the masks of other images show.
public protocol InContextModel: Model {
  /// Unnormalised scores (B, 1, H, W) of what the examples show, positive inside, in B images at once.
  ///
  /// Neither the order of the examples nor all of them being given twice changes the scores beyond
  /// rounding.
  ///
  /// - Parameters:
  ///   - target: Images (B, C, H, W) prepared as `Preparation` says.
  ///   - support: The examples, for each image its own or for all of them the same.
  /// - Returns: Scores on the grid of `target`.
  /// - Throws: `TensorError.mismatch` when target and examples do not fit each other or the network.
  func logits(_ target: Tensor, support: SupportTensors) throws -> Tensor
}

/// Examples of a task: S images of one size with the masks of what is looked for.
public struct SupportTensors: Sendable {
  /// Prepared as the target is.
  public let images: Tensor  // (B, S, C, H, W)
  /// 1 inside, 0 elsewhere.
  public let masks: Tensor  // (B, S, 1, H, W)

  /// Number of examples.
  public var count: Int { images.size(1) }

  /// Takes examples for each of B targets, or for all of them where B is 1.
  ///
  /// - Parameters:
  ///   - images: (B, S, C, H, W), at least one.
  ///   - masks: (B, S, 1, H, W).
  /// - Throws: `TensorError.mismatch` for other shapes and for no examples.
  public init(images: Tensor, masks: Tensor) throws {
    guard images.rank == 5, masks.rank == 5, images.size(1) >= 1, masks.size(2) == 1,
      images.shape[..<2] == masks.shape[..<2], images.shape[3...] == masks.shape[3...]
    else {
      throw TensorError.mismatch(
        "examples are images (B, S, C, H, W) with masks (B, S, 1, H, W), at least one; these are "
          + "\(images.shape) and \(masks.shape)")
    }
    self.images = images
    self.masks = masks
  }
}

extension InContextModel {
  /// The scores with each support set "support_images_N" and "support_labels_N" as "logits_supportN".
  func inContextOutputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    let target = try inputs.named("target")
    let prefix = "support_images_"
    var outputs: [String: Tensor] = [:]
    for name in inputs.keys where name.hasPrefix(prefix) {
      let number = name.dropFirst(prefix.count)
      let support = try SupportTensors(
        images: inputs.named(name), masks: inputs.named("support_labels_\(number)"))
      outputs["logits_support\(number)"] = try logits(target, support: support)
    }
    return outputs
  }

  /// Refuses images and examples of other sizes than `multiple` allows or each other have.
  func requireFit(
    _ target: Tensor, _ support: SupportTensors, channels: Int, multiple: Int
  ) throws {
    guard target.rank == 4, target.size(1) == channels, support.images.size(2) == channels,
      target.shape[2...].allSatisfy({ $0 > 0 && $0 % multiple == 0 })
    else {
      throw TensorError.mismatch(
        "this network reads images (B, \(channels), H, W) and examples with as many channels, sides a "
          + "multiple of \(multiple); these are \(target.shape) and \(support.images.shape)")
    }
    guard Array(support.images.shape[3...]) == Array(target.shape[2...]),
      [1, target.size(0)].contains(support.images.size(0))
    else {
      throw TensorError.mismatch(
        "examples have the size of the image, for each image or once for all; the images are "
          + "\(target.shape) and the examples \(support.images.shape)")
    }
  }
}
