// A square part of a slice as a network sees it: where it lies, and what is sampled from it.

internal import CKernels

/// A square grid of samples over a slice; it may be turned, mirrored or stretched, and reach beyond the slice.
///
/// Places in the slice are pixels with the centre of the first at (0, 0); places in the view are samples,
/// counted the same way.
public struct ImageView: Sendable, Equatable {
  /// Samples along each side.
  public let side: Int
  /// The place in the slice of the first sample.
  public let origin: SIMD2<Double>
  /// How the place changes from one column of samples to the next, and from one row to the next.
  public let across: SIMD2<Double>
  public let down: SIMD2<Double>

  public init(side: Int, origin: SIMD2<Double>, across: SIMD2<Double>, down: SIMD2<Double>) {
    self.side = side
    self.origin = origin
    self.across = across
    self.down = down
  }

  /// An upright square around a place, `extent` pixels wide and high.
  public init(side: Int, centre: SIMD2<Double>, extent: Double) {
    let step = extent / Double(side)
    self.init(
      side: side, origin: centre - extent / 2 + step / 2, across: SIMD2(step, 0),
      down: SIMD2(0, step))
  }

  /// Pixels of the slice from one sample to the next, the larger of the two directions.
  public var step: Double {
    max((across * across).sum(), (down * down).sum()).squareRoot()
  }

  /// Where a sample lies in the slice.
  public func place(ofSample sample: SIMD2<Double>) -> SIMD2<Double> {
    origin + across * sample.x + down * sample.y
  }

  /// Where a place in the slice lies in the view.
  public func sample(at place: SIMD2<Double>) -> SIMD2<Double> {
    let offset = place - origin
    let determinant = across.x * down.y - across.y * down.x
    return SIMD2(
      (offset.x * down.y - offset.y * down.x) / determinant,
      (across.x * offset.y - across.y * offset.x) / determinant)
  }

  /// The values of a slice, row by row, at the samples: interpolated linearly and averaged where the view is
  /// coarser than the slice. Beyond the slice its outermost pixels go on.
  public func image(of values: [Float], width: Int, height: Int) -> [Float] {
    sampled { view, target in
      values.withUnsafeBufferPointer { vk_view_image(&view, $0.baseAddress, target) }
    } size: {
      (width, height)
    }
  }

  /// The share of each sample that lies on pixels whose number is a member; numbers count from 0 and each has
  /// a place in `isMember`.
  public func share(
    of numbers: [Int32], where isMember: [UInt8], width: Int, height: Int
  ) -> [Float] {
    sampled { view, target in
      numbers.withUnsafeBufferPointer { numbers in
        isMember.withUnsafeBufferPointer {
          vk_view_members(&view, numbers.baseAddress, $0.baseAddress, target)
        }
      }
    } size: {
      (width, height)
    }
  }

  private func sampled(
    _ body: (inout vk_view, UnsafeMutablePointer<Float>?) -> Void, size: () -> (Int, Int)
  ) -> [Float] {
    let (width, height) = size()
    var view = vk_view()
    view.width = Int32(width)
    view.height = Int32(height)
    view.side = Int32(side)
    view.origin = (origin.x, origin.y)
    view.across = (across.x, across.y)
    view.down = (down.x, down.y)
    // Finer than this a place more changes next to nothing.
    view.fineness = Int32(min(8, max(1, step.rounded(.up))))
    return [Float](unsafeUninitializedCapacity: side * side) { buffer, count in
      body(&view, buffer.baseAddress)
      count = side * side
    }
  }
}
