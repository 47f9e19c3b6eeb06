// Sums, means, extremes and order; no axes means all of them.

import CTorch

extension Tensor {
  /// Sum over `axes`; `keep` leaves them in place with extent 1.
  public func sum(_ axes: Int..., keep: Bool = false) throws -> Tensor {
    try Tensor.make { $0.pointee.sum(raw, axes.wide, Int64(axes.count), keep, $1) }
  }

  /// Mean over `axes`.
  public func mean(_ axes: Int..., keep: Bool = false) throws -> Tensor {
    try Tensor.make { $0.pointee.mean(raw, axes.wide, Int64(axes.count), keep, $1) }
  }

  /// Variance; divided by n − 1 when `unbiased`, else by n.
  public func variance(_ axes: Int..., unbiased: Bool = false, keep: Bool = false) throws -> Tensor
  {
    try Tensor.make { $0.pointee.variance(raw, axes.wide, Int64(axes.count), unbiased, keep, $1) }
  }

  /// Largest element over `axes`.
  public func largest(_ axes: Int..., keep: Bool = false) throws -> Tensor {
    try Tensor.make { $0.pointee.largest(raw, axes.wide, Int64(axes.count), keep, $1) }
  }

  /// Smallest element over `axes`.
  public func smallest(_ axes: Int..., keep: Bool = false) throws -> Tensor {
    try Tensor.make { $0.pointee.smallest(raw, axes.wide, Int64(axes.count), keep, $1) }
  }

  /// Position of the largest element along `axis`, the first of equals; int64.
  public func argmax(axis: Int, keep: Bool = false) throws -> Tensor {
    try Tensor.make { $0.pointee.argmax(raw, Int64(axis), keep, $1) }
  }

  /// Elements in order along `axis` and where they stood; equal elements keep their order.
  public func sorted(
    axis: Int = -1, descending: Bool = false
  ) throws -> (values: Tensor, indices: Tensor) {
    var order: OpaquePointer?
    let values = try Tensor.make { $0.pointee.sort(raw, Int64(axis), descending, $1, &order) }
    guard let order else { throw TensorError.failed(operation: "sort", message: "no result") }
    return (values, try Tensor(owning: order))
  }
}
