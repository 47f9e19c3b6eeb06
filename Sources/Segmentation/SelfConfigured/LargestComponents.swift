// The largest connected piece of a mask in three dimensions.

import Metrics

/// Which voxels belong to the largest piece of a mask; voxels touch over faces, edges and corners.
///
/// Of several largest pieces all are kept, as nnU-Net does.
enum LargestComponents {
  /// `mask` is x fastest; the result is true for the kept voxels.
  ///
  /// - Throws: `MetricsError` for a mask of another size.
  static func kept(_ mask: [Bool], size: SIMD3<Int>) throws -> [Bool] {
    let pieces = try Instances.components(of: mask.map { $0 ? 1 : 0 }, size: size)
    let largest = pieces.all.map(\.voxels).max()
    let kept = Set(pieces.all.filter { $0.voxels == largest }.map(\.id))
    return pieces.numbers.map(kept.contains)
  }
}
