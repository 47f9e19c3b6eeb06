// Models that read image and prompts together: a view of the image with what was pointed at drawn on it.

public import Tensors

/// A network that answers prompts drawn as channels beside the image, view by view.
///
/// Nothing of the image is kept between prompts; such networks are small enough to look again.
public protocol InteractiveModel: Model {
  /// Side of the square views that the network reads, in pixels.
  var viewSize: Int { get }

  /// Unnormalised scores (B, 1, S, S), positive on the object, of views (B, ``InteractiveChannel`` count, S, S).
  ///
  /// - Throws: `TensorError` for other shapes.
  func scores(_ views: Tensor) throws -> Tensor
}

/// The channels of a view, in their order.
public enum InteractiveChannel: Int, Sendable, CaseIterable {
  /// Intensities with mean 0 and deviation 1 over the view, cut at ±5.
  case image
  /// 1 in the box, 0 outside; 0 everywhere without one.
  case box
  /// 1 on clicks and strokes on the object, 0 elsewhere.
  case inside
  /// 1 on clicks and strokes beside the object, 0 elsewhere.
  case outside
  /// The exponential of the negative geodesic distance to what was marked as object; 0 without a mark.
  case nearInside
  /// The same for what was marked as background, where the surroundings of a box count as marked.
  case nearOutside
  /// The probability of an earlier answer; 0 everywhere without one.
  case earlier
}
