// From one voxel grid to another: the new shape, and whether the coarse axis goes its own way.

/// What resampling has to do: shapes before and after, and the axis that is treated by itself.
///
/// Axes are those of the arrays, after transposition. Source: nnU-Net v2 (Isensee et al., Nature Methods
/// 2021), whose rules for anisotropic images these are.
public struct GridChange: Sendable, Equatable, Codable {
  /// Voxels before and after, three numbers each.
  public let from: [Int]
  public let to: [Int]
  /// The axis along which slices lie so far apart that they are resampled one by one; `nil` for none.
  public let separateAxis: Int?

  public init(from: [Int], to: [Int], separateAxis: Int? = nil) {
    self.from = from
    self.to = to
    self.separateAxis = separateAxis
  }

  /// The change of a grid of `shape` voxels of `spacing` to voxels of another size, both in millimetres.
  public init(shape: [Int], spacing: [Double], target: [Double], force: Bool? = nil) {
    self.init(
      from: shape, to: Self.shape(shape, spacing: spacing, target: target),
      separateAxis: Self.separateAxis(from: spacing, to: target, force: force))
  }

  /// Voxels that cover the same extent at another spacing, rounded half to even and at least 1.
  public static func shape(_ shape: [Int], spacing: [Double], target: [Double]) -> [Int] {
    zip(shape, zip(spacing, target)).map { count, spacings in
      let exact = spacings.0 / spacings.1 * Double(count)
      // An extent of no voxels can be neither filled nor read.
      return max(1, Int(exact.rounded(.toNearestOrEven)))
    }
  }

  /// The coarse axis of the old or else the new grid, where one spacing is more than three times another.
  ///
  /// - Parameters:
  ///   - spacing: Millimetres before.
  ///   - target: Millimetres after.
  ///   - force: `true` takes the coarsest axis of the old grid whatever the anisotropy, `false` none.
  /// - Returns: `nil` where two axes share the coarsest spacing, or none is coarse enough.
  public static func separateAxis(
    from spacing: [Double], to target: [Double], force: Bool? = nil
  ) -> Int? {
    switch force {
    case false?: return nil
    case true?: return coarsestAxis(spacing)
    case nil:
      if isAnisotropic(spacing) { return coarsestAxis(spacing) }
      return isAnisotropic(target) ? coarsestAxis(target) : nil
    }
  }

  private static let anisotropyThreshold = 3.0

  private static func isAnisotropic(_ spacing: [Double]) -> Bool {
    guard let low = spacing.min(), let high = spacing.max() else { return false }
    return high / low > anisotropyThreshold
  }

  private static func coarsestAxis(_ spacing: [Double]) -> Int? {
    let axes = spacing.indices.filter { spacing[$0] == spacing.max() }
    return axes.count == 1 ? axes[0] : nil
  }
}
