// Views, joins and rearrangements.

import CTorch

/// What stands outside the border of a padded tensor.
public enum Padding: Sendable {
  case constant(Double)
  case reflect
  case replicate
}

extension Tensor {
  /// The same elements under another shape; one extent may be −1.
  public func reshaped(_ shape: [Int]) throws -> Tensor {
    try Tensor.make { $0.pointee.reshape(raw, shape.wide, Int64(shape.count), $1) }
  }

  /// The same elements under another shape; one extent may be −1.
  public func reshaped(_ shape: Int...) throws -> Tensor { try reshaped(shape) }

  /// Joins the axes `from` … `to` into one.
  public func flattened(from: Int, to: Int = -1) throws -> Tensor {
    let last = to < 0 ? to + rank : to
    return try reshaped(
      Array(shape[..<from]) + [shape[from...last].reduce(1, *)] + Array(shape[(last + 1)...]))
  }

  /// Axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
  public func permuted(_ axes: Int...) throws -> Tensor {
    try Tensor.make { $0.pointee.permute(raw, axes.wide, Int64(axes.count), $1) }
  }

  /// Exchanges two axes.
  public func transposed(_ a: Int, _ b: Int) throws -> Tensor {
    var axes = Array(0..<rank)
    axes.swapAt(a < 0 ? a + rank : a, b < 0 ? b + rank : b)
    return try Tensor.make { $0.pointee.permute(raw, axes.wide, Int64(axes.count), $1) }
  }

  /// Repeats axes of extent 1 without copying.
  public func expanded(_ shape: [Int]) throws -> Tensor {
    try Tensor.make { $0.pointee.expand(raw, shape.wide, Int64(shape.count), $1) }
  }

  /// Without an axis of extent 1.
  public func squeezed(_ axis: Int) throws -> Tensor {
    try Tensor.make { $0.pointee.squeeze(raw, Int64(axis), $1) }
  }

  /// With a new axis of extent 1 at this place.
  public func unsqueezed(_ axis: Int) throws -> Tensor {
    try Tensor.make { $0.pointee.unsqueeze(raw, Int64(axis), $1) }
  }

  /// Elements `range` along `axis`, every `step`-th.
  public func slice(_ range: Range<Int>, axis: Int, step: Int = 1) throws -> Tensor {
    try Tensor.make {
      $0.pointee.slice(
        raw, Int64(axis), Int64(range.lowerBound), Int64(range.upperBound), Int64(step), $1)
    }
  }

  /// Element `index` along `axis`, without that axis.
  public func select(_ index: Int, axis: Int = 0) throws -> Tensor {
    try slice(index..<(index + 1), axis: axis).squeezed(axis)
  }

  /// Equal parts along `axis`.
  public func split(_ parts: Int, axis: Int) throws -> [Tensor] {
    let extent = size(axis) / parts
    return try (0..<parts).map { try slice($0 * extent..<($0 + 1) * extent, axis: axis) }
  }

  /// Elements at int64 `indices` along `axis`.
  public func selecting(_ indices: Tensor, axis: Int) throws -> Tensor {
    try Tensor.make { $0.pointee.index_select(raw, Int64(axis), indices.raw, $1) }
  }

  /// For each position of `indices`, the element that it names along `axis`.
  public func gathering(_ indices: Tensor, axis: Int) throws -> Tensor {
    try Tensor.make { $0.pointee.gather(raw, Int64(axis), indices.raw, $1) }
  }

  /// Tensors joined along an axis that they have.
  public static func concatenate(_ tensors: [Tensor], axis: Int) throws -> Tensor {
    let raws = tensors.map(\.raw)
    return try make {
      $0.pointee.concatenate(raws, Int64(raws.count), Int64(axis), $1)
    }
  }

  /// Tensors of one shape joined along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    let raws = tensors.map(\.raw)
    return try make { $0.pointee.stack(raws, Int64(raws.count), Int64(axis), $1) }
  }

  /// Elements in reverse order along each of `axes`.
  public func flipped(_ axes: Int...) throws -> Tensor {
    try Tensor.make { $0.pointee.flip(raw, axes.wide, Int64(axes.count), $1) }
  }

  /// Shifts elements cyclically along each of `axes`.
  public func rolled(_ shifts: [Int], axes: [Int]) throws -> Tensor {
    try Tensor.make { $0.pointee.roll(raw, shifts.wide, axes.wide, Int64(axes.count), $1) }
  }

  /// Adds elements around the border: (before, after) for each axis, innermost axis first.
  public func padded(_ amounts: [(Int, Int)], with padding: Padding = .constant(0)) throws -> Tensor
  {
    let flat = amounts.flatMap { [$0.0, $0.1] }.wide
    let (mode, value): (Int32, Double) =
      switch padding {
      case .constant(let value): (0, value)
      case .reflect: (1, 0)
      case .replicate: (2, 0)
      }
    return try Tensor.make { $0.pointee.pad(raw, flat, Int64(flat.count), mode, value, $1) }
  }

  /// The same image (B, C, H, W) or volume (B, C, D, H, W) with channels innermost in memory.
  public func channelsLast() throws -> Tensor {
    try Tensor.make { $0.pointee.channels_last(raw, $1) }
  }

  /// The same elements laid out densely in row-major order.
  public func contiguous() throws -> Tensor { try Tensor.make { $0.pointee.contiguous(raw, $1) } }
}
